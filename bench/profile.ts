// Runs one form of one case over and over, for the profiler that the task
// `bench:profile` starts it with: profile.ts <case> [form] [size] [seconds]
import { selectCases } from "./cases/select_cases.ts";
import { withScratch } from "./measure/scratch.ts";

const [
  caseName = "save",
  formName = "package",
  size = "10000",
  seconds = "5",
] = Deno.args;

const [{ benchCase }] = selectCases([caseName], [Number(size)]) as [
  ReturnType<typeof selectCases>[number],
];
await withScratch(async (directory) => {
  const { forms } = await benchCase.prepare({
    size: Number(size),
    directory,
    original: undefined,
  });
  const form = forms[formName];
  if (form === undefined) {
    throw new RangeError(
      `${caseName} has no form "${formName}", only ${
        Object.keys(forms).join(", ")
      }`,
    );
  }
  console.error(`Profiling ${benchCase.title(Number(size))}: ${formName}`);
  const endMs = performance.now() + Number(seconds) * 1000;
  let calls = 0;
  for (; performance.now() < endMs; calls++) await form.run();
  console.error(`${calls} calls; the profile is in bench/profiles/`);
});
