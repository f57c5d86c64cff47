/**
 * The same process as anyone would write it at first, without a package.
 *
 * Usage: naive_save.ts <rows> <results directory> <run id>
 */
import { naiveCsv } from "../naive_csv.ts";
import { smallRun, type SmallRunMeasurement } from "./small_run.ts";

function statsOf(durationsMs: number[]) {
  const sorted = durationsMs.sort((a, b) => a - b);
  const count = sorted.length;
  return {
    count,
    mean_ms: sorted.reduce((sum, it) => sum + it, 0) / count,
    p50_ms: sorted[Math.floor(count * 0.5)],
    p95_ms: sorted[Math.floor(count * 0.95)],
    p99_ms: sorted[Math.floor(count * 0.99)],
    max_ms: sorted[count - 1],
    min_ms: sorted[0],
  };
}

function statsBy(
  measurements: readonly SmallRunMeasurement[],
  keyOf: (measurement: SmallRunMeasurement) => string,
) {
  return Object.fromEntries(
    [...Map.groupBy(measurements, keyOf)].map((
      [key, group],
    ) => [key, statsOf(group.map((it) => it.durationMs))]),
  );
}

const [rows, resultsDir, runId] = Deno.args as [string, string, string];
const measurements = [...smallRun(Number(rows))];
const directory = `${resultsDir}/${runId}`;
await Deno.mkdir(directory, { recursive: true });
using csv = await Deno.create(`${directory}/latency_raw.csv`);
for (const chunk of naiveCsv(measurements)) await csv.write(chunk);
await Deno.writeTextFile(
  `${directory}/latency_summary.json`,
  JSON.stringify(
    {
      run_id: runId,
      timestamp: new Date().toISOString(),
      total_measurements: measurements.length,
      stats: statsBy(measurements, (it) => it.metricType),
      stats_by_satellite: statsBy(
        measurements,
        (it) => `${it.satelliteId}/${it.metricType}`,
      ),
    },
    null,
    2,
  ),
);
