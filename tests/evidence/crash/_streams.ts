import { StorageError } from "../../../src/model/errors.ts";
import type { RunStore } from "../../../src/store/run_store.ts";
import type { RunWriter } from "../../../src/store/run_writer.ts";
import { storeOn } from "../../_storage_on.ts";
import {
  type Disk,
  diskOf,
  emptyImage,
  type Image,
  settledImage,
} from "./_disk.ts";
import { MemoryFiles, type MemoryFilesOptions } from "./_memory_files.ts";
import { measurementsOf, RUN_ID } from "./_runs.ts";
import { treeKey } from "./_tree_key.ts";

/** What a process that streams has been promised, and when. */
export class Promises {
  /** Rows, by how many events there had been when they were promised. */
  readonly rows: { at: number; rows: number }[] = [];
  /** How many events there had been when the run was closed. */
  closedAt = Infinity;

  /** What counts of it after so many events. */
  after(events: number): Wanted {
    const promised = this.rows.filter(({ at }) => at <= events);
    return {
      rows: Math.max(0, ...promised.map(({ rows }) => rows)),
      streams: promised.length > 0 ? 1 : 0,
      isClosed: this.closedAt <= events,
    };
  }
}

/** What has to be found. */
export interface Wanted {
  /** At least so many rows. */
  readonly rows: number;
  /** At least so many runs of streams. */
  readonly streams: number;
  /** Whether the run has to be there without recovery. */
  readonly isClosed: boolean;
}

/** Something that a process does with streams. */
export interface StreamScenario {
  readonly name: string;
  readonly image: Image;
  /** How many streams there are at most. */
  readonly most: number;
  /** What was promised before it. */
  readonly before: Wanted;
  readonly act: (process: StreamProcess, promises: Promises) => Promise<void>;
}

/** A process over a disk. */
export interface StreamProcess {
  readonly files: MemoryFiles;
  readonly store: RunStore;
  readonly resultsDir: string;
}

/** Rows of each batch. */
const BATCHES = [2, 1, 3];

/** Rows of a whole stream. */
export const ALL_ROWS = BATCHES.reduce((sum, rows) => sum + rows, 0);

const NOTHING: Wanted = { rows: 0, streams: 0, isClosed: false };

let mounts = 0;

/** A process that has just started, over this disk. */
export function streamProcess(
  disk: Disk,
  { durability = "fsync", onCall, change }: {
    durability?: "fsync" | "none";
    onCall?: MemoryFilesOptions["onCall"];
    change?: ((files: MemoryFiles) => MemoryFiles) | undefined;
  } = {},
): StreamProcess {
  const mount = `/disk-s${++mounts}`;
  const files = new MemoryFiles(disk, { mount, ...(onCall && { onCall }) });
  const resultsDir = `${mount}/results`;
  const store = storeOn(change?.(files) ?? files, resultsDir, {
    durability,
    lockTimeoutMs: 3,
    clock: () => 1_700_000_000,
  });
  return { files, store, resultsDir };
}

/** Every disk to begin with, and what is done to it. */
export async function streamScenarios(): Promise<StreamScenario[]> {
  const withRun = await imageAfter(emptyImage(), async ({ store }) => {
    await store.run(RUN_ID).saveLatencyStats(measurementsOf("A"));
  });
  const abandoned = await imageAfter(withRun, abandon);
  const alone = await imageAfter(emptyImage(), abandon);
  const left: Wanted = { rows: BATCHES[0]!, streams: 1, isClosed: false };
  return [
    {
      name: "stream over nothing",
      image: emptyImage(),
      before: NOTHING,
      most: 1,
      act: stream,
    },
    {
      name: "stream over a run",
      image: withRun,
      before: NOTHING,
      most: 1,
      act: stream,
    },
    {
      name: "recover over nothing",
      image: alone,
      before: left,
      most: 1,
      act: recover,
    },
    {
      name: "recover over a run",
      image: abandoned,
      before: left,
      most: 1,
      act: recover,
    },
    {
      name: "stream over a journal",
      image: alone,
      before: left,
      most: 2,
      act: stream,
    },
    {
      name: "abort over a run",
      image: withRun,
      before: NOTHING,
      most: 1,
      act: abort,
    },
  ];
}

async function imageAfter(
  image: Image,
  act: (process: StreamProcess) => Promise<unknown>,
): Promise<Image> {
  const process = streamProcess(diskOf(image));
  await act(process);
  return settledImage(process.files.disk);
}

async function stream(
  { store, files }: StreamProcess,
  promises: Promises,
): Promise<void> {
  await using writer = await store.openRun(RUN_ID);
  let rows = 0;
  for (const count of BATCHES) {
    await appendRetrying(writer, rows, count);
    rows += count;
    promises.rows.push({ at: files.disk.events.length, rows });
  }
  await writer.close();
  promises.closedAt = files.disk.events.length;
}

/** As a bench does that has met a full disk. */
async function appendRetrying(
  writer: RunWriter,
  from: number,
  count: number,
): Promise<void> {
  const batch = Array.from({ length: count }, (_, i) => rowOf(from + i));
  try {
    await writer.append(batch);
  } catch {
    await writer.append(batch);
  }
}

/** The row of this number: each can be told from the others. */
function rowOf(row: number) {
  return {
    metricType: "downlink",
    satelliteId: `SAT${row % 3}`,
    durationMs: 1000 + row,
    scenarioTimeS: row,
    timestamp: 1_700_000_000 + row,
  };
}

