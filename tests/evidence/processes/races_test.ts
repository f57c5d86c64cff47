import { assert, assertEquals } from "@std/assert";
import { MetricsStorage } from "../../../mod.ts";
import type { FileOperations } from "../../../src/disk/file_operations.ts";
import { sweepStaging } from "../../../src/run/sweep_staging.ts";
import { storageOn, storeOn, systemFilesWith } from "../../_storage_on.ts";
import {
  collectGeneration,
  loadGeneration,
  readGeneration,
} from "./_generation.ts";

/** Does something the first time only. */
function once<T>(work: () => T): () => T | undefined {
  let isDone = false;
  return () => {
    if (isDone) return undefined;
    isDone = true;
    return work();
  };
}

/** Saves generation 2 before the CSV of generation 1 is opened. */
async function savedMeanwhile(
  resultsDir: string,
  replaced: Partial<FileOperations> = {},
): Promise<MetricsStorage> {
  const other = new MetricsStorage("run", { resultsDir });
  await other.saveLatencyStats(collectGeneration(1));
  const saveAgain = once(() => other.saveLatencyStats(collectGeneration(2)));
  const files = systemFilesWith({
    open: async (path, options) => {
      if (String(path).endsWith(".csv")) await saveAgain();
      return await Deno.open(path, options);
    },
    ...replaced,
  });
  return storageOn(files, "run", { resultsDir });
}

async function inResultsDir(
  test: (resultsDir: string) => Promise<void>,
): Promise<void> {
  const resultsDir = await Deno.makeTempDir();
  await test(resultsDir);
  await Deno.remove(resultsDir, { recursive: true });
}

Deno.test("MetricsStorage.saveLatencyStats() makes a new run where the old one is deleted before it is locked", () =>
  inResultsDir(async (resultsDir) => {
    const other = new MetricsStorage("run", { resultsDir });
    await other.saveLatencyStats(collectGeneration(1));
    const path = `${resultsDir}/run`;
    const deleteRun = once(() => Deno.removeSync(path, { recursive: true }));
    const files = systemFilesWith({
      rename: async (from, to) => {
        try {
          await Deno.rename(from, to);
        } catch (error) {
          deleteRun();
          throw error;
        }
      },
    });
    const storage = storageOn(files, "run", { resultsDir });
    await storage.saveLatencyStats(collectGeneration(2));
    assertEquals(await readGeneration(other), 2);
  }));

Deno.test("MetricsStorage.verifyRun() is not misled by a save that comes between the two files", () =>
  inResultsDir(async (resultsDir) => {
    const storage = await savedMeanwhile(resultsDir);
    assertEquals((await storage.verifyRun()).problems, []);
  }));

for (const isNew of [true, false]) {
  Deno.test(`MetricsStorage.verifyRun() accuses no ${isNew ? "new" : "old"} run of a batch that a living writer is about to finish`, () =>
    inResultsDir(async (resultsDir) => {
      const storage = new MetricsStorage("run", { resultsDir });
      if (!isNew) await storage.saveLatencyStats(collectGeneration(1));
      let isCommitted = false;
      let problems: unknown;
      const files = systemFilesWith({
        rename: async (from, to) => {
          if (isCommitted && problems === undefined) {
            problems = (await storage.verifyRun()).problems;
          }
          await Deno.rename(from, to);
          isCommitted ||= String(to).includes("/.batches/");
        },
      });
      const collector = collectGeneration(2);
      await storeOn(files, resultsDir).saveRuns([{ runId: "run", collector }]);
      assertEquals(problems, []);
    }));
}

Deno.test("MetricsStorage.loadMeasurements() is not misled by a new summary with the inode number of the old one", () =>
  inResultsDir(async (resultsDir) => {
    const storage = await savedMeanwhile(resultsDir, {
      lstatSync: (path) => ({ ...Deno.lstatSync(path), ino: 1 }),
    });
    assertEquals(await loadGeneration(storage), 2);
  }));

Deno.test("sweepStaging() leaves the lock file that was made after it opened the one of the dead", () =>
  inResultsDir(async (resultsDir) => {
    const path = `${resultsDir}/run`;
    await Deno.writeTextFile(path, "");
    let held: Deno.FsFile | undefined;
    const files = systemFilesWith({
      open: async (opened, options) => {
        const file = await Deno.open(opened, options);
        await Deno.remove(path);
        held = await Deno.open(path, { write: true, createNew: true });
        await held.lock(true);
        return file;
      },
    });
    assertEquals(await sweepStaging(resultsDir, files), 0);
    assert((await Deno.lstat(path)).isFile);
    held?.close();
  }));
