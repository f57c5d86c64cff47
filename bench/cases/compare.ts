import { MetricsStorage } from "../../mod.ts";
import { AfterStorage } from "../after/after_storage.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import { OTHER_RUN_ID, RUN_ID, saveTwoRuns } from "./_saved_runs.ts";
import type { BenchCase, Form } from "./bench_case.ts";

type Compare = () => Promise<{ metrics: unknown }>;

/** The time of the comparison differs from form to form. */
function formOf(compare: Compare): Form {
  return { run: compare, answer: async () => (await compare()).metrics };
}

/** Comparing two runs once, as a command would: both are read from disk. */
export const compare: BenchCase = {
  name: "compare",
  title: (size) =>
    `compare two runs of ${size.toLocaleString("en")} measurements`,
  sizes: [1_000, 5_000, 10_000],
  async prepare({ size, directory, original }) {
    const resultsDir = await saveTwoRuns(directory, size);
    const python = await original?.form({
      name: "compare",
      directory,
      arguments: {
        run_id: RUN_ID,
        other_run_id: OTHER_RUN_ID,
        results_dir: resultsDir,
      },
    });
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
        ...python && {
          original: { ...python, ...formOf(python.run as Compare) },
        },
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
  async prepare({ size, directory, original }) {
    const resultsDir = await saveTwoRuns(directory, size);
    const before = new BeforeStorage(RUN_ID, resultsDir);
    const after = new AfterStorage(RUN_ID, resultsDir);
    const storage = new MetricsStorage(RUN_ID, { resultsDir });
    const python = await original?.form({
      name: "compare_again",
      directory,
      arguments: {
        run_id: RUN_ID,
        other_run_id: OTHER_RUN_ID,
        results_dir: resultsDir,
      },
    });
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
        ...python && {
          original: { ...python, ...formOf(python.run as Compare) },
        },
      },
    };
  },
};
