import type { ISql, PendingQuery } from "postgres";
import { FleetError } from "../model/fleet_error.ts";
import { originalText } from "../push/index_text.ts";
import { DamagedSketchError } from "../sketch/damaged_sketch_error.ts";
import { DDSketch } from "../sketch/dd_sketch.ts";
import { type AskedServer, askServers } from "./_ask_servers.ts";
import type { FleetPercentile } from "./fleet_percentile.ts";
import { exactPercentiles, type SeriesOfRun } from "./exact_percentiles.ts";
import { requireSeries } from "./history.ts";
import { ofSatellite, type RunFilter, seriesOf } from "./run_filter.ts";

/** Which percentiles, of what. */
export interface PercentilesOptions extends RunFilter {
  /** What was measured, such as `"fault_detection"`. */
  readonly metricType: string;
  /**
   * On which satellite.
   *
   * @default on all of them
   */
  readonly satelliteId?: string | undefined;
  /**
   * Which quantiles, each from 0 to 1.
   *
   * @default {[0.5, 0.95, 0.99]}
   */
  readonly quantiles?: readonly number[] | undefined;
  /**
   * Whether to look for the exact ones among the measurements themselves: each
   * run is brought here, which takes seconds for millions of measurements, and
   * room in the temporary directory for one run.
   *
   * @default {false}
   */
  readonly exact?: boolean | undefined;
}

/** Percentiles of all durations of some runs together. */
export interface FleetPercentiles {
  /** One for each quantile that was asked for; none without durations. */
  readonly percentiles: readonly FleetPercentile[];
  /**
   * What every percentile is within, as a share of the exact one, whatever the
   * durations are: 0.005 from sketches, 0 from blocks.
   */
  readonly relativeError: number;
  /** The same as a sentence, to be shown with them. */
  readonly guarantee: string;
  /** How many durations there are. */
  readonly count: number;
  /** Their mean; `undefined` without any. */
  readonly meanMs: number | undefined;
  /** The least of them, exactly. */
  readonly minMs: number | undefined;
  /** The greatest of them, exactly. */
  readonly maxMs: number | undefined;
  /** How many series they come from: one for each satellite of a run. */
  readonly seriesCount: number;
  /** How many benches they come from. */
  readonly benchCount: number;
  /** Series without a sketch, whose durations are missing in the answer. */
  readonly missingSeriesCount: number;
}

/** All durations of some runs, as a sketch. */
export interface MergedSeries {
  readonly sketch: DDSketch;
  readonly seriesCount: number;
  readonly benchCount: number;
  readonly missingSeriesCount: number;
}

interface SketchRow {
  readonly bench_id: string;
  readonly run_id: string;
  readonly sketch: string | null;
}

const DEFAULT_QUANTILES = [0.5, 0.95, 0.99];

/**
 * Percentiles of the durations of runs together, from their sketches.
 *
 * Note: sketches are merged here rather than in the server: a merge in SQL
 * would have to take them apart into rows, 50 times as slow, and an extension
 * would have to be installed on every server.
 *
 * @throws {FleetError} `DAMAGED`: a sketch, or a run, is not what was pushed.
 * `NO_BLOCK`: exact ones are wanted of runs whose measurements are not there.
 * @throws {RangeError} A quantile or date is out of its range.
 * @throws {TypeError} Something is of the wrong type.
 */
export async function percentiles(
  servers: readonly AskedServer[],
  options: PercentilesOptions,
): Promise<FleetPercentiles> {
  const { quantiles = DEFAULT_QUANTILES, exact = false, ...wanted } = options;
  requireQuantiles(quantiles);
  const runs = new Map<string, SeriesOfRun>();
  const merged = await mergeSeries(servers, wanted, (row, server) => {
    if (exact) noteRun(runs, row, servers[server]!);
  });
  const { sketch, ...counts } = merged;
  const { relativeError, count, mean, min, max } = sketch;
  const shared = {
    ...{ count, meanMs: mean, minMs: min, maxMs: max },
    ...counts,
  };
  if (exact) {
    const percentiles = await exactPercentiles(
      ...[[...runs.values()], wanted, quantiles, sketch] as const,
    );
    const guarantee = "each percentile is exact: one of the durations";
    return { percentiles, relativeError: 0, guarantee, ...shared };
  }
  return {
    percentiles: count === 0 ? [] : quantiles.map((quantile) => {
      const valueMs = sketch.quantile(quantile)!;
      return { quantile, valueMs, ...boundsOf(valueMs, sketch) };
    }),
    relativeError,
    guarantee: `each percentile is within ${
      100 * relativeError
    } % of the exact one, whatever the durations are`,
    ...shared,
  };
}

