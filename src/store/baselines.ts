import { syncDirectory } from "../disk/sync_directory.ts";
import { replaceFile } from "../disk/replace_file.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { Interruption } from "../model/interruption.ts";
import { requireString, shown } from "../model/options.ts";
import {
  type BaselinesDocument,
  baselinesPath,
  readBaselines,
} from "../run/baselines_file.ts";
import { notFound } from "../run/failures.ts";
import { withResultsLock } from "../run/results_lock.ts";
import { requireRunId, runPaths } from "../run/run_paths.ts";
import { revalidateMetrics } from "./read_metrics.ts";
import type { ResultsDirectory } from "./results_directory.ts";

/**
 * The baselines of a results directory: runs under a name, which others are
 * judged against, and runs that are pinned besides. None of them is deleted:
 * `deleteRun()` fails with `PINNED`. A save may still replace one.
 *
 * They stand in `<results>/.baselines.json`, which is replaced whole. Two
 * processes that change it take turns.
 *
 * @example Name what a bench is measured by
 * ```ts
 * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const store = new RunStore(await Deno.makeTempDir());
 * const collector = new LatencyCollector();
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 * await store.run("run_1").saveLatencyStats(collector);
 *
 * await store.baselines.name("main", ["run_1"]);
 * assertEquals(store.baselines.read().baselines, { main: ["run_1"] });
 * await assertRejects(() => store.run("run_1").deleteRun(), Error, "main");
 *
 * await store.baselines.remove("main");
 * assertEquals(await store.run("run_1").deleteRun(), true);
 * await Deno.remove(store.resultsDir, { recursive: true });
 * ```
 */
export interface Baselines {
  /**
   * What there is now; nothing where nobody has named a baseline.
   *
   * @throws {StorageError} `RUN_DAMAGED`: the file is not what was written.
   * `UNSAFE_PATH`, `PERMISSION_DENIED`, `IO_FAILED`.
   */
  read(): BaselinesDocument;
  /**
   * Names runs, which keeps them; those of this name before are let go.
   *
   * @param name 1 to 100 characters, none a control character or a space at an
   * end.
   * @throws {StorageError} `RUN_NOT_FOUND`: there is no run of such an id.
   * `LOCKED`: another process has the results directory. Or as
   * {@linkcode Baselines.read}; nothing has changed.
   * @throws {RangeError} The name cannot be one, or there are no runs.
   * @throws {TypeError} Something is of the wrong type.
   */
  name(name: string, runIds: readonly string[]): Promise<void>;
  /**
   * Forgets a name; its runs stay, and are kept no longer by it.
   *
   * @returns Whether there was one.
   * @throws {StorageError} As {@linkcode Baselines.name}.
   */
  remove(name: string): Promise<boolean>;
  /**
   * Keeps a run that no baseline has.
   *
   * @returns Whether it was not pinned before.
   * @throws {StorageError} As {@linkcode Baselines.name}.
   */
  pin(runId: string): Promise<boolean>;
  /**
   * Keeps a run no longer, but for baselines that have it.
   *
   * @returns Whether it was pinned.
   * @throws {StorageError} As {@linkcode Baselines.name}.
   */
  unpin(runId: string): Promise<boolean>;
}

/** The baselines of a directory, in their file. */
export class StoredBaselines implements Baselines {
  readonly #directory: ResultsDirectory;

  constructor(directory: ResultsDirectory) {
    this.#directory = directory;
  }

  read(): BaselinesDocument {
    const { path, files } = this.#directory;
    try {
      return readBaselines(path, files);
    } catch (error) {
      const action = "read the baselines";
      throw storageFailure(error, { action, path: baselinesPath(path) });
    }
  }

  async name(name: string, runIds: readonly string[]): Promise<void> {
    requireName(name);
    if (!Array.isArray(runIds)) {
      throw new TypeError(`runIds must be an array: ${shown(runIds)}`);
    }
    if (runIds.length === 0) {
      throw new RangeError(`Baseline "${name}" needs a run`);
    }
    for (const runId of runIds) requireRunId(runId);
    const wanted = [...new Set(runIds)];
    await this.#change((document) => {
      for (const runId of wanted) this.#requireRun(runId);
      const baselines = { ...document.baselines, [name]: wanted };
      return { ...document, baselines };
    });
  }

  async remove(name: string): Promise<boolean> {
    requireName(name);
    return await this.#change((document) => {
      if (!Object.hasOwn(document.baselines, name)) return undefined;
      const { [name]: _gone, ...baselines } = document.baselines;
      return { ...document, baselines };
    });
  }

  async pin(runId: string): Promise<boolean> {
    requireRunId(runId);
    return await this.#change((document) => {
      this.#requireRun(runId);
      if (document.pinned.includes(runId)) return undefined;
      return { ...document, pinned: [...document.pinned, runId] };
    });
  }

  async unpin(runId: string): Promise<boolean> {
    requireRunId(runId);
    return await this.#change((document) => {
      if (!document.pinned.includes(runId)) return undefined;
      const pinned = document.pinned.filter((it) => it !== runId);
      return { ...document, pinned };
    });
  }

  /** Replaces the file, unless nothing has changed. */
  async #change(
    change: (document: BaselinesDocument) => BaselinesDocument | undefined,
  ): Promise<boolean> {
    const directory = this.#directory;
    const { path: resultsDir, files, sync } = directory;
    const path = baselinesPath(resultsDir);
    try {
      return await withResultsLock(
        resultsDir,
        directory,
        "exclusive",
        undefined,
        async () => {
          const changed = change(readBaselines(resultsDir, files));
          if (changed === undefined) return false;
          const text = `${JSON.stringify(changed, undefined, 2)}\n`;
          await replaceFile(path, [new TextEncoder().encode(text)], files);
          if (sync) await syncDirectory(resultsDir, files);
          return true;
        },
      );
    } catch (error) {
      if (error instanceof Interruption) throw error.reason;
      throw storageFailure(error, { action: "change the baselines", path });
    }
  }

  #requireRun(runId: string): void {
    const paths = runPaths(this.#directory.path, runId);
    if (revalidateMetrics(paths, this.#directory) !== undefined) return;
    throw notFound(paths, paths.summary);
  }
}

function requireName(name: string): void {
  requireString("name", name);
  const isRight = name.length >= 1 && name.length <= 100 &&
    name === name.trim() && name.isWellFormed() && !/\p{Cc}/u.test(name) &&
    name !== "__proto__";
  if (!isRight) {
    throw new RangeError(`A baseline cannot have this name: ${shown(name)}`);
  }
}
