import type { RunLabels } from "@astraguard/hil-metrics";
import { zstd } from "@astraguard/hil-metrics/zstd";
import type { ISql, Sql } from "postgres";
import { FleetError } from "../model/fleet_error.ts";
import { inTransaction } from "../server/in_transaction.ts";
import { storedText } from "./index_text.ts";
import type { MeasurementsToPush, RunToPush } from "./run_to_push.ts";
import { type SeriesRows, seriesRows } from "./series_rows.ts";

/** A push that the server has begun: whatever it writes is its own. */
export interface PushSession {
  readonly benchId: string;
  readonly storeId: string;
  readonly pushId: string;
}

/** How a run is put into the fleet. */
export interface PutRun {
  readonly session: PushSession;
  readonly run: RunToPush;
  readonly measurements: MeasurementsToPush;
  /** Whether its measurements are sent along. */
  readonly withBlock: boolean;
  /** Whether it may be there already, in whatever state. */
  readonly isReplaced: boolean;
  /** Called when the server has taken a part. */
  readonly alive: () => void;
}

/**
 * The bytes of one row of a block: larger ones hold the event loop for longer
 * than 5 ms, as hexadecimal digits are made and read in one piece. The
 * whole is never in memory.
 */
const PART_BYTES = 256 * 1024;

/** 64,000 satellites: a message of it is twice that, and in memory at once. */
const MAX_SUMMARY_BYTES = 64 * 1024 * 1024;

/** What the original's earliest run can be from; clocks without power are not. */
const EARLIEST = new Date("2000-01-01T00:00:00Z");

/** Later than any server believes; PostgreSQL reads no year of six digits. */
const LATEST = new Date("9999-01-01T00:00:00Z");

/** Says that another store's push has begun since. */
export function forked(benchId: string): FleetError {
  return new FleetError(
    `Cannot push: another copy of this store has pushed to bench "${benchId}" ` +
      "since",
    { code: "STORE_FORKED" },
  );
}

/**
 * Puts a run into the fleet, in one transaction: whoever asks sees what was
 * there before, or all of it. It can be done again.
 *
 * Note: rows are inserted rather than copied, as `COPY` does not know row-level
 * security.
 */
export async function putRun(sql: Sql, put: PutRun): Promise<void> {
  const { session: { benchId }, run, isReplaced } = put;
  if (run.summary.length > MAX_SUMMARY_BYTES) {
    throw new FleetError(
      `Cannot push run "${run.runId}": its summary has ${run.summary.length} ` +
        "bytes",
      { code: "TOO_LARGE" },
    );
  }
  await inTransaction(sql, async (sql) => {
    const sent: PromiseLike<unknown>[] = [];
    const runId = storedText(run.runId);
    if (isReplaced) sent.push(...deleteRows(sql, benchId, [runId]));
    const noted = note(sql, put);
    sent.push(noted, insertRun(sql, put));
    for (const rows of seriesRows(run.metrics, put.measurements.sketches)) {
      sent.push(insertSeries(sql, put, rows));
    }
    await allOf(sent);
    if ((await noted).count === 0) throw forked(benchId);
    put.alive();
    if (put.withBlock) await insertBlock(sql, put);
  });
}

/** Takes runs out of the fleet, in one transaction; how many there were. */
export async function deleteRuns(
  sql: Sql,
  { benchId, pushId }: PushSession,
  runIds: readonly string[],
): Promise<number> {
  return await inTransaction(sql, async (sql) => {
    const sent = deleteRows(sql, benchId, runIds);
    const notes = sql`
      delete from fleet.pushed
      where bench_id = ${benchId} and run_id = any (${runIds as string[]}::text[])
        and exists (select from fleet.benches b
          where b.bench_id = ${benchId} and b.push_id = ${pushId})`;
    await allOf([...sent, notes]);
    const { count } = await notes;
    if (count > 0) return count;
    const left = await sql`
      select from fleet.pushed
      where bench_id = ${benchId}
        and run_id = any (${runIds as string[]}::text[])`;
    if (left.length > 0) throw forked(benchId);
    // The try before this one was a success.
    return 0;
  });
}

/** Takes away what there is of runs, but for their notes, which say where. */
function deleteRows(
  sql: ISql,
  benchId: string,
  runIds: readonly string[],
): PromiseLike<unknown>[] {
  const lock = sql`
    select from fleet.pushed
    where bench_id = ${benchId} and run_id = any (${runIds as string[]}::text[])
    order by run_id for update`;
  // By the note, so that only the month of each is looked at.
  return [
    lock,
    ...["series", "blocks", "runs"].map((table) =>
      sql`
        delete from fleet.${sql(table)} t using fleet.pushed p
        where p.bench_id = ${benchId}
          and p.run_id = any (${runIds as string[]}::text[])
          and t.bench_id = ${benchId} and t.saved_at = p.saved_at
          and t.run_id = p.run_id`
    ),
  ];
}

