import { MetricsStorage } from "../../../mod.ts";
import type { RunMetrics } from "../../../src/model/metrics.ts";
import type { Form } from "../../lib/measure/form.ts";
import { AfterStorage } from "../after/after_storage.ts";
import { BeforeStorage } from "../before/before_storage.ts";
import { recordBoth } from "./_collectors.ts";
import type { BenchCase } from "./bench_case.ts";

const RUN_ID = "run";

/** What every form must have written, as far as the original writes it. */
async function savedRun(resultsDir: string): Promise<unknown> {
  const runDir = `${resultsDir}/${RUN_ID}`;
  const summary: RunMetrics = JSON.parse(
    await Deno.readTextFile(`${runDir}/latency_summary.json`),
  );
  const satellites = JSON.stringify(
    summary.stats_by_satellite,
    (key, value) => key === "p99_ms" || key === "min_ms" ? undefined : value,
  );
  return {
    csv: await Deno.readTextFile(`${runDir}/latency_raw.csv`),
    counts: summary.measurement_types,
    stats: summary.stats,
    statsBySatellite: JSON.parse(satellites),
  };
}

/** Saving a run: one file after the other, or both at once. */
export const save: BenchCase = {
  name: "save",
  title: (size) => `save ${size.toLocaleString("en")} measurements`,
  sizes: [1_000, 5_000, 10_000, 100_000],
  prepare({ size, directory }) {
    const { objects, columns } = recordBoth(size, 1);
    const formIn = (
      name: string,
      open: (resultsDir: string) => () => unknown,
    ): Form => {
      const resultsDir = `${directory}/${name}`;
      return { run: open(resultsDir), answer: () => savedRun(resultsDir) };
    };
    const packageForm = (durability: "none" | "fsync") =>
      formIn(`package-${durability}`, (resultsDir) => {
        const storage = new MetricsStorage(RUN_ID, { resultsDir, durability });
        return () => storage.saveLatencyStats(columns);
      });
    return {
      forms: {
        before: formIn("before", (resultsDir) => {
          const storage = new BeforeStorage(RUN_ID, resultsDir);
          return () => storage.saveLatencyStats(objects);
        }),
        after: formIn("after", (resultsDir) => {
          const storage = new AfterStorage(RUN_ID, resultsDir);
          return () => storage.saveLatencyStats(objects);
        }),
        // Neither of the original's forms syncs.
        package: packageForm("none"),
        "package, fsync": packageForm("fsync"),
      },
      original: {
        operation: async (version) => {
          const raw = `${directory}/raw.csv`;
          await columns.exportCsv(raw);
          const resultsDir = `${directory}/python-${version}`;
          return {
            name: "save",
            directory,
            arguments: {
              run_id: RUN_ID,
              results_dir: resultsDir,
              raw_csv: raw,
            },
            answer: () => savedRun(resultsDir),
          };
        },
      },
    };
  },
};
