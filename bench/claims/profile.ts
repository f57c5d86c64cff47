import { fileURLToPath } from "node:url";
import { withScratch } from "../lib/measure/scratch.ts";
import { runTask, TaskFailure, wholeNumber } from "../lib/task.ts";
import type { BenchCase } from "./cases/bench_case.ts";
import { selectCases } from "./cases/select_cases.ts";

const USAGE = `Usage: deno task bench:profile [case] [form] [size] [seconds]

Repeats one form of one case under V8's sampling profiler and writes a flame
graph, tables and the profile to bench/claims/profiles. Without arguments:
save package 10000 5. See bench/claims/PROFILING.md.

  --help   print this; deno task bench --list lists the cases
`;

/** What this makes ready to learn the forms of a case is soon ready. */
const SMALL_SIZE = 10;

const REPEAT = fileURLToPath(new URL("repeat_form.ts", import.meta.url));
const PROFILES = fileURLToPath(new URL("profiles", import.meta.url));

function formsOf({ prepare }: BenchCase): Promise<string[]> {
  return withScratch(async (directory) => {
    const { forms } = await prepare({ size: SMALL_SIZE, directory });
    return Object.keys(forms);
  });
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: {},
    read(_options, positionals) {
      const [
        caseName = "save",
        form = "package",
        size = "10000",
        seconds = "5",
        ...others
      ] = positionals;
      if (others.length > 0) {
        throw new RangeError(`There is one argument too many: ${others[0]}`);
      }
      const { benchCase } = selectCases([caseName], [])[0]!;
      return {
        benchCase,
        form,
        size: wholeNumber("The size", size),
        seconds: wholeNumber("The time in seconds", seconds),
      };
    },
    async run({ benchCase, form, size, seconds }) {
      const { name } = benchCase;
      const forms = await formsOf(benchCase);
      if (!forms.includes(form)) {
        throw new TaskFailure(
          `"${name}" has no form "${form}", only ${forms.join(", ")}`,
          { code: 2 },
        );
      }
      const { success } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-P=bench",
          "--cpu-prof",
          `--cpu-prof-dir=${PROFILES}`,
          "--cpu-prof-flamegraph",
          "--cpu-prof-md",
          REPEAT,
          ...[name, form, `${size}`, `${seconds}`],
        ],
        stdout: "inherit",
        stderr: "inherit",
      }).output();
      if (!success) throw new TaskFailure(`${name} could not be profiled`);
    },
  });
}
