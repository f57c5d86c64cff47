import type { MetricsStorage } from "../../../src/store/metrics_storage.ts";
import type { RunStore } from "../../../src/store/run_store.ts";
import { storeOn } from "../../_storage_on.ts";
import { gzip } from "../../../src/formats/gzip.ts";
import type { StorageError } from "../../../src/model/errors.ts";
import { LatencyCollector } from "../../../src/record/latency_collector.ts";
import { changeLogHeader } from "../../../src/run/change_log.ts";
import {
  type Disk,
  diskOf,
  emptyImage,
  type EntriesEvent,
  type Image,
  settledImage,
} from "./_disk.ts";
import { MemoryFiles, type MemoryFilesOptions } from "./_memory_files.ts";

/** A save's content: what it saves can be told from every other one's. */
export type Version = "A" | "B" | "C" | "D" | "E";

/** What a process does to the run, and to the other one. */
export interface Action {
  readonly name: string;
  readonly act: (store: MetricsStorage, runs: RunStore) => Promise<unknown>;
  /**
   * What is read once it is committed, of what was read before; `undefined` if
   * that is the same.
   */
  readonly becomes: ((old: string) => string) | undefined;
  /** Whether the process writes compressed runs. */
  readonly isCompressed?: boolean;
}

/** The run that everything is done to. */
export const RUN_ID = "run";

/** The log that a catalog has just begun. */
export const NEW_LOG: Uint8Array = changeLogHeader(
  "00000000-0000-4000-8000-000000000000",
);

/** Where a catalog has the log of changes. */
const LOG_PATH = ["results", ".catalog", "changes"];
/** The run that is saved together with it. */
export const OTHER_ID = "other";

/** What a store without the run reads as. */
export const ABSENT = "absent";

const AND_OTHER = ", other ";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
let mounts = 0;

/** A process that has just started, over this disk. */
export function processOver(
  disk: Disk,
  { durability = "fsync", onCall, change, isCompressed = false }: {
    durability?: "fsync" | "none";
    isCompressed?: boolean | undefined;
    onCall?: MemoryFilesOptions["onCall"];
    /** Puts something between the store and the disk. */
    change?: ((files: MemoryFiles) => MemoryFiles) | undefined;
  } = {},
): {
  files: MemoryFiles;
  store: MetricsStorage;
  runs: RunStore;
  resultsDir: string;
} {
  const mount = `/disk-${++mounts}`;
  const files = new MemoryFiles(disk, { mount, ...(onCall && { onCall }) });
  const resultsDir = `${mount}/results`;
  const runs = storeOn(change?.(files) ?? files, resultsDir, {
    durability,
    lockTimeoutMs: 3,
    clock: () => 1_700_000_000,
    ...(isCompressed && { compression: gzip }),
  });
  return { files, store: runs.run(RUN_ID), runs, resultsDir };
}

/** Measurements that are this version's alone. */
export function measurementsOf(version: Version): LatencyCollector {
  const collector = new LatencyCollector();
  const base = version.charCodeAt(0);
  for (let i = 0; i < 2; i++) {
    collector.record({
      metricType: "fault_detection",
      satelliteId: `SAT${i}`,
      durationMs: base + i / 4,
      scenarioTimeS: i,
      timestamp: 1_700_000_000 + i,
    });
  }
  return collector;
}

/** Saves this version. */
export function save(version: Version): Action {
  return {
    name: `save ${version}`,
    act: (store) => store.saveLatencyStats(measurementsOf(version)),
    becomes: (old) => withRun(old, version),
  };
}

/** Saves this version, compressed. */
export function saveCompressed(version: Version): Action {
  return {
    ...save(version),
    name: `save compressed ${version}`,
    isCompressed: true,
  };
}

/** Saves this version of both runs, all or none. */
export function saveBoth(version: Version): Action {
  return {
    name: `save both ${version}`,
    act: (_store, runs) =>
      runs.saveRuns([RUN_ID, OTHER_ID].map((runId) => ({
        runId,
        collector: measurementsOf(version),
      }))),
    becomes: () => readsOf(version, version),
  };
}

