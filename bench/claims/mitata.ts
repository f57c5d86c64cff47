import { bench, boxplot, run, summary } from "mitata";
import { runTask } from "../lib/task.ts";
import { baselineOf } from "./cases/bench_case.ts";
import { selectCases } from "./cases/select_cases.ts";
import { prepareSuite } from "./measure/prepared_suite.ts";

const USAGE = `Usage: deno task bench:mitata [case...]

Runs the cases in mitata's own runner, with box plots of how each form spreads.

  --json   print mitata's JSON with every sample, which the command line imports
  --help   print this; deno task bench --list lists the cases
`;

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: { json: { type: "boolean" } },
    read: ({ json = false }, cases) => ({
      json,
      steps: selectCases(cases, []),
    }),
    async run({ json, steps }) {
      for (const { title, forms } of await prepareSuite(steps)) {
        boxplot(() => {
          summary(() => {
            for (const [name, { run }] of Object.entries(forms)) {
              bench(`${title}: ${name}`, run)
                .baseline(name === baselineOf(forms));
            }
          });
        });
      }
      const colors = Deno.stdout.isTerminal() && !Deno.noColor;
      await run({ throw: true, colors, format: json ? "json" : "mitata" });
    },
  });
}
