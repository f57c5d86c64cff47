import { RunStore } from "../../../mod.ts";
import { RunCatalog } from "../../../src/catalog/mod.ts";
import { makeRunDirectories } from "../../lib/data/run_directories.ts";
import { AfterStorage } from "../after/after_storage.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import type { BenchCase } from "./bench_case.ts";

const LIMIT = 10;

/** Listing the newest runs with a catalog of them, which looks for changes. */
export const recentCatalog: BenchCase = {
  name: "recent-catalog",
  title: (size) =>
    `list the last ${LIMIT} of ${
      size.toLocaleString("en")
    } runs, with a catalog`,
  sizes: [10_000],
  async prepare({ size, directory }) {
    await makeRunDirectories(directory, size);
    const catalog = RunCatalog.open(directory);
    const store = new RunStore(directory, { catalog });
    await catalog.refresh();
    const args = { results_dir: directory, limit: LIMIT };
    return {
      forms: {
        before: { run: () => BeforeStorage.getRecentRuns(directory, LIMIT) },
        after: { run: () => AfterStorage.getRecentRuns(directory, LIMIT) },
        package: { run: () => store.recentRuns({ limit: LIMIT }) },
      },
      original: {
        operation: () => ({ name: "recent", directory, arguments: args }),
      },
    };
  },
};
