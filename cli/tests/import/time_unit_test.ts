import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  readDurationMs,
  type TimeUnit,
  unitInName,
} from "../../src/import/time_unit.ts";

const DURATIONS: readonly [text: string, unit: TimeUnit, ms: number][] = [
  ["0.0752", "s", 75.2],
  ["1.1", "s", 1100],
  ["75200", "us", 75.2],
  ["123456789", "ns", 123.456789],
  ["36.4521", "ns", 0.0000364521],
  ["7.52e-2", "s", 75.2],
  ["1E3", "us", 1],
  [" 5 ", "ms", 5],
  ["+5.", "ms", 5],
  [".5", "ms", 0.5],
];

for (const [text, unit, ms] of DURATIONS) {
  Deno.test(`readDurationMs() makes ${ms} ms of "${text}" ${unit}`, () => {
    assertEquals(readDurationMs(text, unit), ms);
  });
}

Deno.test("readDurationMs() rounds once: a text and the same in seconds are one double", () => {
  fc.assert(fc.property(
    fc.double({ min: 1e-6, max: 1e9, noNaN: true, noDefaultInfinity: true }),
    (ms) => {
      const [digits, exponent = 0] = String(ms).split("e");
      const inSeconds = `${digits}e${Number(exponent) - 3}`;
      assertEquals(readDurationMs(inSeconds, "s"), ms);
      assertEquals(readDurationMs(String(ms), "ms"), ms);
    },
  ));
});

const NAMES: readonly [name: string, unit: TimeUnit | undefined][] = [
  ["wait_us", "us"],
  ["waitMs", "ms"],
  ["durationNs", "ns"],
  ["wait (µs)", "us"],
  ["wait[s]", "s"],
  ["lat.ns", "ns"],
  ["Wait_MS", "ms"],
  ["latency", undefined],
  ["status", undefined],
  ["times", undefined],
  ["items", undefined],
  ["s", undefined],
];

for (const [name, unit] of NAMES) {
  Deno.test(`unitInName() finds ${unit} in "${name}"`, () => {
    assertEquals(unitInName(name), unit);
  });
}
