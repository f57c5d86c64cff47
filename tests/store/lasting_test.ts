import { RunStore } from "@astraguard/hil-metrics";
import { assertEquals, assertGreater } from "@std/assert";
import { abandonBatch } from "../_abandoned_batch.ts";
import { collectorOfDetections, withResultsDir } from "../_results_dir.ts";
import { storeOn, systemFilesWith } from "../_storage_on.ts";

const LATER = new Date(Date.now() + 3_600_000);

/** What is done to what others have made. */
const REMAKES: Record<string, (store: RunStore) => Promise<unknown>> = {
  recover: (store) => store.recover(),
  compressRuns: (store) => store.compressRuns({ olderThan: LATER }),
  runs: async (store) => {
    // Whoever reads a run finishes what the dead have committed to it.
    await abandonBatch(store.resultsDir, ["new", "saved"], { renames: 1 });
    await store.run("saved").getRunMetrics();
  },
};

/** Which files and directories a store syncs while it does that. */
async function syncedBy(
  remake: (store: RunStore) => Promise<unknown>,
  durability: "fsync" | "none",
): Promise<string[]> {
  const synced: string[] = [];
  const watched = (path: string | URL, file: Deno.FsFile) => {
    const name = String(path).split("/").at(-1)!.replace(/^stage-.*/, "stage");
    for (const key of ["sync", "syncData"] as const) {
      const call = file[key].bind(file);
      file[key] = async () => {
        synced.push(`${key} ${name}`);
        await call();
      };
    }
    return file;
  };
  await withResultsDir(async (resultsDir) => {
    const made = new RunStore(`${resultsDir}/results`);
    await made.run("saved").saveLatencyStats(collectorOfDetections(3));
    {
      await using writer = await made.openRun("streamed");
      await writer.append(collectorOfDetections(3));
    }
    const files = systemFilesWith({
      open: async (path, options) =>
        watched(path, await Deno.open(path, options)),
      openSync: (path, options) => watched(path, Deno.openSync(path, options)),
    });
    await remake(storeOn(files, made.resultsDir, { durability }));
  });
  return synced.sort();
}

for (const [name, remake] of Object.entries(REMAKES)) {
  Deno.test(`RunStore.${name}() makes last what another store has promised, whatever its own durability`, async () => {
    const wanted = await syncedBy(remake, "fsync");
    assertGreater(wanted.length, 3);
    assertEquals(await syncedBy(remake, "none"), wanted);
  });
}
