// A process that saves, deletes and asks a catalog, and fails where an answer
// that passes for fresh lacks what it has changed itself.
import { RunStore, StorageError } from "../../../mod.ts";
import { RunCatalog } from "../../../src/catalog/mod.ts";
import { collectorOf } from "../../catalog/_runs.ts";
import { pick, randomFrom } from "../processes/_random.ts";

/** What a user is started with. */
export interface UserJob {
  resultsDir: string;
  /** Begins the ids of runs that only it changes. */
  name: string;
  /** How many things it does; without end where that is 0. */
  steps: number;
  seed: number;
  durability: "fsync" | "none";
}

const NUMBERS = [0, 1, 2, 3, 4];

async function use(job: UserJob): Promise<Record<string, number>> {
  const { resultsDir, name, steps, durability } = job;
  const random = randomFrom(job.seed);
  using catalog = RunCatalog.open(resultsDir);
  const withCatalog = new RunStore(resultsDir, { catalog, durability });
  const without = new RunStore(resultsDir, { durability });
  const own = new Map<string, number>();
  const counts: Record<string, number> = {};
  for (let step = 0; step < steps || steps === 0; step++) {
    const runId = `${name}_${pick(NUMBERS, random)}`;
    const store = pick([withCatalog, without], random);
    if (random() < 0.2) {
      await store.run(runId).deleteRun();
      own.delete(runId);
    } else {
      await store.run(runId).saveLatencyStats(collectorOf(step + 1));
      own.set(runId, step + 1);
    }
    if (random() < 0.1) await refresh(catalog);
    const { rows, freshness } = await catalog.history({
      metricType: "fault_detection",
      figure: "p95_ms",
      prefix: `${name}_`,
    });
    counts[freshness] = (counts[freshness] ?? 0) + 1;
    if (freshness === "fresh" || freshness === "own") {
      const found = new Map(rows.map((it) => [it.runId, it.valueMs]));
      requireSame(found, own, freshness);
    }
    const listed = await withCatalog.recentRuns({ limit: 1 });
    if (own.size > 0 && listed.length === 0) throw new Error("lists nothing");
  }
  return counts;
}

/** Another process may write for long, when it makes the catalog. */
async function refresh(catalog: RunCatalog): Promise<void> {
  try {
    await catalog.refresh();
  } catch (error) {
    if (!(error instanceof StorageError && error.code === "LOCKED")) {
      throw error;
    }
  }
}

function requireSame(
  found: ReadonlyMap<string, number>,
  own: ReadonlyMap<string, number>,
  freshness: string,
): void {
  const text = (map: ReadonlyMap<string, number>) =>
    JSON.stringify([...map].sort());
  if (text(found) === text(own)) return;
  throw new Error(`${freshness}: ${text(found)} instead of ${text(own)}`);
}

if (import.meta.main) {
  const job = JSON.parse(Deno.args[0]!) as UserJob;
  console.log(JSON.stringify(await use(job)));
}
