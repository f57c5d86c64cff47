import { StorageError } from "../../../src/model/errors.ts";
import type { MetricsStorage } from "../../../src/store/metrics_storage.ts";
import type { RunStore } from "../../../src/store/run_store.ts";
import { diskOf, emptyImage, type Image } from "./_disk.ts";
import type { MemoryFiles } from "./_memory_files.ts";
import {
  ABSENT,
  measurementsOf,
  OTHER_ID,
  processOver,
  readsOf,
  RUN_ID,
} from "./_runs.ts";
import { treeKey } from "./_tree_key.ts";

/** What a store that is opened over a disk makes of it. */
export interface Observation {
  /**
   * The version that both files are of, `absent`, or what was read instead; and
   * the same of the other run, if it is there.
   */
  readonly reads: string;
  /** What should not be. */
  readonly flaws: readonly string[];
}

/** Opens a store over each disk, and remembers what it made of it. */
export class Observer {
  readonly #known = new Map<string, Observation>();
  readonly #versions = new Map<string, string>();

  /** How many disks that differ were opened. */
  get opened(): number {
    return this.#known.size;
  }

  /** Opens a store over the disk, or tells what came of it before. */
  async observe(image: Image): Promise<Observation> {
    const key = treeKey(image);
    let known = this.#known.get(key);
    if (known === undefined) {
      known = await this.#open(image);
      this.#known.set(key, known);
    }
    return known;
  }

  /** Learns what the versions read as. */
  static async create(): Promise<Observer> {
    const observer = new Observer();
    for (const version of ["A", "B", "C", "D", "E"] as const) {
      const { runs } = processOver(diskOf(emptyImage()));
      for (const runId of [RUN_ID, OTHER_ID]) {
        const store = runs.run(runId);
        await store.saveLatencyStats(measurementsOf(version));
        observer.#versions.set(await summaryText(store), version);
        observer.#versions.set(await csvText(store), version);
      }
    }
    return observer;
  }

  async #open(image: Image): Promise<Observation> {
    const flaws: string[] = [];
    const reads = await this.#asReader(image, flaws);
    await this.#asRepairer(image, reads, flaws);
    await this.#asWriter(image, reads, flaws);
    return { reads, flaws };
  }

  async #asReader(image: Image, flaws: string[]): Promise<string> {
    const { files, runs, resultsDir } = processOver(diskOf(image));
    const hadPending = hasPending(files, resultsDir);
    const reads: string[] = [];
    const wantedList: string[] = [];
    for (const runId of runIdsOn(image)) {
      const first = await this.#readOne(runs.run(runId), flaws);
      reads.push(first);
      if (first === ABSENT || first.startsWith("no summary")) continue;
      wantedList.push(runId);
    }
    // As it was found: reading has finished what could be.
    const untouched = processOver(diskOf(image));
    const listed = (await untouched.runs.recentRuns()).sort().reverse();
    requireClosed(untouched.files, flaws);
    // Before its first publication a run has no summary to go by.
    if (String(listed) !== String(wantedList) && !hadPending) {
      flaws.push(`listed as "${listed}"`);
    }
    requireClosed(files, flaws);
    return readsOf(reads[0]!, reads[1] ?? ABSENT);
  }

  async #readOne(store: MetricsStorage, flaws: string[]): Promise<string> {
    const problems = (await store.verifyRun()).problems
      .map(({ kind }) => kind).filter((kind) => kind !== "unfinished-commit");
    const csv = await this.#csv(store);
    const first = await this.#read(store);
    if (await this.#csv(store) !== csv) {
      flaws.push("the CSV changes by reading");
    }
    const again = await this.#read(store);
    if (first !== again) flaws.push(`reads ${first}, then ${again}`);
    const wanted = first === ABSENT
      ? "missing-summary,missing-csv"
      : first.startsWith("no summary")
      ? "missing-summary"
      : "";
    if (String(problems) !== wanted) flaws.push(`verifyRun finds ${problems}`);
    return first;
  }

  async #asRepairer(
    image: Image,
    reads: string,
    flaws: string[],
  ): Promise<void> {
    const { files, store, runs, resultsDir } = processOver(diskOf(image));
    try {
      const repair = await store.repairRun();
      const tree = treeKey(files.liveImage);
      const again = await store.repairRun();
      if (treeKey(files.liveImage) !== tree) flaws.push("repaired twice");
      if (again.finishedCommit || again.sweptLeftovers > 0) {
        flaws.push("a second repair had something to do");
      }
      const after = await this.#readAll(runs, image);
      if (after !== reads) flaws.push(`reads ${reads}, repaired ${after}`);
      const kinds = [repair, again].map(({ verification }) =>
        verification.problems.map(({ kind }) => kind).join()
      );
      if (kinds[0] !== kinds[1] || kinds[0]!.includes("unfinished")) {
        flaws.push(`repairs find ${kinds.join(", then ")}`);
      }
      requireTidy(files, resultsDir, flaws);
    } catch (error) {
      flaws.push(`repairRun: ${error}`);
    }
    requireClosed(files, flaws);
  }

  async #asWriter(
    image: Image,
    reads: string,
    flaws: string[],
  ): Promise<void> {
    const { files, store, runs, resultsDir } = processOver(diskOf(image));
    const wanted = (version: string) =>
      reads.includes(", other ")
        ? reads.replace(/^.*(?=, other )/, version)
        : version;
    try {
      await store.saveLatencyStats(measurementsOf("E"));
      const saved = await this.#readAll(runs, image);
      if (saved !== wanted("E")) flaws.push(`reads ${saved} after a save`);
      requireTidy(files, resultsDir, flaws);
      if (!await store.deleteRun()) flaws.push("nothing to delete");
      const gone = await this.#readAll(runs, image);
      if (gone !== wanted(ABSENT)) flaws.push(`reads ${gone} after deletion`);
    } catch (error) {
      flaws.push(`save: ${error}`);
    }
    requireClosed(files, flaws);
  }

  async #readAll(runs: RunStore, image: Image): Promise<string> {
    const reads: string[] = [];
    for (const runId of runIdsOn(image)) {
      reads.push(await this.#read(runs.run(runId)));
    }
    return readsOf(reads[0]!, reads[1] ?? ABSENT);
  }

  async #read(store: MetricsStorage): Promise<string> {
    const summary = await this.#version(() => summaryText(store));
    const csv = await this.#csv(store);
    if (summary === csv) return summary;
    if (summary === ABSENT) return `no summary, CSV of ${csv}`;
    return `summary of ${summary}, CSV of ${csv}`;
  }

  #csv(store: MetricsStorage): Promise<string> {
    return this.#version(() => csvText(store));
  }

  async #version(read: () => Promise<string>): Promise<string> {
    try {
      const text = await read();
      return this.#versions.get(text) ?? `unknown: ${text}`;
    } catch (error) {
      if (!(error instanceof StorageError)) return `thrown: ${error}`;
      return error.code === "RUN_NOT_FOUND" ? ABSENT : error.code;
    }
  }
}

