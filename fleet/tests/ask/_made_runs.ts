import type { ISql } from "postgres";
import { DDSketch } from "../../mod.ts";

/** A run as a push would enter it, made from its durations. */
export interface MadeRun {
  readonly benchId: string;
  readonly runId: string;
  readonly savedAt: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly incomplete?: boolean;
  /** Durations in milliseconds by metric type, then by satellite. */
  readonly durationsMs: Readonly<
    Record<string, Readonly<Record<string, readonly number[]>>>
  >;
}

/** A type, so that it is JSON. */
type Figures = {
  readonly count: number;
  readonly mean_ms: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  readonly min_ms: number;
};

/** Enters runs without a push. */
export async function enterRuns(
  sql: ISql,
  runs: readonly MadeRun[],
): Promise<void> {
  for (const run of runs) {
    await sql`insert into fleet.benches (bench_id) values (${run.benchId})
      on conflict do nothing`;
    await sql`select fleet.make_month(${run.savedAt}::timestamptz)`;
    const key = {
      ...{ bench_id: run.benchId, run_id: run.runId, saved_at: run.savedAt },
    };
    const all = Object.values(run.durationsMs).flatMap((it) =>
      Object.values(it).flat()
    );
    const ofRun = {
      ...{ ...key, total_measurements: all.length, summary: "" },
      is_incomplete: run.incomplete ?? false,
      labels: run.labels ?? {},
      received_at: run.savedAt,
    };
    // As text: the client cuts times to milliseconds.
    await sql`insert into fleet.runs select * from
      jsonb_populate_record(null::fleet.runs, ${sql.json(ofRun)})`;
    await sql`insert into fleet.series select * from
      jsonb_populate_recordset(
        null::fleet.series,
        ${sql.json(seriesRows(run, key))}
      )`;
  }
}

function seriesRows(
  { durationsMs }: MadeRun,
  key: Record<string, string>,
): Record<string, string | number | null>[] {
  return Object.entries(durationsMs).flatMap(([type, bySatellite]) => {
    const metric = { ...key, metric_type: type };
    const together = figuresOf(Object.values(bySatellite).flat());
    return [
      { ...metric, satellite_id: null, ...together, sketch: null },
      ...Object.entries(bySatellite).map(([satellite, durations]) => ({
        ...{ ...metric, satellite_id: satellite, ...figuresOf(durations) },
        sketch: `\\x${DDSketch.of(durations).encode().toHex()}`,
      })),
    ];
  });
}

function figuresOf(durationsMs: readonly number[]): Figures {
  const sorted = Float64Array.from(durationsMs).sort();
  const { length } = sorted;
  const at = (q: number) => sorted[Math.trunc(length * q)]!;
  return {
    count: length,
    mean_ms: durationsMs.reduce((sum, it) => sum + it, 0) / length,
    ...{ p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) },
    max_ms: sorted[length - 1]!,
    min_ms: sorted[0]!,
  };
}