/**
 * Merges the sketches of series, in turns of the event loop.
 *
 * @throws {FleetError} `DAMAGED`: a sketch is not what was pushed.
 */
export async function mergeSeries(
  servers: readonly AskedServer[],
  wanted: PercentilesOptions,
  onSeries: (row: SketchRow, server: number) => void,
): Promise<MergedSeries> {
  requireSeries(wanted);
  const sketch = new DDSketch();
  const benches = new Set<string>();
  let seriesCount = 0;
  let missingSeriesCount = 0;
  const query = (sql: ISql) => sketchesQuery(sql, wanted);
  await askServers(servers, query, (row, server) => {
    onSeries(row, server);
    if (row.sketch === null) {
      missingSeriesCount++;
      return;
    }
    benches.add(row.bench_id);
    seriesCount++;
    mergeRow(sketch, row, row.sketch);
  });
  return {
    ...{ sketch, seriesCount, benchCount: benches.size, missingSeriesCount },
  };
}

/**
 * The question to one server.
 *
 * Note: the client reads bytes from hexadecimal digits, three times as slowly
 * as the runtime reads base64.
 */
export function sketchesQuery(
  sql: ISql,
  { metricType, satelliteId, ...filter }: PercentilesOptions,
): PendingQuery<SketchRow[]> {
  const satellite = satelliteId === undefined
    ? sql`s.satellite_id is not null`
    : ofSatellite(sql, satelliteId);
  return sql<SketchRow[]>`
    select s.bench_id, s.run_id, encode(s.sketch, 'base64') as sketch
    from ${seriesOf(sql, metricType, satellite, filter)}`;
}

/**
 * Checks quantiles.
 *
 * @throws {RangeError} One is not from 0 to 1.
 */
export function requireQuantiles(quantiles: readonly number[]): void {
  for (const quantile of quantiles) {
    if (quantile >= 0 && quantile <= 1) continue;
    throw new RangeError(`A quantile must be from 0 to 1: ${quantile}`);
  }
}

/** A run has several series: one for each satellite. */
function noteRun(
  runs: Map<string, SeriesOfRun>,
  { bench_id, run_id }: SketchRow,
  server: AskedServer,
): void {
  const runId = originalText(run_id);
  runs.set(`${bench_id}/${runId}`, { benchId: bench_id, runId, server });
}

function mergeRow(sketch: DDSketch, row: SketchRow, base64: string): void {
  try {
    sketch.mergeEncoded(Uint8Array.fromBase64(base64));
  } catch (error) {
    const isOther = !(error instanceof DamagedSketchError) &&
      !(error instanceof RangeError);
    if (isOther) throw error;
    throw new FleetError(
      `Cannot merge a sketch of run "${
        originalText(row.run_id)
      }" of bench "${row.bench_id}": ${error.message}`,
      { code: "DAMAGED", cause: error },
    );
  }
}

/** Where the exact one is: `|value - exact| <= relativeError * |exact|`. */
function boundsOf(
  valueMs: number,
  { relativeError, min, max }: DDSketch,
): Pick<FleetPercentile, "atLeastMs" | "atMostMs"> {
  const bounds = [valueMs / (1 + relativeError), valueMs / (1 - relativeError)];
  return {
    atLeastMs: Math.max(min!, Math.min(...bounds)),
    atMostMs: Math.min(max!, Math.max(...bounds)),
  };
}
