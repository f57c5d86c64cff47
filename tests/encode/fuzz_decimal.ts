/**
 * Checks the column kernel against the naive form on many doubles:
 * `deno run tests/encode/fuzz_decimal.ts [count] [seed]`.
 *
 * @module
 */
import { TEXTS } from "../../src/encode/_decimal_texts.ts";
import { bitsOf, doubles } from "./_doubles.ts";
import { naiveDecimal } from "./_naive_csv.ts";
import { spellColumn } from "./_spell_column.ts";

const count = Number(Deno.args[0] ?? 10_000_000);
const seed = Number(Deno.args[1] ?? Date.now() % 2 ** 31);
console.error(`${count} doubles, seed ${seed}`);

function check(values: readonly number[]): void {
  for (const [i, text] of spellColumn(values).entries()) {
    const value = values[i]!;
    const wanted = naiveDecimal(value);
    if (text === wanted) continue;
    console.error(`${bitsOf(value)}: ${text} instead of ${wanted}`);
    Deno.exit(1);
  }
}

let checked = 0;
let batch: number[] = [];
for (const value of doubles(count, seed)) {
  batch.push(value);
  if (batch.length < TEXTS) continue;
  check(batch);
  batch = [];
  checked += TEXTS;
  if (checked % (TEXTS * 4000) === 0) console.error(`${checked} right`);
}
check(batch);
console.error(`${checked + batch.length} right`);