async function abandon({ store }: StreamProcess): Promise<void> {
  await using writer = await store.openRun(RUN_ID);
  await appendRetrying(writer, 0, BATCHES[0]!);
}

async function recover({ store }: StreamProcess): Promise<void> {
  await store.recover();
}

async function abort({ store }: StreamProcess): Promise<void> {
  await using writer = await store.openRun(RUN_ID);
  await appendRetrying(writer, 0, BATCHES[0]!);
  await writer.abort();
}

/** What a store that is opened over a disk makes of its streams. */
export interface StreamObservation {
  /** Rows of the most complete run of a stream. */
  readonly rows: number;
  /** How many runs of streams there are. */
  readonly runs: number;
  /** Whether the run was there whole before anything was recovered. */
  readonly isClosed: boolean;
  readonly flaws: readonly string[];
}

const known = new WeakMap<object, Map<string, Promise<StreamObservation>>>();

/** Opens a store over the disk, or tells what came of it before. */
export function observeStreams(
  image: Image,
  cache: object,
): Promise<StreamObservation> {
  const observations = known.get(cache) ?? new Map();
  known.set(cache, observations);
  const key = treeKey(image);
  const found = observations.get(key) ?? observe(image);
  observations.set(key, found);
  return found;
}

async function observe(image: Image): Promise<StreamObservation> {
  const process = streamProcess(diskOf(image));
  const { store, files } = process;
  const flaws: string[] = [];
  const before = await contentOf(store, RUN_ID, flaws);
  let ids: string[] = [];
  try {
    ids = await store.recover();
  } catch (error) {
    flaws.push(`recover: ${error}`);
  }
  const tree = treeKey(files.liveImage);
  const again = await store.recover().catch((error) => [String(error)]);
  if (again.length > 0) flaws.push(`recovers again: ${again}`);
  if (treeKey(files.liveImage) !== tree) flaws.push("changes when all is done");
  const streams = tree.split("\n").filter((it) =>
    it.startsWith("/results/.streams/")
  );
  if (/^\/results\/[^.].*\/journal /m.test(tree)) {
    flaws.push("a journal in a run");
  }
  if (streams.length > 1) flaws.push(`left: ${streams}`);
  if (
    await contentOf(store, RUN_ID, flaws) !== before && !ids.includes(RUN_ID)
  ) {
    flaws.push("recovery changes a run");
  }
  const found: number[] = [];
  for (const id of await store.recentRuns()) {
    const content = await contentOf(store, id, flaws);
    const [rows, unit, incomplete] = content.split(" ");
    if (unit !== "rows") continue;
    found.push(Number(rows));
    if (Number(rows) < ALL_ROWS && incomplete === undefined) {
      flaws.push(`${content} taken for whole`);
    }
    // The run's next reader or writer finishes a commit.
    const problems = (await store.run(id).verifyRun()).problems
      .filter(({ kind }) => kind !== "unfinished-commit");
    for (const { message } of problems) flaws.push(`${id}: ${message}`);
  }
  await requireUsable(process, flaws);
  for (const { path } of files.open_) flaws.push(`left open: ${path}`);
  return {
    rows: Math.max(0, ...found),
    runs: found.length,
    isClosed: before === `${ALL_ROWS} rows`,
    flaws,
  };
}

/** `absent`, `A`, or how many rows of the stream there are. */
async function contentOf(
  store: RunStore,
  runId: string,
  flaws: string[],
): Promise<string> {
  try {
    const metrics = await store.run(runId).getRunMetrics({ useCache: false });
    if (metrics === null) return "absent";
    const rows = [...await store.run(runId).loadMeasurements()];
    if (rows[0]?.metricType === "fault_detection") return "A";
    const isPrefix = rows.every((row, i) =>
      JSON.stringify(row) === JSON.stringify(ordered(rowOf(i)))
    );
    if (!isPrefix) flaws.push(`${runId} is no beginning of the stream`);
    return `${rows.length} rows${metrics.incomplete ? " incomplete" : ""}`;
  } catch (error) {
    flaws.push(`${runId}: ${error}`);
    return "unreadable";
  }
}

function ordered(row: ReturnType<typeof rowOf>) {
  const { timestamp, metricType, satelliteId, durationMs, scenarioTimeS } = row;
  return { timestamp, metricType, satelliteId, durationMs, scenarioTimeS };
}

/** The run can be streamed, saved and deleted as any other. */
async function requireUsable(
  { store, resultsDir, files }: StreamProcess,
  flaws: string[],
): Promise<void> {
  try {
    await using writer = await store.openRun(RUN_ID);
    await writer.append([rowOf(0)]);
    await writer.close();
    await store.run(RUN_ID).saveLatencyStats(measurementsOf("B"));
    await store.run(RUN_ID).deleteRun();
  } catch (error) {
    flaws.push(`cannot be used: ${error}`);
  }
  const left = treeKey(files.liveImage).split("\n").filter((it) =>
    it.includes("/.commit") || it.startsWith("/results/.streams/r")
  );
  if (left.length > 0) flaws.push(`left in ${resultsDir}: ${left}`);
}

/** Whether the error is one that a caller handles. */
export function isStorageError(error: unknown): boolean {
  return error instanceof StorageError;
}
