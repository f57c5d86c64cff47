import { MetricsStorage } from "../../../mod.ts";
import type { Form } from "../../lib/measure/form.ts";
import { AfterStorage } from "../after/after_storage.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import { RUN_ID, saveTwoRuns } from "./_saved_runs.ts";
import type { BenchCase } from "./bench_case.ts";

const MEASUREMENTS = 5_000;

/** Reading the same summary again and again. */
export const cached: BenchCase = {
  name: "cached",
  title: (size) => `read one summary ${size.toLocaleString("en")} times`,
  sizes: [100],
  async prepare({ size, directory }) {
    const resultsDir = await saveTwoRuns(directory, MEASUREMENTS);
    const repeated = (read: () => Promise<unknown>): Form => ({
      async run() {
        let metrics: unknown;
        for (let i = 0; i < size; i++) metrics = await read();
        return metrics;
      },
    });
    const before = new BeforeStorage(RUN_ID, resultsDir);
    const after = new AfterStorage(RUN_ID, resultsDir);
    const storage = new MetricsStorage(RUN_ID, { resultsDir });
    return {
      forms: {
        before: repeated(() => before.getRunMetrics()),
        after: repeated(() => after.getRunMetrics()),
        package: repeated(() => storage.getRunMetrics()),
        "package, revalidating": repeated(() =>
          storage.getRunMetrics({ useCache: "revalidate" })
        ),
      },
      original: {
        operation: () => ({
          name: "cached",
          directory,
          arguments: { run_id: RUN_ID, results_dir: resultsDir, reads: size },
        }),
      },
    };
  },
};
