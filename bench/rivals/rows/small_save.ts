import { MetricsStorage, type MetricsStorageOptions } from "../../../mod.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";
import { saveSync } from "../save_sync.ts";

type Durability = NonNullable<MetricsStorageOptions["durability"]>;

/** Writes a file that must not exist, all of it. */
function writeNew(path: string, bytes: Uint8Array, sync: boolean): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  file.writeSync(bytes);
  if (sync) file.syncDataSync();
}

/** The same without holding the event loop. */
async function writeNewAsync(
  path: string,
  bytes: Uint8Array,
  sync: boolean,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  await file.write(bytes);
  if (sync) await file.syncData();
}

function syncDirectory(path: string): void {
  using directory = Deno.openSync(path, { read: true });
  directory.syncSync();
}

async function syncDirectoryAsync(path: string): Promise<void> {
  using directory = await Deno.open(path, { read: true });
  await directory.sync();
}

/** What takes a new directory of this name each time, which is then removed. */
function racer(
  parent: string,
  save: (name: string) => unknown,
  goal?: number,
): Racer {
  let saves = 0;
  const timeMs = async (calls: number): Promise<number> => {
    let spentMs = 0;
    for (let i = 0; i < calls; i++) {
      const name = `run_${saves++}`;
      const startMs = performance.now();
      const saving = save(name);
      if (saving instanceof Promise) await saving;
      spentMs += performance.now() - startMs;
      Deno.removeSync(`${parent}/${name}`, { recursive: true });
    }
    return spentMs;
  };
  return {
    run: () => timeMs(1),
    timeMs,
    answer: async () => {
      await save("checked");
      const sizeBytes = (name: string) =>
        Deno.statSync(`${parent}/checked/${name}`).size;
      const sizes = [
        sizeBytes("latency_raw.csv"),
        sizeBytes("latency_summary.json"),
      ];
      Deno.removeSync(`${parent}/checked`, { recursive: true });
      return sizes;
    },
    // The name of the run stands in the summary.
    tolerance: 0.05,
    ...goal !== undefined && { goal },
  };
}

async function measure(
  rows: number,
  durability: Durability,
  goal: number,
  context: RowContext,
): Promise<RivalFigure[]> {
  const resultsDir = await Deno.makeTempDir({ dir: context.directory });
  const bare = await Deno.makeTempDir({ dir: context.directory });
  Deno.mkdirSync(`${bare}/.staging`);
  const collector = largeRun(rows);
  const save = (name: string) =>
    new MetricsStorage(name, { resultsDir, durability })
      .saveLatencyStats(collector);
  const saved = await save("example");
  const csv = Deno.readFileSync(saved.raw);
  const summary = Deno.readFileSync(saved.summary);
  const sync = durability === "fsync";
  const saveBare = (name: string) => {
    const stage = `${bare}/.staging/${crypto.randomUUID()}`;
    Deno.mkdirSync(stage);
    writeNew(`${stage}/latency_raw.csv`, csv, sync);
    writeNew(`${stage}/latency_summary.json`, summary, sync);
    if (sync) syncDirectory(stage);
    Deno.renameSync(stage, `${bare}/${name}`);
    if (sync) syncDirectory(bare);
  };
  const saveBareAsync = async (name: string) => {
    const stage = `${bare}/.staging/${crypto.randomUUID()}`;
    await Deno.mkdir(stage);
    await Promise.all([
      writeNewAsync(`${stage}/latency_raw.csv`, csv, sync),
      writeNewAsync(`${stage}/latency_summary.json`, summary, sync),
    ]);
    if (sync) await syncDirectoryAsync(stage);
    await Deno.rename(stage, `${bare}/${name}`);
    if (sync) await syncDirectoryAsync(bare);
  };
  return await race({
    what: `save ${rows.toLocaleString("en")} rows, durability ${durability}`,
    package: racer(resultsDir, save),
    rivals: {
      "same bytes, synchronous calls": racer(bare, saveBare, goal),
      "same bytes, asynchronous calls": racer(bare, saveBareAsync, goal),
      // With the bytes made as well, which are most of the work.
      ...!sync && {
        "own synchronous form": racer(
          bare,
          (name) => saveSync(collector, `${bare}/${name}`),
        ),
      },
    },
  }, context);
}

/** Small saves beside the system calls that they need at the least. */
export const smallSave: RivalRow = {
  name: "small-save",
  measure: async (context) => [
    ...await measure(1000, "none", 1.4, context),
    ...await measure(10_000, "none", 1.4, context),
    ...await measure(1000, "fsync", 2, context),
  ],
};
