/**
 * Runs one form of one case over and over, for the profiler that the task
 * `bench:profile` starts it with.
 *
 * Usage: repeat_form.ts <case> <form> <size> <seconds>
 */
import { withScratch } from "../lib/measure/scratch.ts";
import { selectCases } from "./cases/select_cases.ts";

const [caseName, formName, sizeText, seconds] = Deno.args as [
  string,
  string,
  string,
  string,
];
const size = Number(sizeText);
const { benchCase } = selectCases([caseName], [size])[0]!;
await withScratch(async (directory) => {
  const { forms } = await benchCase.prepare({ size, directory });
  const { run } = forms[formName]!;
  console.error(`Profiling ${benchCase.title(size)}: ${formName}`);
  const endMs = performance.now() + Number(seconds) * 1000;
  let calls = 0;
  for (; performance.now() < endMs; calls++) await run();
  console.error(`${calls} calls; the profile is in bench/claims/profiles`);
});
