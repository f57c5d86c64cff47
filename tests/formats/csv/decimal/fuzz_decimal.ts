// Checks how doubles are written, and how decimals are read, against the
// runtime: every double's spelling, then as many other decimals.
import { TEXTS } from "../../../../src/formats/csv/decimal/decimal_texts.ts";
import { readArguments, wholeNumber } from "../../../read_arguments.ts";
import { bitsOf, doubles } from "./_doubles.ts";
import { naiveDecimal } from "../_naive_csv.ts";
import { decodeTexts, parseTexts } from "./_read_texts.ts";
import { spellColumn } from "./_spell_column.ts";
import { spellings } from "../_spellings.ts";

const BATCHES_SHOWN = 4000;

const { COUNT: count, SEED: seed = Date.now() % 2 ** 31 } = readArguments({
  task: "test:fuzz",
  about: "Compares the numbers written and read with the runtime's.",
  positionals: {
    COUNT: wholeNumber("doubles, and as many other decimals", {
      atLeast: 1,
      fallback: 12_000_000,
    }),
    SEED: wholeNumber("what they follow from, another each time", {
      fallback: undefined,
    }),
  },
});
console.error(`${count} doubles and ${count} other decimals, seed ${seed}`);

function fail(what: string): never {
  console.error(what);
  Deno.exit(1);
}

function checkWriting(values: readonly number[]): void {
  const texts = spellColumn(values);
  for (const [i, text] of texts.entries()) {
    const value = values[i]!;
    const wanted = naiveDecimal(value);
    if (text !== wanted) {
      fail(`${bitsOf(value)}: ${text} instead of ${wanted}`);
    }
  }
  checkReading(texts);
}

function checkReading(texts: readonly string[]): void {
  for (const read of [parseTexts, decodeTexts]) {
    for (const [i, value] of read(texts).entries()) {
      const text = texts[i]!;
      const wanted = Number(text);
      if (!Object.is(value, wanted)) {
        fail(`${read.name}: ${text}: ${bitsOf(value)}, not ${bitsOf(wanted)}`);
      }
    }
  }
}

function checkAll<T>(
  what: string,
  all: Iterable<T>,
  check: (some: readonly T[]) => void,
): void {
  let checked = 0;
  let batch: T[] = [];
  const checkBatch = () => {
    check(batch);
    checked += batch.length;
    batch = [];
  };
  for (const one of all) {
    batch.push(one);
    if (batch.length < TEXTS) continue;
    checkBatch();
    if (checked % (TEXTS * BATCHES_SHOWN) === 0) {
      console.error(`${checked} ${what} right`);
    }
  }
  checkBatch();
  if (checked < count) fail(`only ${checked} ${what}`);
  console.error(`${checked} ${what} right`);
}

checkAll("doubles", doubles(count, seed), checkWriting);
checkAll("other decimals", spellings(count, seed), checkReading);
