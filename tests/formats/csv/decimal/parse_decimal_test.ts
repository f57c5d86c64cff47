import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  closestQuotient,
  MAX_QUOTIENT_EXPONENT,
} from "../../../../src/formats/csv/decimal/closest_quotient.ts";
import { parseDecimal } from "../../../../src/formats/csv/decimal/parse_decimal.ts";
import { readDecimal } from "../../../../src/formats/csv/decimal/read_decimal.ts";
import { decimals, HARD_DECIMALS } from "./_decimals.ts";
import { decodeTexts, parseTexts } from "./_read_texts.ts";
import { spellings } from "../_spellings.ts";

const encoder = new TextEncoder();

function parse(text: string): number {
  const bytes = encoder.encode(`9${text}9`);
  return parseDecimal(new DataView(bytes.buffer), 1, bytes.length - 1);
}

/** The value and length that are read, or nothing if it is left to others. */
function read(text: string): [number, number] | undefined {
  const bytes = encoder.encode(`9${text}\0\0\0\0`);
  const column = new Float64Array(2);
  const end = readDecimal(new DataView(bytes.buffer), 1, column, 1);
  return end === -1 ? undefined : [column[1]!, end - 1];
}

Deno.test("parseDecimal() and readDecimal() give the double that Number() gives of hard decimals", () => {
  for (const text of HARD_DECIMALS) {
    assert(Object.is(parse(text), Number(text)), text);
    const value = read(`${text},`);
    if (value !== undefined && !text.includes("e")) {
      assertEquals(value, [Number(text), text.length]);
    }
  }
});

Deno.test("parseDecimal() gives the double that Number() gives", () => {
  fc.assert(
    fc.property(decimals, (text) => Object.is(parse(text), Number(text))),
    { numRuns: 20_000 },
  );
});

Deno.test("parseDecimal() and CsvDecoder.push() give the double that Number() gives of any spelling", () => {
  const texts = [...spellings(60_000, 3)];
  for (const read of [parseTexts, decodeTexts]) {
    for (let from = 0; from < texts.length; from += 1000) {
      const some = texts.slice(from, from + 1000);
      assertEquals(read(some), some.map(Number));
    }
  }
});

Deno.test("readDecimal() gives the double that Number() gives, or leaves it to others", () => {
  fc.assert(
    fc.property(decimals, fc.constantFrom(",", "\r\n", "\n"), (text, after) => {
      const found = read(text + after);
      if (found === undefined) return true;
      const [value, length] = found;
      return Object.is(value, Number(text.slice(0, length))) &&
        (length === text.length || text[length] === "e");
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("readDecimal() reads durations and timestamps itself", () => {
  for (
    const text of [
      "0.0",
      "5",
      "0.12345678901234567",
      "1.1102230246251565",
      "4.123456789012345",
      "9.987654321098765",
      "95.54045358752896",
      "137.85498289456046",
      "1795409052.2995067",
      "12345.6",
    ]
  ) {
    assertEquals(read(`${text},`), [Number(text), text.length]);
  }
});

Deno.test("readDecimal() leaves to others what is not digits with a fraction", () => {
  for (
    const text of ["", "-1", "+1", ".5", "5.", "x", '"1"', "1234567890123456"]
  ) {
    assertEquals(read(`${text},`), undefined);
  }
});

Deno.test("parseDecimal() gives NaN of what is not a decimal number", () => {
  for (
    const text of [
      "",
      "-",
      "+",
      ".",
      ".5",
      "5.",
      "-.5",
      "1e",
      "1e+",
      "e5",
      "1.e5",
      "1e5.0",
      "1e5e5",
      "1.2.3",
      "--1",
      "+-1",
      " 1",
      "1 ",
      "1_000",
      "0x10",
      "1f",
      "nan",
      "NaN",
      "inf",
      "Infinity",
      "-Infinity",
      "1\0",
      "\u0661",
      "\uff11",
      "1\ufeff",
    ]
  ) {
    assertEquals(parse(text), NaN, JSON.stringify(text));
  }
});

Deno.test("parseDecimal() gives infinity of what is too large", () => {
  assertEquals(parse("1.8e308"), Infinity);
  assertEquals(parse("-1e999999999999"), -Infinity);
  assertEquals(parse("9".repeat(400)), Infinity);
});

Deno.test("closestQuotient() rounds halves to even at every exponent", () => {
  for (let exponent = 1; exponent <= MAX_QUOTIENT_EXPONENT; exponent++) {
    const power = 10n ** BigInt(exponent);
    for (let odd = 1n; odd < 400n; odd += 2n) {
      for (let shift = 1n; shift <= BigInt(exponent); shift++) {
        // (2^53 + odd) / 2^shift, of which the last bit is half an ulp.
        const scaled = (2n ** 53n + odd) * power / 2n ** shift;
        if (scaled >= 10n ** 18n) continue;
        const high = Number(scaled / 10n ** 8n);
        const low = Number(scaled % 10n ** 8n);
        const value = closestQuotient(high, low, 8, exponent);
        const text = `${scaled}e-${exponent}`;
        assert(value === Number(text), text);
      }
    }
  }
});