/** Compresses the runs there are, which read as they did before. */
export const COMPRESS: Action = {
  name: "compress",
  act: (_store, runs) =>
    runs.compressRuns({ olderThan: new Date(1), onUnreadable: () => {} }),
  becomes: undefined,
};

/** What both runs read as. */
export function readsOf(run: string, other: string): string {
  return other === ABSENT ? run : `${run}${AND_OTHER}${other}`;
}

/** The same with another version of the run. */
function withRun(reads: string, run: string): string {
  return readsOf(run, reads.split(AND_OTHER)[1] ?? ABSENT);
}

/** Deletes the run. */
export const DELETE: Action = {
  name: "delete",
  act: async (store) => {
    try {
      return await store.deleteRun();
    } catch (error) {
      // Of a directory that is no run.
      if ((error as StorageError).code === "NOT_A_RUN") return false;
      throw error;
    }
  },
  becomes: (old) => withRun(old, ABSENT),
};

/** Reads the summary, and finishes a commit on the way. */
export const READ: Action = {
  name: "read",
  act: (store) => store.getRunMetrics({ useCache: false }),
  becomes: undefined,
};

/** Finishes a commit and sweeps stages of the dead. */
export const REPAIR: Action = {
  name: "repair",
  act: (store) => store.repairRun(),
  becomes: undefined,
};

/** Whether with this event the run became another one. */
export function isCommit(
  event: Disk["events"][number],
): event is EntriesEvent {
  if (event.kind !== "entries" || !event.call.startsWith("rename")) {
    return false;
  }
  const [from, to] = event.paths as [string, string];
  const run = `/results/${RUN_ID}`;
  // A batch on its way into place was committed before.
  if (from.includes("/.batch")) return false;
  return /^\/results\/\.batches\/[^/]+$/.test(to) || from === run ||
    to === run || to === `${run}/.commit`;
}

/** Disks to begin with, by what is on them. */
export async function startingImages(): Promise<Map<string, Image>> {
  const empty = emptyImage();
  const saved = (await after(empty, save("A"))).image;
  const overwritten = await after(saved, save("B"));
  const committed = 1 + overwritten.events.findIndex(isCommit);
  const moves = overwritten.events.flatMap((event, at) =>
    event.kind === "entries" && event.call.startsWith("rename") &&
      at >= committed
      ? [at + 1]
      : []
  );
  const upTo = (base: Image, events: Disk["events"], end: number) =>
    settledImage({ image: base, events: events.slice(0, end) });
  const deleted = await after(saved, DELETE);
  const died = upTo(saved, overwritten.events, committed - 2);
  return new Map<string, Image>([
    ["nothing", empty],
    ["an empty run directory", edit(empty, ["results", RUN_ID], undefined)],
    ["a run", saved],
    ["a run with a catalog", edit(saved, LOG_PATH, NEW_LOG)],
    ["a catalog without runs", edit(empty, LOG_PATH, NEW_LOG)],
    ["a run of the original", asOriginal(saved)],
    [
      "half a run of the original",
      edit(
        asOriginal(saved),
        ["results", RUN_ID, "latency_summary.json"],
        null,
      ),
    ],
    [
      "a run with an unfinished commit",
      upTo(saved, overwritten.events, committed),
    ],
    [
      "an unfinished commit that the original has saved over",
      savedInPlace(
        upTo(saved, overwritten.events, committed),
        asOriginal((await after(empty, save("D"))).image),
      ),
    ],
    [
      "half a commit that the original has saved over",
      savedInPlace(
        upTo(saved, overwritten.events, moves[0]!),
        asOriginal((await after(empty, save("D"))).image),
      ),
    ],
    [
      "a run with a commit in both places",
      linkedBack(upTo(saved, overwritten.events, moves[1]!)),
    ],
    ["a run with half a commit", upTo(saved, overwritten.events, moves[0]!)],
    ["a run with a moved commit", upTo(saved, overwritten.events, moves[1]!)],
    [
      "a run with stages of the dead",
      edit(
        died,
        ["results", ".staging", RUN_ID],
        new Uint8Array(0),
      ),
    ],
    [
      "a run that was being removed",
      upTo(saved, deleted.events, 1 + deleted.events.findIndex(isCommit)),
    ],
  ]);
}