/**
 * When a run was saved, as far as the server believes it: not in the future,
 * whatever the clock of the bench says.
 */
export function savedAt(sql: ISql, run: RunToPush) {
  const claimed = run.savedAt < EARLIEST
    ? EARLIEST
    : run.savedAt > LATEST
    ? LATEST
    : run.savedAt;
  return sql`least(${claimed}::timestamptz, now())`;
}

function note(sql: ISql, put: PutRun) {
  const { session: { benchId, storeId, pushId }, run, isReplaced } = put;
  const replacing = isReplaced
    ? sql`on conflict (bench_id, run_id) do update set
        saved_at = excluded.saved_at, fingerprint = excluded.fingerprint,
        has_block = excluded.has_block, store_id = excluded.store_id`
    : sql``;
  return sql`
    insert into fleet.pushed
      (bench_id, run_id, saved_at, fingerprint, has_block, store_id)
    select ${benchId}, ${storedText(run.runId)}, ${savedAt(sql, put.run)},
      decode(${run.fingerprint}, 'hex'), ${put.withBlock}, ${storeId}::uuid
    from fleet.benches where bench_id = ${benchId} and push_id = ${pushId}
    ${replacing}`;
}

function insertRun(sql: ISql, put: PutRun) {
  const { session: { benchId }, run: { runId, metrics, summary } } = put;
  const { csvName } = put.measurements;
  const isSent = put.withBlock && csvName !== undefined;
  return sql`
    insert into fleet.runs (bench_id, saved_at, run_id, total_measurements,
      is_incomplete, labels, summary, csv_name, csv_encoding)
    values (${benchId}, ${savedAt(sql, put.run)}, ${storedText(runId)},
      ${metrics.total_measurements}, ${metrics.incomplete === true},
      ${labelsText(metrics.labels)}::text::jsonb, ${summary},
      ${isSent ? csvName : null}, ${isSent ? encodingOf(csvName) : null})`;
}

function insertSeries(
  sql: ISql,
  put: PutRun,
  rows: SeriesRows,
) {
  const figures = rows.figures as unknown as string[][];
  return sql`
    insert into fleet.series (bench_id, saved_at, run_id, metric_type,
      satellite_id, count, mean_ms, p50_ms, p95_ms, p99_ms, max_ms, min_ms,
      sketch)
    select ${put.session.benchId}, ${savedAt(sql, put.run)},
      ${storedText(put.run.runId)}, metric_type, satellite_id, count, mean_ms,
      p50_ms, p95_ms, p99_ms, max_ms, min_ms, sketch::bytea
    from unnest(${rows.metricTypes}::text[],
      ${rows.satelliteIds as string[]}::text[],
      ${rows.counts as unknown as string[]}::bigint[],
      ${figures[0]!}::float8[], ${figures[1]!}::float8[],
      ${figures[2]!}::float8[], ${figures[3]!}::float8[],
      ${figures[4]!}::float8[], ${figures[5]!}::float8[],
      ${rows.sketches as string[]}::text[])
    as rows (metric_type, satellite_id, count, mean_ms, p50_ms, p95_ms, p99_ms,
      max_ms, min_ms, sketch)`;
}

/** Sends the file of measurements, compressed unless the bench has done that. */
async function insertBlock(sql: ISql, put: PutRun): Promise<void> {
  const { session: { benchId }, run, measurements } = put;
  if (measurements.csvName === undefined) return;
  const bytes = encodingOf(measurements.csvName) === "zstd"
    ? zstd.compress(measurements.chunks())
    : measurements.chunks();
  let part = 0;
  // One part is on its way while the next one is made.
  let sending: Promise<unknown> = Promise.resolve();
  for await (const content of parts(bytes)) {
    await sending;
    put.alive();
    sending = sql`
      insert into fleet.blocks (bench_id, saved_at, run_id, part, bytes)
      values (${benchId}, ${savedAt(sql, put.run)}, ${storedText(run.runId)},
        ${part++}, ${content})`.execute();
    // Whoever waits for it is told later.
    sending.catch(() => {});
  }
  await sending;
}

/** Waits for statements that were sent together. */
async function allOf(sent: readonly PromiseLike<unknown>[]): Promise<void> {
  // All of them: after the first that fails the others fail for that alone.
  const outcomes = await Promise.allSettled(sent);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

/** Bytes in pieces that are each one's own. */
async function* parts(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(PART_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + PART_BYTES - filled);
      part.set(piece, filled);
      filled += piece.length;
      at += piece.length;
      if (filled < PART_BYTES) continue;
      yield part;
      part = new Uint8Array(PART_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** `"zstd"` for a file that is compressed here, else `"file"`: as it is. */
function encodingOf(csvName: string): "zstd" | "file" {
  return csvName.endsWith(".csv") ? "zstd" : "file";
}

function labelsText(labels: RunLabels = {}): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(labels).map((it) => it.map(storedText)),
    ),
  );
}
