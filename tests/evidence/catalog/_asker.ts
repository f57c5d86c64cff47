// A process that does what it is told with a catalog, and prints what it got.
import { RunStore, StorageError } from "../../../mod.ts";
import { RunCatalog } from "../../../src/catalog/mod.ts";
import { collectorOf } from "../../catalog/_runs.ts";

/** What an asker does. */
export type Ask = "ask" | "list" | "refresh" | "save" | "fill" | "free";

const [resultsDir, ...asks] = Deno.args as [string, ...Ask[]];
using catalog = RunCatalog.open(resultsDir);
const store = new RunStore(resultsDir, { catalog });

const ACTS: Record<Ask, () => Promise<unknown>> = {
  async ask() {
    const { rows, freshness } = await catalog.recentRuns();
    return `${freshness} ${rows.map((it) => it.runId)}`;
  },
  async list() {
    return `${await store.recentRuns()}`;
  },
  async refresh() {
    await catalog.refresh();
    return "refreshed";
  },
  async save() {
    await store.run("saved").saveLatencyStats(collectorOf(1));
    return "saved";
  },
  // All of the disk but what is left in the last block.
  async fill() {
    using file = await Deno.open(`${resultsDir}/.filled`, {
      append: true,
      create: true,
    });
    try {
      for (;;) await file.write(new Uint8Array(4096));
    } catch {
      return "filled";
    }
  },
  async free() {
    await Deno.remove(`${resultsDir}/.filled`);
    return "freed";
  },
};

const outcomes: unknown[] = [];
for (const ask of asks) {
  try {
    outcomes.push(await ACTS[ask]());
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    outcomes.push(error.code);
  }
}
console.log(JSON.stringify(outcomes));
