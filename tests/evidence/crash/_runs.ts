import type { MetricsStorage } from "../../../src/store/metrics_storage.ts";
import { storageOn } from "../../_storage_on.ts";
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

/** What a process does to the run. */
export interface Action {
  readonly name: string;
  readonly act: (store: MetricsStorage) => Promise<unknown>;
  /** What is read once it is committed; `undefined` if it commits nothing. */
  readonly becomes: string | undefined;
}

/** The only run there is. */
export const RUN_ID = "run";

/** The log that a catalog has just begun. */
export const NEW_LOG: Uint8Array = changeLogHeader(
  "00000000-0000-4000-8000-000000000000",
);

/** Where a catalog has the log of changes. */
const LOG_PATH = ["results", ".catalog", "changes"];

/** What a store without the run reads as. */
export const ABSENT = "absent";

const encoder = new TextEncoder();
let mounts = 0;

/** A process that has just started, over this disk. */
export function processOver(
  disk: Disk,
  { durability = "fsync", onCall, change }: {
    durability?: "fsync" | "none";
    onCall?: MemoryFilesOptions["onCall"];
    /** Puts something between the store and the disk. */
    change?: ((files: MemoryFiles) => MemoryFiles) | undefined;
  } = {},
): { files: MemoryFiles; store: MetricsStorage; resultsDir: string } {
  const mount = `/disk-${++mounts}`;
  const files = new MemoryFiles(disk, { mount, ...(onCall && { onCall }) });
  const resultsDir = `${mount}/results`;
  const store = storageOn(change?.(files) ?? files, RUN_ID, {
    resultsDir,
    durability,
    lockTimeoutMs: 3,
    clock: () => 1_700_000_000,
  });
  return { files, store, resultsDir };
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
    becomes: version,
  };
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
  becomes: ABSENT,
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
  const [from, to] = event.paths;
  const run = `/results/${RUN_ID}`;
  return from === run || to === run || to === `${run}/.commit`;
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

async function after(
  image: Image,
  action: Action,
): Promise<{ image: Image; events: Disk["events"] }> {
  const { files, store } = processOver(diskOf(image));
  await action.act(store);
  return { image: files.liveImage, events: files.disk.events };
}

/** The image with a summary as the original writes it: no checksum. */
function asOriginal(image: Image): Image {
  const path = ["results", RUN_ID, "latency_summary.json"];
  const summary = JSON.parse(
    new TextDecoder().decode(nodeAt(image, path) as Uint8Array),
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
