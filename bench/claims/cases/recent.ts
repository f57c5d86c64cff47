import { MetricsStorage } from "../../../mod.ts";
import { makeRunDirectories } from "../../lib/data/run_directories.ts";
import { AfterStorage, listSavedRuns } from "../after/after_storage.ts";
import { largestByHeap } from "../after/largest_by_heap.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import type { BenchCase } from "./bench_case.ts";

const LIMIT = 10;

/** All of them in order, then the first few: what the heap is held against. */
function newestBySorting(resultsDir: string, limit: number): string[] {
  return listSavedRuns(resultsDir)
    .sort((a, b) => b.savedAtMs - a.savedAtMs)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Comparisons of names that a way of picking the last ones takes. */
function countComparisons(
  pick: (compare: (a: string, b: string) => number) => unknown,
): number {
  let comparisons = 0;
  pick((a, b) => {
    comparisons++;
    return a < b ? -1 : a > b ? 1 : 0;
  });
  return comparisons;
}

/** Listing the newest runs. */
export const recent: BenchCase = {
  name: "recent",
  title: (size) =>
    `list the last ${LIMIT} of ${size.toLocaleString("en")} runs`,
  sizes: [100, 1_000, 10_000],
  async prepare({ size, directory }) {
    await makeRunDirectories(directory, size);
    const args = { results_dir: directory, limit: LIMIT };
    const names = Array.from(Deno.readDirSync(directory), ({ name }) => name);
    return {
      forms: {
        before: { run: () => BeforeStorage.getRecentRuns(directory, LIMIT) },
        after: { run: () => AfterStorage.getRecentRuns(directory, LIMIT) },
        package: {
          run: () => MetricsStorage.getRecentRuns(directory, { limit: LIMIT }),
        },
        "package, by name": {
          run: () =>
            MetricsStorage.getRecentRuns(directory, {
              limit: LIMIT,
              orderBy: "name",
            }),
        },
        "full sort by time": { run: () => newestBySorting(directory, LIMIT) },
      },
      counts: {
        comparisons: {
          before: countComparisons((compare) => names.toSorted(compare)),
          after: countComparisons((compare) =>
            largestByHeap(names, LIMIT, compare)
          ),
        },
      },
      original: {
        operation: () => ({ name: "recent", directory, arguments: args }),
        counts: {
          comparisons: {
            name: "count_comparisons",
            directory,
            arguments: args,
          },
        },
      },
    };
  },
};
