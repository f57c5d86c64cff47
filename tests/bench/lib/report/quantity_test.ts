import { assertEquals } from "@std/assert";
import {
  formatBytes,
  formatDuration,
} from "../../../../bench/lib/report/quantity.ts";

Deno.test("formatDuration() takes the unit that suits the duration", () => {
  const table: [number, string][] = [
    [1500, "1.50 s"],
    [15, "15.0 ms"],
    [0.5, "500 µs"],
    [0.000_043, "43.0 ns"],
    [0.000_000_5, "0.500 ns"],
    [2_000_000, "2,000 s"],
  ];
  for (const [ms, wanted] of table) assertEquals(formatDuration(ms), wanted);
});

Deno.test("formatBytes() gives about three digits", () => {
  assertEquals(formatBytes(1_324_194), "1.32 MB");
  assertEquals(formatBytes(885), "885 B");
});
