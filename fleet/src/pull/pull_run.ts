import {
  CompressedDataError,
  RunStore,
  StorageError,
} from "@astraguard/hil-metrics";
import { zstd } from "@astraguard/hil-metrics/zstd";
import type { Sql } from "postgres";
import { FleetError } from "../model/fleet_error.ts";
import { requireSchema } from "../push/begin_push.ts";
import { storedText } from "../push/index_text.ts";
import { SUMMARY_NAME } from "../push/run_to_push.ts";
import { Connection } from "../server/connection.ts";
import { fleetFailure } from "../server/fleet_failure.ts";
import { inTransaction } from "../server/in_transaction.ts";
import { Patience } from "../server/patience.ts";
import type { ServerOptions } from "../server/server_options.ts";
import { removeIfThere, Stage } from "./stage.ts";

/** How a run is pulled. */
export interface PullOptions {
  /**
   * How long a server that is away is tried again, in milliseconds from 0.
   *
   * @default {60000}
   */
  readonly patienceMs?: number;
  /** Told what failed before it is tried again. */
  readonly onRetry?: (error: Error) => void;
  /** Ends it; nothing is left in the store. */
  readonly signal?: AbortSignal;
}

/** A run that was pulled. */
export interface PulledRun {
  /** Its id. */
  readonly runId: string;
  /** The directory that holds its files. */
  readonly path: string;
  /** Whether it was there already, the same to the byte. */
  readonly wasThere: boolean;
}

/** What the fleet has of a run. */
interface RunRow {
  readonly saved_at: string;
  readonly summary: Uint8Array<ArrayBuffer>;
  readonly fingerprint: string;
  readonly csv_name: string | null;
  readonly csv_encoding: "zstd" | "file" | null;
}

/** A file name of measurements: nothing that leads anywhere else. */
const CSV_NAME = /^latency_raw\.csv(\.[A-Za-z0-9]{1,16})?$/;

/**
 * What a run may have had on the bench already: both files are those that were
 * pushed, and belong together.
 */
const KEPT_PROBLEMS: ReadonlySet<string> = new Set([
  ...["converted-line-ends", "wrong-run-id", "wrong-statistics"],
]);

const DEFAULT_PATIENCE_MS = 60_000;

/** Brings a run of a bench into a store, to the byte. */
export async function pullRun(
  store: RunStore,
  server: ServerOptions,
  run: { readonly benchId: string; readonly runId: string },
  options: PullOptions = {},
): Promise<PulledRun> {
  const { patienceMs = DEFAULT_PATIENCE_MS, signal, onRetry } = options;
  // Checks the id, too.
  const target = `${store.resultsDir}/${store.run(run.runId).runId}`;
  const patience = new Patience({ patienceMs, signal, onRetry });
  using connection = new Connection(server);
  await using stage = await Stage.make(store.resultsDir);
  const staged = `${stage.path}/${run.runId}`;
  try {
    await patience.retry(async () => {
      await removeIfThere(staged);
      await connection.use(
        (sql, alive) => writeFiles(sql, run, staged, alive),
        { signal },
      );
    });
    await connection.close();
    await verify(stage.path, run.runId);
    return await moveInto(target, staged, run.runId);
  } catch (error) {
    if (error instanceof CompressedDataError) {
      throw damaged(run.runId, error.message);
    }
    throw fleetFailure(error, `pull run "${run.runId}"`);
  }
}

