/**
 * Judges runs of a results directory: the first are candidates, those behind
 * `--` are what they are compared with.
 *
 *     deno run --allow-read examples/judge_runs.ts DIR CANDIDATE... -- BASELINE...
 *
 * @module
 */
import { RunStore } from "@astraguard/hil-metrics";
import { judge } from "@astraguard/hil-metrics/judge";

const [resultsDir, ...names] = Deno.args;
const end = names.indexOf("--");
if (resultsDir === undefined || end === -1) {
  console.error("Usage: judge_runs.ts DIR CANDIDATE... -- BASELINE...");
  Deno.exit(2);
}

const store = new RunStore(resultsDir);
const load = (runId: string) => store.run(runId).load();
const judgement = await judge({
  candidates: await Promise.all(names.slice(0, end).map(load)),
  baselines: await Promise.all(names.slice(end + 1).map(load)),
  budgets: ["max<=1000"],
});
for (
  const { isGating, metricType, figure, verdict, reason } of judgement.rows
) {
  if (isGating) console.log(`${metricType} ${figure}: ${verdict}, ${reason}`);
}
for (const { text } of judgement.attribution) console.log(`slower: ${text}`);
for (const warning of judgement.warnings) console.log(`warning: ${warning}`);
console.log(`${judgement.verdict}: ${judgement.reason}`);
Deno.exitCode = { pass: 0, regressed: 1, inconclusive: 3 }[judgement.verdict];
