import { assertEquals } from "@std/assert";
import { digitsOf, formatChange } from "../../src/judge/percent.ts";

Deno.test("formatChange() gives three digits, and a power of ten where more say nothing", () => {
  const cases: [number, string][] = [
    [1.1234, "+12.3 %"],
    [0.9, "-10 %"],
    [12.3456, "+1135 %"],
    [1.51e43, "+1.5e+45 %"],
    [Infinity, "without bound"],
  ];
  for (const [ratio, wanted] of cases) {
    assertEquals(formatChange(ratio), wanted);
  }
  assertEquals(digitsOf(123_456_789), "123456789");
});
