import { assertEquals } from "@std/assert";
import {
  DECIMAL_ROOM_BYTES,
  spellDecimal,
  writeDecimal,
} from "../../../../src/formats/csv/decimal/decimal.ts";
import { doubles } from "./_doubles.ts";
import { naiveDecimal } from "../_naive_csv.ts";
import { spellColumn } from "./_spell_column.ts";

/** As printed by `repr` of CPython 3.11. */
const SPELLINGS: [number, string][] = [
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [-1, "-1.0"],
  [0.1, "0.1"],
  [0.0625, "0.0625"],
  [0.1 + 0.2, "0.30000000000000004"],
  [1 / 3, "0.3333333333333333"],
  [99.99999999999999, "99.99999999999999"],
  [0.9999999999999999, "0.9999999999999999"],
  [1234567.8, "1234567.8"],
  [8388607.999999999, "8388607.999999999"],
  [8388608, "8388608.0"],
  [8388608.000000002, "8388608.000000002"],
  [1795409052.2995067, "1795409052.2995067"],
  // Exactly between two decimals: the even one.
  [2147483648.00390625, "2147483648.0039062"],
  [2147483648.01171875, "2147483648.0117188"],
  [4294967295.9999995, "4294967295.9999995"],
  [4294967296, "4294967296.0"],
  [9007199254740993, "9007199254740992.0"],
  [1e15 + 0.5, "1000000000000000.5"],
  [9999999999999998, "9999999999999998.0"],
  [1e16, "1e+16"],
  [1.2345e16, "1.2345e+16"],
  [1e22, "1e+22"],
  [1e23, "1e+23"],
  [1e100, "1e+100"],
  [0.0001, "0.0001"],
  [0.00012, "0.00012"],
  [0.00001, "1e-05"],
  [1.5e-7, "1.5e-07"],
  [-1.5e-7, "-1.5e-07"],
  [5e-324, "5e-324"],
  [2.2250738585072014e-308, "2.2250738585072014e-308"],
  [-1.7976931348623157e308, "-1.7976931348623157e+308"],
  [NaN, "nan"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
];

Deno.test("spellDecimal() spells as Python's repr", () => {
  for (const [value, text] of SPELLINGS) {
    assertEquals(spellDecimal(value), text);
  }
});

Deno.test("writeDecimal() writes the spelling and nothing around it", () => {
  for (const [value, text] of SPELLINGS) {
    const bytes = new Uint8Array(DECIMAL_ROOM_BYTES + 1).fill(0x78);
    const end = writeDecimal(value, bytes, 1);
    assertEquals(
      new TextDecoder().decode(bytes).replace(/x*$/, ""),
      `x${text}`,
    );
    assertEquals(end, 1 + text.length);
  }
});

Deno.test("spellDecimal() equals the naive form for any double", () => {
  for (const value of doubles(50_000, 1)) {
    const wanted = naiveDecimal(value);
    if (spellDecimal(value) !== wanted) {
      assertEquals(spellDecimal(value), wanted);
    }
  }
});

Deno.test("DecimalTexts.write() spells as Python's repr", () => {
  assertEquals(
    spellColumn(SPELLINGS.map(([value]) => value)),
    SPELLINGS.map(([, text]) => text),
  );
});

Deno.test("DecimalTexts.write() equals the naive form for any double", () => {
  const values = [...doubles(300_000, 2)];
  for (let from = 0; from < values.length; from += 250) {
    const some = values.slice(from, from + 250);
    assertEquals(spellColumn(some).join(), some.map(naiveDecimal).join());
  }
});

Deno.test("DecimalTexts.write() equals the naive form for short decimals", () => {
  for (let places = 0; places <= 9; places++) {
    for (const whole of [0, 7, 42, 999, 1000, 65535, 8388607, 1795409052]) {
      const values = Array.from(
        { length: 200 },
        (_, i) => whole + (i * 7919 % 10 ** places) / 10 ** places,
      );
      assertEquals(spellColumn(values), values.map(naiveDecimal));
    }
  }
});