/** Disks to begin with that have two runs, or batches of them. */
export async function imagesOfTwo(): Promise<Map<string, Image>> {
  const empty = emptyImage();
  const saved = (await after(empty, save("A"))).image;
  const both = (await after(empty, saveBoth("A"))).image;
  const batch = await after(saved, saveBoth("B"));
  const committed = 1 + batch.events.findIndex(isCommit);
  const upTo = (end: number) =>
    settledImage({ image: saved, events: batch.events.slice(0, end) });
  const original = asOriginal((await after(empty, save("D"))).image);
  return new Map<string, Image>([
    ["two runs", both],
    ["a batch that was not committed", upTo(committed - 1)],
    ["a committed batch", upTo(committed)],
    [
      "a committed batch that the original has saved over",
      savedInPlace(upTo(committed), original),
    ],
    [
      "a committed batch, and its new run made by the original",
      withOther(upTo(committed), original),
    ],
  ]);
}

async function after(
  image: Image,
  action: Action,
): Promise<{ image: Image; events: Disk["events"] }> {
  const { files, store, runs } = processOver(diskOf(image));
  await action.act(store, runs);
  return { image: files.liveImage, events: files.disk.events };
}

/** The image with a summary as the original writes it: no checksum. */
function asOriginal(image: Image): Image {
  const path = ["results", RUN_ID, "latency_summary.json"];
  const summary = JSON.parse(
    decoder.decode(nodeAt(image, path) as Uint8Array),
  );
  delete summary.raw_csv;
  delete summary.summary_xxh32;
  const bytes = encoder.encode(JSON.stringify(summary, null, 2));
  return edit(image, path, bytes);
}

/** The image with files that have left `.commit` back in it, as hard links. */
function linkedBack(image: Image): Image {
  const run = nodeAt(image, ["results", RUN_ID]) as ReadonlyMap<string, number>;
  const pending = run.get(".commit")!;
  const entries = new Map(image.get(pending) as ReadonlyMap<string, number>);
  for (const name of ["latency_raw.csv", "latency_summary.json"]) {
    entries.set(name, run.get(name)!);
  }
  return new Map(image).set(pending, entries);
}

/** The image with the files of another one's run written over its own. */
function savedInPlace(image: Image, other: Image): Image {
  let saved = image;
  for (const name of ["latency_raw.csv", "latency_summary.json"]) {
    const path = ["results", RUN_ID, name];
    saved = edit(saved, path, nodeAt(other, path) as Uint8Array);
  }
  return saved;
}

/** The image with the files of another one's run as those of the other run. */
function withOther(image: Image, other: Image): Image {
  let made = image;
  for (const name of ["latency_raw.csv", "latency_summary.json"]) {
    const node = nodeAt(other, ["results", RUN_ID, name]) as Uint8Array;
    const text = decoder.decode(node)
      .replace(`"run_id": "${RUN_ID}"`, `"run_id": "${OTHER_ID}"`);
    made = edit(made, ["results", OTHER_ID, name], encoder.encode(text));
  }
  return made;
}

function nodeAt(image: Image, path: readonly string[]) {
  let ino = 1;
  for (const name of path) {
    ino = (image.get(ino) as ReadonlyMap<string, number>).get(name)!;
  }
  return image.get(ino)!;
}

/** The image with a file, a directory (`undefined`) or nothing (`null`) there. */
function edit(
  image: Image,
  path: readonly string[],
  node: Uint8Array | undefined | null,
): Image {
  const nodes = new Map(image);
  let next = Math.max(...nodes.keys()) + 1;
  let ino = 1;
  for (const [depth, name] of path.entries()) {
    const entries = new Map(nodes.get(ino) as ReadonlyMap<string, number>);
    nodes.set(ino, entries);
    const isLast = depth === path.length - 1;
    if (isLast && node === null) {
      entries.delete(name);
      break;
    }
    if (isLast || !entries.has(name)) {
      nodes.set(next, isLast && node ? node : new Map());
      entries.set(name, next++);
    }
    ino = entries.get(name)!;
  }
  return nodes;
}
