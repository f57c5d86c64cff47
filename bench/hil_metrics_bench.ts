// The cases for `deno bench`. Without permission to read and write files only
// those that need none run: `deno bench -P=bench` runs all.
import { ALL_CASES } from "./cases/all.ts";
import { prepareSuite } from "./measure/prepared_suite.ts";

const mayUseFiles = (["read", "write"] as const).every((name) =>
  Deno.permissions.requestSync({ name }).state === "granted"
);
if (!mayUseFiles) {
  console.error("Only the cases in memory: `deno bench -P=bench` runs all");
}

const cases = ALL_CASES.filter(({ inMemory }) => inMemory || mayUseFiles);
for (const { title, forms } of await prepareSuite(cases)) {
  for (const [name, { run }] of Object.entries(forms)) {
    const first = run();
    await first;
    Deno.bench({
      name: `${title}: ${name}`,
      group: title,
      baseline: name === "before",
      // Deno awaits only what is declared async, whatever it returns.
      fn: first instanceof Promise
        ? async () => void await run()
        : () => void run(),
    });
  }
}
