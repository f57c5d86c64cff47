import { MetricsStorage } from "../../../mod.ts";
import { AfterStorage } from "../after/after_storage.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import { RUN_ID, saveTwoRuns } from "./_saved_runs.ts";
import type { BenchCase } from "./bench_case.ts";

/** Reading a summary from disk: ask whether it exists first, or just read. */
export const read: BenchCase = {
  name: "read",
  title: (size) =>
    `read the summary of ${size.toLocaleString("en")} measurements from disk`,
  sizes: [5_000],
  async prepare({ size, directory }) {
    const resultsDir = await saveTwoRuns(directory, size);
    const before = new BeforeStorage(RUN_ID, resultsDir);
    const after = new AfterStorage(RUN_ID, resultsDir);
    const storage = new MetricsStorage(RUN_ID, { resultsDir });
    return {
      forms: {
        before: { run: () => before.getRunMetrics() },
        after: { run: () => after.getRunMetrics(false) },
        package: { run: () => storage.getRunMetrics({ useCache: false }) },
      },
      original: {
        operation: () => ({
          name: "read",
          directory,
          arguments: { run_id: RUN_ID, results_dir: resultsDir },
        }),
      },
    };
  },
};
