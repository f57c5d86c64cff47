import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatLocalTime } from "../../src/model/local_time.ts";
import { systemClock } from "../../src/record/clock.ts";

Deno.test("systemClock() is the system's time to the microsecond", () => {
  const nowS = systemClock();
  assert(Math.abs(nowS - Date.now() / 1000) < 0.1);
  assertEquals(nowS, Math.round(nowS * 1e6) / 1e6);
});

Deno.test("systemClock() follows within a second when the time is set", () => {
  const monotonic = performance.now;
  const wall = Date.now;
  const drift = () => Math.abs(systemClock() - Date.now() / 1000);
  try {
    performance.now = () => monotonic.call(performance) + 1000;
    Date.now = () => wall() - 3_600_000;
    assert(drift() < 0.1);
    performance.now = () => monotonic.call(performance) + 2000;
    Date.now = wall;
    assert(drift() < 0.1);
  } finally {
    performance.now = monotonic;
    Date.now = wall;
  }
});

Deno.test("formatLocalTime() spells the local time as Python does", () => {
  const date = new Date(2026, 1, 9, 14, 3, 21);
  const seconds = date.getTime() / 1000;
  assertEquals(formatLocalTime(seconds), "2026-02-09T14:03:21");
  assertEquals(
    formatLocalTime(seconds + 0.204661),
    "2026-02-09T14:03:21.204661",
  );
  assertEquals(
    formatLocalTime(seconds + 0.00005),
    "2026-02-09T14:03:21.000050",
  );
  assertMatch(formatLocalTime(-1.5), /^19(69|70)-.*\.500000$/);
});
