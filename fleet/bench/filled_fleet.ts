import type { Sql } from "postgres";
import { normal, seededRandom } from "../../bench/lib/data/random.ts";
import { DDSketch, FleetReader } from "../mod.ts";
import { PASSWORD, TestFleet } from "../tests/_fleet.ts";

/** A fleet of 20 benches with 1,000 runs of 15 series each, and who asks it. */
export interface FilledFleet extends AsyncDisposable {
  readonly fleet: TestFleet;
  readonly reader: FleetReader;
}

/** What is in it. */
export const FILLED = { benches: 20, runs: 1000, durations: 1000 } as const;

/** Between two runs of a bench, in hours: all of them take two months. */
const STEP_HOURS = 1.4;

const START_MS = Date.UTC(2026, 8, 1);
const METRICS = ["fault_detection", "agent_decision", "recovery_action"];
const SATELLITES = [null, "SAT1", "SAT2", "SAT3", "SAT4"];

/** Sketches that series share: making them is not what is measured. */
const SKETCHES = 50;

/** Starts a server and fills it, without a push. */
export async function fillFleet(): Promise<FilledFleet> {
  const fleet = await TestFleet.start({
    settings: { fsync: "on", shared_buffers: "256MB" },
  });
  await fill(fleet.admin);
  const { port, ca } = fleet.server;
  const reader = new FleetReader({
    ...{ host: "127.0.0.1", port, database: "postgres", ca },
    ...{ user: "reader", password: PASSWORD },
  });
  return {
    ...{ fleet, reader },
    [Symbol.asyncDispose]: async () => {
      reader[Symbol.dispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

/** When a run was saved. */
export function savedAt(run: number): Date {
  return new Date(START_MS + run * STEP_HOURS * 3600_000);
}

/** The durations of every series, in milliseconds. */
export function durationsOf(series: number): number[] {
  const random = seededRandom(series % SKETCHES);
  return Array.from(
    { length: FILLED.durations },
    () => 100 * Math.exp(normal(random, 0, 0.3)),
  );
}

async function fill(sql: Sql): Promise<void> {
  for (let run = 0; run < FILLED.runs; run += FILLED.runs / 4) {
    await sql`select fleet.make_month(${savedAt(run)})`;
  }
  await sql`insert into fleet.benches
    select 'bench-' || b from generate_series(0, ${FILLED.benches - 1}::int) b`;
  await copy(
    sql,
    "runs (bench_id, saved_at, run_id, total_measurements, is_incomplete, labels, summary)",
    (bench, run) => [runRow(bench, run)],
  );
  const sketches = Array.from(
    { length: SKETCHES },
    (_, i) => `\\\\x${DDSketch.of(durationsOf(i)).encode().toHex()}`,
  );
  await copy(
    sql,
    "series (bench_id, saved_at, run_id, metric_type, satellite_id, count, mean_ms, p50_ms, p95_ms, p99_ms, max_ms, min_ms, sketch)",
    (bench, run) => seriesRows(bench, run, sketches),
  );
  await sql`vacuum analyze`;
}

function keyOf(bench: number, run: number): string[] {
  return [`bench-${bench}`, savedAt(run).toISOString(), `run_${run}`];
}

function runRow(bench: number, run: number): string[] {
  const labels = JSON.stringify({ firmware: `2.${run % 20}`, host: "lab-1" });
  const summary = `\\\\x${"7b".repeat(1500)}`;
  return [...keyOf(bench, run), "12000", "f", labels, summary];
}

function seriesRows(
  bench: number,
  run: number,
  sketches: readonly string[],
): string[][] {
  const key = keyOf(bench, run);
  const p95 = `${160 + bench / 100 + run / 1000}`;
  return METRICS.flatMap((metric) =>
    SATELLITES.map((satellite) => [
      ...[...key, metric, satellite ?? "\\N", `${FILLED.durations}`, "105"],
      ...["100", p95, "200", "250.5", "40.25"],
      satellite === null ? "\\N" : sketches[(run + bench) % SKETCHES]!,
    ])
  );
}

/** Copies the rows of every run of every bench into a table. */
async function copy(
  sql: Sql,
  into: string,
  rowsOf: (bench: number, run: number) => readonly string[][],
): Promise<void> {
  const stream = await sql.unsafe(`copy fleet.${into} from stdin`).writable();
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  stream.once("error", reject);
  stream.once("finish", resolve);
  for (let bench = 0; bench < FILLED.benches; bench++) {
    for (let run = 0; run < FILLED.runs; run++) {
      const text = rowsOf(bench, run).map((it) => `${it.join("\t")}\n`).join(
        "",
      );
      if (stream.write(text)) continue;
      await new Promise((resume) => stream.once("drain", resume));
    }
  }
  stream.end();
  await ended;
}
