import { MetricsStorage } from "../../../mod.ts";
import type { Form } from "../../lib/measure/form.ts";
import { AfterStorage } from "../after/after_storage.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import type { OriginalOperation } from "../original/original.ts";
import { OTHER_RUN_ID, RUN_ID, saveTwoRuns } from "./_saved_runs.ts";
import type { BenchCase } from "./bench_case.ts";

/** The time of the comparison differs from form to form. */
function metricsOf(comparison: unknown): unknown {
  return (comparison as { metrics: unknown }).metrics;
}

function formOf(compare: () => Promise<{ metrics: unknown }>): Form {
  return { run: compare, answer: metricsOf };
}

function originalOperation(
  name: string,
  directory: string,
  resultsDir: string,
): OriginalOperation {
  return {
    name,
    directory,
    arguments: {
      run_id: RUN_ID,
      other_run_id: OTHER_RUN_ID,
      results_dir: resultsDir,
    },
    answer: metricsOf,
  };
}

/** Comparing two runs once, as a command would: both are read from disk. */
export const compare: BenchCase = {
  name: "compare",
  title: (size) =>
    `compare two runs of ${size.toLocaleString("en")} measurements`,
  sizes: [1_000, 5_000, 10_000],
  async prepare({ size, directory }) {
    const resultsDir = await saveTwoRuns(directory, size);
    return {
      forms: {
        before: formOf(() =>
          new BeforeStorage(RUN_ID, resultsDir).compareRuns(OTHER_RUN_ID)
        ),
        after: formOf(() =>
          new AfterStorage(RUN_ID, resultsDir).compareRuns(OTHER_RUN_ID)
        ),
        package: formOf(() =>
          new MetricsStorage(RUN_ID, { resultsDir })
            .compareRuns(OTHER_RUN_ID, { useCache: false })
        ),
      },
      original: {
        operation: () => originalOperation("compare", directory, resultsDir),
      },
    };
  },
};

/** Comparing the same two runs again and again in one process. */
export const compareAgain: BenchCase = {
  name: "compare-again",
  title: (size) =>
    `compare the same two runs of ${size.toLocaleString("en")} again`,
  sizes: [5_000],
  async prepare({ size, directory }) {
    const resultsDir = await saveTwoRuns(directory, size);
    const before = new BeforeStorage(RUN_ID, resultsDir);
    const after = new AfterStorage(RUN_ID, resultsDir);
    const storage = new MetricsStorage(RUN_ID, { resultsDir });
    return {
      forms: {
        before: formOf(() => before.compareRuns(OTHER_RUN_ID)),
        after: formOf(() => after.compareRuns(OTHER_RUN_ID)),
        package: formOf(() =>
          storage.compareRuns(OTHER_RUN_ID, { useCache: true })
        ),
        "package, revalidating": formOf(() =>
          storage.compareRuns(OTHER_RUN_ID)
        ),
      },
      original: {
        operation: () =>
          originalOperation("compare_again", directory, resultsDir),
      },
    };
  },
};
