// Compares this code with a run that was saved earlier by
// `deno task bench --json > saved.json`, and fails if a case has regressed:
// compare.ts <saved.json> [case...]
import { fileURLToPath } from "node:url";
import { findRegressions } from "./measure/regression.ts";
import type { BenchReport } from "./report/bench_report.ts";
import { textTable } from "./report/table.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** Measures in a process of its own, as the saved run was. */
async function measureAnew(cases: readonly string[]): Promise<BenchReport> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=bench", MAIN, "--json", ...cases],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The benchmark did not run to its end");
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function main(): Promise<void> {
  const [savedPath, ...cases] = Deno.args;
  if (savedPath === undefined) {
    console.error("Usage: deno task bench:compare <saved.json> [case...]");
    Deno.exit(2);
  }
  const saved: BenchReport = JSON.parse(await Deno.readTextFile(savedPath));
  const results = findRegressions(
    saved,
    await measureAnew(cases),
    await measureAnew(cases),
  );
  console.log(textTable({
    head: ["Case", "Size", "Now / then", "Interval", "A/A noise", ""],
    rows: results.map(({ name, size, change, noise, regressed }) => [
      name,
      size.toLocaleString("en"),
      change.value.toFixed(3),
      `[${change.low.toFixed(3)}, ${change.high.toFixed(3)}]`,
      noise.toFixed(3),
      regressed ? "REGRESSED" : "",
    ]),
    right: [1, 2, 4],
  }));
  if (results.length === 0) {
    console.error(`${savedPath} has none of the cases measured`);
    Deno.exit(2);
  }
  if (results.some(({ regressed }) => regressed)) Deno.exit(1);
}

if (import.meta.main) await main();
