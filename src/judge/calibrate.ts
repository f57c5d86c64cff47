import { shown } from "../model/options.ts";
import type { Sliced } from "../event_loop/sliced.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { deviationOf, medianOf } from "./centre_and_spread.ts";
import { JUDGED_FIGURES } from "./figures/judged_figure.ts";
import { type RunFigures, runFigures } from "./figures/run_figures.ts";
import {
  HOST_LABEL,
  requireDistinct,
  requireWhole,
  type RunToJudge,
  takeRuns,
} from "./judged_run.ts";
import type { NoiseDocument, NoiseRow } from "./noise.ts";
import { commonLabels, latestStartS } from "./provenance.ts";
import { metricTypesOf, satelliteIdsOf } from "./rows/row_draft.ts";

const FEWEST_RUNS = 3;

/**
 * Learns the noise of a bench from unchanged runs, best twenty or more, taken
 * like those that are to be judged: of the same length, on the same host.
 *
 * @returns A document that survives JSON, for `noise` of {@linkcode judge}.
 * @throws {RangeError} There are fewer than three runs, or one is incomplete,
 * empty or given twice.
 * @throws {TypeError} Something is of the wrong type.
 *
 * @example Keep it beside the runs
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { calibrate } from "@astraguard/hil-metrics/judge";
 * import { assertEquals } from "@std/assert";
 *
 * const runs = [100, 102, 99, 101].map((durationMs) => {
 *   const measurements = new LatencyCollector();
 *   for (let i = 0; i < 50; i++) {
 *     measurements.recordAgentDecision("SAT1", i, durationMs);
 *   }
 *   return { measurements, labels: { host: "bench-7" } };
 * });
 * const noise = await calibrate(runs);
 * assertEquals(JSON.parse(JSON.stringify(noise)), noise);
 * assertEquals([noise.host, noise.runs], ["bench-7", 4]);
 * ```
 */
export async function calibrate(
  runs: readonly RunToJudge[],
): Promise<NoiseDocument> {
  const taken = takeRuns("runs", runs);
  if (taken.length < FEWEST_RUNS) {
    throw new RangeError(
      `Calibrating needs ${FEWEST_RUNS} runs, better 20: ${
        shown(taken.length)
      }`,
    );
  }
  requireWhole("calibrate by", taken);
  requireDistinct("calibrate by", taken);
  const { [HOST_LABEL]: host, ...labels } = commonLabels(taken);
  const latestMs = latestStartS(taken)! * 1000;
  return await runInSlices(function* (): Sliced<NoiseDocument> {
    const figures: RunFigures[] = [];
    for (const { columns } of taken) figures.push(yield* runFigures(columns));
    return yield* noiseOf(figures, {
      date: new Date(latestMs).toISOString(),
      host: host ?? null,
      labels,
    });
  }());
}

/** The noise between runs whose figures are known. */
export function* noiseOf(
  runs: readonly RunFigures[],
  origin: Pick<NoiseDocument, "date" | "host" | "labels">,
): Sliced<NoiseDocument> {
  const unrests = runs.map(({ unrest }) => unrest)
    .filter((it) => it !== undefined);
  const rows: NoiseRow[] = [];
  for (const metricType of metricTypesOf(runs)) {
    for (const satelliteId of satelliteIdsOf(metricType, runs)) {
      rows.push(...noiseRows(metricType, satelliteId, runs));
      yield;
    }
  }
  return {
    format: "hil-metrics-noise",
    version: 1,
    ...origin,
    runs: runs.length,
    unrest: unrests.length === 0 ? null : medianOf(unrests),
    rows,
  };
}

function noiseRows(
  metricType: string,
  satelliteId: string | undefined,
  runs: readonly RunFigures[],
): NoiseRow[] {
  return JUDGED_FIGURES.flatMap(({ name, fewestSamples }): NoiseRow[] => {
    const logs = runs
      .map(({ groups }) => groups.get(metricType)?.get(satelliteId))
      .filter((group) => group !== undefined)
      .filter((group) => group.effectiveCount >= fewestSamples)
      .map((group) => group.logs[name])
      .filter(Number.isFinite);
    if (logs.length < FEWEST_RUNS || 2 * logs.length < runs.length) return [];
    return [{
      metric_type: metricType,
      satellite_id: satelliteId ?? null,
      figure: name,
      log_sd: deviationOf(logs),
      runs: logs.length,
    }];
  });
}
