import {
  RunStore,
  type StorageError,
  type StoredRun,
} from "@astraguard/hil-metrics";
import {
  printComparison,
  printList,
  printStats,
  printTitle,
} from "./_report.ts";
import { harmless } from "./_table.ts";

const MOST_LISTED = 10;

const MOST_COMPARED = 5;

/** Prints what runs a directory has, and compares those of one kind. */
export async function lookAtRuns(resultsDir: string): Promise<number> {
  // These are somebody's runs: nothing from here on can write.
  await Deno.permissions.revoke({ name: "write" });
  if (await isMissing(resultsDir)) {
    console.error(`There is no such directory: ${resultsDir}`);
    return 1;
  }
  const store = new RunStore(resultsDir);
  const failures: StorageError[] = [];
  let count = 0;
  let newest: StoredRun[] = [];
  for await (
    const run of store.runs({ onUnreadable: (error) => failures.push(error) })
  ) {
    count++;
    newest.push(run);
    // Not by the times of the files, which copying changes.
    newest.sort((a, b) => isBefore(a, b) ? 1 : -1);
    newest = newest.slice(0, MOST_LISTED);
  }
  if (count + failures.length === 0) {
    console.error(`There are no runs in ${resultsDir}`);
  }
  if (newest.length > 0) {
    printStats(newest[0]!);
    const part = count > newest.length ? `: ${newest.length} of ${count}` : "";
    printList(`Runs, newest first${part}`, newest);
  }
  for (const [runId, beforeId] of pairsOf(newest).slice(0, MOST_COMPARED)) {
    printComparison(await store.compareRuns(runId, beforeId));
  }
  if (failures.length > 0) printTitle("Cannot be read");
  for (const { code, message } of failures) {
    console.log(harmless(`${code}: ${message}`));
  }
  return count === 0 ? 1 : 0;
}

async function isMissing(path: string): Promise<boolean> {
  try {
    return !(await Deno.stat(path)).isDirectory;
  } catch (error) {
    // Another failure is the store's to tell.
    return error instanceof Deno.errors.NotFound;
  }
}

function isBefore(a: StoredRun, b: StoredRun): boolean {
  const [aTime, bTime] = [a.metrics.timestamp, b.metrics.timestamp];
  return aTime < bTime || aTime === bTime && a.runId < b.runId;
}

/** Each run with the latest of its kind before it. */
function pairsOf(runs: readonly StoredRun[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [i, run] of runs.entries()) {
    const before = runs.slice(i + 1).find((it) => kindOf(it) === kindOf(run));
    if (before !== undefined) pairs.push([run.runId, before.runId]);
  }
  return pairs;
}

/** Runs are alike that have the same labels, and names that only count on. */
function kindOf({ runId, metrics }: StoredRun): string {
  const labels = Object.entries(metrics.labels ?? {}).sort();
  return JSON.stringify([runId.replace(/\d.*/s, ""), labels]);
}