async function summaryText(store: MetricsStorage): Promise<string> {
  const metrics = await store.getRunMetrics({ useCache: false });
  if (metrics === null) {
    throw new StorageError("none", { code: "RUN_NOT_FOUND" });
  }
  const { raw_csv: _, summary_xxh32: __, ...original } = metrics;
  return JSON.stringify(original);
}

async function csvText(store: MetricsStorage): Promise<string> {
  // Half a run of the original has no summary to verify it by.
  const verify = await store.getRunMetrics({ useCache: false }) !== null;
  return JSON.stringify([...await store.loadMeasurements({ verify })]);
}

/** The runs that may be on a disk; the other one is on few. */
function runIdsOn(image: Image): string[] {
  const names = [...image.values()].flatMap((node) =>
    node instanceof Map ? [...node.keys()] : []
  );
  return names.includes(OTHER_ID) ? [RUN_ID, OTHER_ID] : [RUN_ID];
}

function requireClosed(files: MemoryFiles, flaws: string[]): void {
  for (const { path } of files.open_) flaws.push(`left open: ${path}`);
}

function requireTidy(
  files: MemoryFiles,
  resultsDir: string,
  flaws: string[],
): void {
  if (hasPending(files, resultsDir)) flaws.push("a commit is left");
  const staged = treeKey(files.liveImage).split("\n")
    .filter((line) => line.startsWith("/results/.staging/"));
  const parts = treeKey(files.liveImage).split("\n").filter((line) =>
    line.startsWith("/results/.batches/#") ||
    line.startsWith(`/results/${RUN_ID}/.batch-`)
  );
  if (parts.length > 0) flaws.push(`left of a batch: ${parts}`);
  if (staged.length > 1) flaws.push(`left in the staging: ${staged.slice(1)}`);
}

function hasPending(files: MemoryFiles, resultsDir: string): boolean {
  try {
    return files.lstatSync(`${resultsDir}/${RUN_ID}/.commit`).isDirectory;
  } catch {
    return false;
  }
}
