import { assertEquals, assertThrows } from "@std/assert";
import { wholeNumber } from "../../../bench/lib/task.ts";

Deno.test("wholeNumber() reads whole numbers above 0", () => {
  for (
    const [text, wanted] of [["1", 1], ["1000", 1000], ["1e6", 1e6]] as const
  ) {
    assertEquals(wholeNumber("--rows", text), wanted);
  }
});

Deno.test("wholeNumber() refuses all else and says what it was for", () => {
  for (const text of ["", " ", "0", "-1", "1.5", "ten", "Infinity", "1e300"]) {
    assertThrows(
      () => wholeNumber("--rows", text),
      RangeError,
      `--rows is a whole number above 0, not "${text}"`,
    );
  }
});
