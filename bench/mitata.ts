// The cases in mitata's own runner, with its plots of how each form spreads.
// Arguments name cases.
import { bench, boxplot, run, summary } from "mitata";
import { selectCases } from "./cases/select_cases.ts";
import { prepareSuite } from "./measure/prepared_suite.ts";

const cases = new Set(
  selectCases(Deno.args, []).map(({ benchCase }) => benchCase),
);
for (const { title, forms } of await prepareSuite([...cases])) {
  boxplot(() => {
    summary(() => {
      for (const [name, { run }] of Object.entries(forms)) {
        bench(`${title}: ${name}`, run).baseline(name === "before");
      }
    });
  });
}
await run({ throw: true, colors: Deno.stdout.isTerminal() && !Deno.noColor });
