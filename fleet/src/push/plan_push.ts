import { type RunStore, StorageError } from "@astraguard/hil-metrics";
import type { Sql } from "postgres";
import { storedText } from "./index_text.ts";
import type { BegunPush } from "./begin_push.ts";
import { readRun, type RunToPush } from "./run_to_push.ts";

/** What a run of the store is to the fleet. */
export type PlannedRun =
  | {
    readonly kind: "new" | "changed" | "claimed" | "unchanged" | "tooOld";
    readonly run: RunToPush;
  }
  | { readonly kind: "unreadable"; readonly error: StorageError };

/** Asks the server something, again if need be. */
export type Ask = <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;

/** What the fleet has of a run. */
interface Note {
  readonly run_id: string;
  readonly fingerprint: string;
  readonly has_block: boolean;
  readonly store_id: string;
}

/** How many runs are compared at once; their summaries are kept meanwhile. */
const PAGE_RUNS = 128;

/** Summaries are compared at once up to this size, too. */
const PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Holds every run of a store against what the fleet has of it. Nothing is kept
 * on the bench about that, so nothing can be out of date.
 */
export async function* planPush(
  store: RunStore,
  push: BegunPush,
  withBlocks: boolean,
  ask: Ask,
): AsyncGenerator<PlannedRun> {
  let page: RunToPush[] = [];
  let bytes = 0;
  for await (const it of readRuns(store)) {
    if ("error" in it) {
      yield { kind: "unreadable", error: it.error };
      continue;
    }
    if (it.savedAt < push.keepSince) {
      yield { kind: "tooOld", run: it };
      continue;
    }
    page.push(it);
    bytes += it.summary.length;
    if (page.length < PAGE_RUNS && bytes < PAGE_BYTES) continue;
    yield* compare(page, push, withBlocks, ask);
    page = [];
    bytes = 0;
  }
  yield* compare(page, push, withBlocks, ask);
}

async function* compare(
  page: readonly RunToPush[],
  { benchId, storeId }: BegunPush,
  withBlocks: boolean,
  ask: Ask,
): AsyncGenerator<PlannedRun> {
  if (page.length === 0) return;
  const runIds = page.map(({ runId }) => storedText(runId));
  const notes = await ask(async (sql) =>
    await sql<Note[]>`
      select run_id, encode(fingerprint, 'hex') as fingerprint, has_block,
        store_id
      from fleet.pushed
      where bench_id = ${benchId} and run_id = any (${runIds}::text[])`
  );
  const byId = new Map(notes.map((note) => [note.run_id, note]));
  for (const [i, run] of page.entries()) {
    const note = byId.get(runIds[i]!);
    const isThere = note?.fingerprint === run.fingerprint &&
      (note.has_block || !withBlocks);
    const kind = note === undefined
      ? "new"
      : !isThere
      ? "changed"
      : note.store_id !== storeId
      ? "claimed"
      : "unchanged";
    yield { kind, run };
  }
}

/** The runs of a store one after the other, in the order of their names. */
async function* readRuns(
  store: RunStore,
): AsyncGenerator<RunToPush | { error: StorageError }> {
  const unreadable: StorageError[] = [];
  const runs = store.runs({
    orderBy: "name",
    onUnreadable: (error) => unreadable.push(error),
  });
  for await (const { runId, metrics } of runs) {
    for (const error of unreadable.splice(0)) yield { error };
    try {
      const run = await readRun(store, runId, metrics);
      if (run !== undefined) yield run;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      yield { error };
    }
  }
  for (const error of unreadable.splice(0)) yield { error };
}
