import type { MeasurementBatch, MetricsStorage } from "@astraguard/hil-metrics";
import { FleetError } from "../model/fleet_error.ts";
import type { DDSketch } from "../sketch/dd_sketch.ts";
import { quantileRank } from "../sketch/quantile_rank.ts";
import type { AskedServer } from "./_ask_servers.ts";
import { Pace } from "../model/pace.ts";
import type { FleetPercentile } from "./fleet_percentile.ts";
import { withPulledRun } from "./pulled_run.ts";
import { ValueCounts } from "./value_counts.ts";

/** A run that has some of the durations. */
export interface SeriesOfRun {
  readonly benchId: string;
  readonly runId: string;
  readonly server: AskedServer;
}

/** Which of its durations. */
export interface WantedSeries {
  readonly metricType: string;
  readonly satelliteId?: string | undefined;
}

/** The values of a bucket that holds a percentile. */
interface WantedBucket {
  readonly values: ValueCounts;
  /** How many values the sketches say are in it. */
  readonly count: number;
}

/**
 * Finds exact percentiles in one pass over the measurements: sketches tell in
 * which bucket each is, so that only the values of these are kept, some 1 % of
 * all, in the memory of one run and of these.
 *
 * @throws {FleetError} `NO_BLOCK`: measurements of a run are not there;
 * `DAMAGED`: they are not those of the sketches.
 */
export async function exactPercentiles(
  runs: readonly SeriesOfRun[],
  wanted: WantedSeries,
  quantiles: readonly number[],
  sketch: DDSketch,
): Promise<FleetPercentile[]> {
  if (sketch.count === 0) return [];
  const places = quantiles.map((quantile) => {
    const rank = quantileRank(sketch.count, quantile);
    return { quantile, rank, ...sketch.bucketAt(rank) };
  });
  const buckets = new Map<number, WantedBucket>(
    places.map(({ bucket, count }) => [
      bucket,
      { values: new ValueCounts(), count },
    ]),
  );
  for (const { server, ...run } of runs) {
    await withPulledRun(
      server,
      run,
      (pulled) => gather(pulled, wanted, sketch, buckets),
    );
  }
  for (const { values, count } of buckets.values()) {
    if (values.total === count) continue;
    throw new FleetError(
      "The measurements are not those that the sketches were made of: runs " +
        "were replaced meanwhile, or were not pushed as a whole",
      { code: "DAMAGED" },
    );
  }
  const found: FleetPercentile[] = [];
  for (const { quantile, rank, bucket, before } of places) {
    const valueMs = await buckets.get(bucket)!.values.at(rank - before);
    found.push({ quantile, valueMs, atLeastMs: valueMs, atMostMs: valueMs });
  }
  return found;
}

async function gather(
  run: MetricsStorage,
  wanted: WantedSeries,
  sketch: DDSketch,
  buckets: ReadonlyMap<number, WantedBucket>,
): Promise<void> {
  const pace = new Pace();
  for await (const batch of run.batches()) {
    const isWanted = batch.series.map(({ metricType, satelliteId }) =>
      metricType === wanted.metricType &&
      (wanted.satelliteId ?? satelliteId) === satelliteId
    );
    gatherBatch(batch, isWanted, sketch, buckets);
    if (pace.isOver) await pace.next();
  }
}

/** At most 16,384 measurements: a fraction of a millisecond. */
function gatherBatch(
  { length, durationsMs, seriesCodes }: MeasurementBatch,
  isWanted: readonly boolean[],
  sketch: DDSketch,
  buckets: ReadonlyMap<number, WantedBucket>,
): void {
  for (let i = 0; i < length; i++) {
    if (!isWanted[seriesCodes[i]!]) continue;
    const durationMs = durationsMs[i]!;
    buckets.get(sketch.bucketOf(durationMs))?.values.add(durationMs);
  }
}
