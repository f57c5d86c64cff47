import { MetricsStorage } from "../../../mod.ts";
import type { RunMetrics } from "../../../src/model/metrics.ts";
import { makeRunDirectories } from "../../lib/data/run_directories.ts";
import { AfterStorage } from "../after/after_storage.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import { recordBoth } from "./_collectors.ts";
import { OTHER_RUN_ID, RUN_ID, saveTwoRuns } from "./_saved_runs.ts";
import type { BenchCase } from "./bench_case.ts";

const RECENT = 10;
const READS = 100;
const COMPARISONS = 10;

interface Storage<Collector> {
  saveLatencyStats(collector: Collector): Promise<unknown>;
  getRunMetrics(): Promise<Readonly<RunMetrics> | null>;
  compareRuns(otherRunId: string): Promise<{ metrics: unknown }>;
}

/** What one does with a finished run: save, look twice, compare, list. */
async function finish<Collector>(
  storage: Storage<Collector>,
  collector: Collector,
  list: () => string[] | Promise<string[]>,
): Promise<unknown> {
  await storage.saveLatencyStats(collector);
  await storage.getRunMetrics();
  const metrics = await storage.getRunMetrics();
  const { metrics: compared } = await storage.compareRuns(OTHER_RUN_ID);
  return { stats: metrics!.stats, compared, recent: await list() };
}

function finishCase(
  name: string,
  measurements: number,
  runs: number,
): BenchCase {
  const listing = runs > 0 ? `, list ${runs.toLocaleString("en")}` : "";
  return {
    name,
    title: (size) =>
      `save ${
        size.toLocaleString("en")
      } measurements, read twice, compare${listing}`,
    sizes: [measurements],
    async prepare({ size, directory }) {
      const resultsDir = await saveTwoRuns(directory, size);
      await makeRunDirectories(resultsDir, runs);
      const { objects, columns } = recordBoth(size, 3);
      const list = <Runs>(getRecentRuns: () => Runs) => () =>
        runs > 0 ? getRecentRuns() : [];
      const forms = {
        before: {
          run: () =>
            finish(
              new BeforeStorage(RUN_ID, resultsDir),
              objects,
              list(() => BeforeStorage.getRecentRuns(resultsDir, RECENT)),
            ),
        },
        after: {
          run: () =>
            finish(
              new AfterStorage(RUN_ID, resultsDir),
              objects,
              list(() => AfterStorage.getRecentRuns(resultsDir, RECENT)),
            ),
        },
        package: {
          run: () =>
            finish(
              new MetricsStorage(RUN_ID, { resultsDir, durability: "none" }),
              columns,
              list(() =>
                MetricsStorage.getRecentRuns(resultsDir, { limit: RECENT })
              ),
            ),
        },
      };
      return {
        forms,
        original: {
          operation: async () => {
            const raw = `${directory}/raw.csv`;
            await columns.exportCsv(raw);
            return {
              name: "finish",
              directory,
              arguments: {
                run_id: RUN_ID,
                other_run_id: OTHER_RUN_ID,
                results_dir: resultsDir,
                raw_csv: raw,
                recent: runs > 0 ? RECENT : 0,
              },
            };
          },
        },
      };
    },
  };
}

/** Looking at a saved run again and again. */
async function review(
  storage: Storage<never>,
  reads: number,
): Promise<unknown> {
  let metrics: Readonly<RunMetrics> | null = null;
  for (let i = 0; i < reads; i++) metrics = await storage.getRunMetrics();
  let compared: unknown;
  for (let i = 0; i < COMPARISONS; i++) {
    compared = (await storage.compareRuns(OTHER_RUN_ID)).metrics;
  }
  return { stats: metrics!.stats, compared };
}

const MEASUREMENTS_REVIEWED = 5_000;

/** The report's scenario 1: small runs. */
export const smallRuns: BenchCase = finishCase("scenario-1", 1_000, 0);
/** The report's scenario 2: medium runs. */
export const mediumRuns: BenchCase = finishCase("scenario-2", 5_000, 0);
/** The report's scenario 3: large runs, and many of them. */
export const manyLargeRuns: BenchCase = finishCase("scenario-3", 10_000, 1_000);

/** The report's scenario 4: repeated operations. */
export const repeatedReviews: BenchCase = {
  name: "scenario-4",
  title: (size) => `read a summary ${size} times, compare ${COMPARISONS} times`,
  sizes: [READS],
  async prepare({ size, directory }) {
    const resultsDir = await saveTwoRuns(directory, MEASUREMENTS_REVIEWED);
    const before = new BeforeStorage(RUN_ID, resultsDir);
    const after = new AfterStorage(RUN_ID, resultsDir);
    const storage = new MetricsStorage(RUN_ID, { resultsDir });
    return {
      forms: {
        before: { run: () => review(before, size) },
        after: { run: () => review(after, size) },
        package: { run: () => review(storage, size) },
      },
      original: {
        operation: () => ({
          name: "review",
          directory,
          arguments: {
            run_id: RUN_ID,
            other_run_id: OTHER_RUN_ID,
            results_dir: resultsDir,
            reads: size,
            comparisons: COMPARISONS,
          },
        }),
      },
    };
  },
};