/** Writes both files of a run as they were pushed. */
async function writeFiles(
  sql: Sql,
  { benchId, runId }: { readonly benchId: string; readonly runId: string },
  directory: string,
  alive: () => void,
): Promise<void> {
  await requireSchema(sql);
  // One snapshot: a run that is pushed anew meanwhile is read as it was.
  await inTransaction(sql, async (sql) => {
    const id = storedText(runId);
    const [row] = await sql<RunRow[]>`
      select r.saved_at::text, r.summary, r.csv_name, r.csv_encoding,
        encode(p.fingerprint, 'hex') as fingerprint
      from fleet.pushed p join fleet.runs r
        on r.bench_id = p.bench_id and r.saved_at = p.saved_at
          and r.run_id = p.run_id
      where p.bench_id = ${benchId} and p.run_id = ${id}`;
    if (row === undefined) {
      throw new FleetError(
        `Bench "${benchId}" has no run "${runId}" in the fleet`,
        { code: "RUN_NOT_FOUND" },
      );
    }
    if (row.csv_name === null) {
      throw new FleetError(
        `The fleet has no measurements of run "${runId}" of bench "${benchId}"`,
        { code: "NO_BLOCK" },
      );
    }
    const digest = await crypto.subtle.digest("SHA-256", row.summary);
    const isWhole = new Uint8Array(digest).toHex() === row.fingerprint &&
      CSV_NAME.test(row.csv_name);
    if (!isWhole) throw damaged(runId);
    await Deno.mkdir(directory, { recursive: true });
    await writeFile(`${directory}/${SUMMARY_NAME}`, [row.summary]);
    const blocks = partsOf(sql, benchId, id, row.saved_at, alive);
    await writeFile(
      `${directory}/${row.csv_name}`,
      row.csv_encoding === "zstd" ? zstd.decompress(blocks, {}) : blocks,
    );
  }, "repeatable read, read only");
}

async function* partsOf(
  sql: Pick<Sql, "unsafe">,
  benchId: string,
  runId: string,
  savedAt: string,
  alive: () => void,
): AsyncGenerator<Uint8Array> {
  for (let part = 0;; part++) {
    const [row] = await sql.unsafe<{ bytes: Uint8Array }[]>(
      `select bytes from fleet.blocks
       where bench_id = $1 and saved_at = $2::text::timestamptz
         and run_id = $3 and part = $4`,
      [benchId, savedAt, runId, part],
    );
    if (row === undefined) return;
    alive();
    yield row.bytes;
  }
}

/** Reads a run as any store does, before anybody else can. */
async function verify(stage: string, runId: string): Promise<void> {
  const verification = await new RunStore(stage, { codecs: [zstd] }).run(runId)
    .verifyRun();
  const [problem] = verification.problems.filter(({ kind }) =>
    !KEPT_PROBLEMS.has(kind)
  );
  if (problem !== undefined) throw damaged(runId, problem.message);
}

/** Puts the run into its place by one rename, as a save does. */
async function moveInto(
  target: string,
  staged: string,
  runId: string,
): Promise<PulledRun> {
  await syncDirectory(staged);
  try {
    await Deno.rename(staged, target);
  } catch (error) {
    if (!await isDirectory(target)) throw error;
    if (await haveSameFiles(staged, target)) {
      return { runId, path: target, wasThere: true };
    }
    throw new StorageError(
      `Cannot pull run "${runId}": the store has another run of this id`,
      { code: "RUN_EXISTS", path: target, cause: error },
    );
  }
  await syncDirectory(target.slice(0, target.lastIndexOf("/")));
  return { runId, path: target, wasThere: false };
}

async function haveSameFiles(a: string, b: string): Promise<boolean> {
  for await (const { name } of Deno.readDir(a)) {
    const other = await Deno.open(`${b}/${name}`).catch(ifMissing);
    if (!(other instanceof Deno.FsFile)) return false;
    using _other = other;
    using file = await Deno.open(`${a}/${name}`);
    if ((await file.stat()).size !== (await other.stat()).size) return false;
    const [bytes, otherBytes] = [new Uint8Array(65536), new Uint8Array(65536)];
    for (;;) {
      const count = await fill(file, bytes);
      await fill(other, otherBytes);
      if (!bytes.every((byte, i) => i >= count || byte === otherBytes[i])) {
        return false;
      }
      if (count === 0) break;
    }
  }
  return true;
}

async function fill(file: Deno.FsFile, bytes: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

async function writeFile(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at += await file.write(chunk.subarray(at));
    }
  }
  await file.sync();
}

async function syncDirectory(path: string): Promise<void> {
  using directory = await Deno.open(path);
  await directory.sync();
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isDirectory;
  } catch {
    return false;
  }
}

function ifMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function damaged(runId: string, why = "its checksum is another"): FleetError {
  return new FleetError(
    `The fleet's copy of run "${runId}" is damaged: ${why}`,
    {
      code: "DAMAGED",
    },
  );
}
