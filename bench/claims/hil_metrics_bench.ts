// The cases for `deno bench`; arguments after `--` name some of them. Without
// permission to read and write files only those that need none run:
// `deno bench -P=bench` runs all.
import { baselineOf } from "./cases/bench_case.ts";
import { selectCases } from "./cases/select_cases.ts";
import { prepareSuite } from "./measure/prepared_suite.ts";

const mayUseFiles = (["read", "write"] as const).every((name) =>
  Deno.permissions.requestSync({ name }).state === "granted"
);
if (!mayUseFiles) {
  console.error("Only the cases in memory: `deno bench -P=bench` runs all");
}

const steps = selectCases(Deno.args, [])
  .filter(({ benchCase }) => benchCase.inMemory || mayUseFiles);
for (const { title, forms } of await prepareSuite(steps)) {
  for (const [name, { run }] of Object.entries(forms)) {
    const first = run();
    await first;
    Deno.bench({
      name: `${title}: ${name}`,
      group: title,
      baseline: name === baselineOf(forms),
      // Deno awaits only what is declared async, whatever it returns.
      fn: first instanceof Promise
        ? async () => void await run()
        : () => void run(),
    });
  }
}
