import { assert, assertEquals } from "@std/assert";
import { DurationSample } from "../../src/statistics/duration_sample.ts";

Deno.test("DurationSample is spread evenly over a run, however it comes", () => {
  for (const rows of [0, 1, 2048, 2049, 100_000]) {
    const durationsMs = Float64Array.from({ length: rows }, (_, row) => row);
    const whole = new DurationSample();
    whole.add(durationsMs, 0, rows);
    const pieces = new DurationSample();
    for (let at = 0; at < rows; at += 7) {
      pieces.add(durationsMs, at, Math.min(7, rows - at));
    }
    assertEquals(pieces.valuesMs, whole.valuesMs);
    const [first = 0, second = first + 1] = whole.valuesMs;
    const stride = second - first;
    assertEquals(
      [...whole.valuesMs],
      [...whole.valuesMs.keys()].map((i) => i * stride),
    );
    assert(whole.valuesMs.length >= Math.min(rows, 1024));
  }
});
