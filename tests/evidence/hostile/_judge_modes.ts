import { judge } from "./_judge.ts";
import { MODE_CASES } from "./_mode_cases.ts";

// Judges the cases that root cannot, and prints what is wrong with each.
const flaws: Record<string, string> = {};
for (const it of MODE_CASES) {
  try {
    await judge(it);
  } catch (error) {
    flaws[it.name] = Deno.inspect(error, { colors: false });
  }
}
console.log(JSON.stringify(flaws));
