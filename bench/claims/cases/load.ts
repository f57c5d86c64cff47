import { MetricsStorage } from "../../../mod.ts";
import type { Measurement } from "../../../src/model/measurement.ts";
import { recordBoth } from "./_collectors.ts";
import type { BenchCase } from "./bench_case.ts";

/** The rows as anyone would read them at first: all at once. */
async function splitRows(path: string): Promise<Measurement[]> {
  const rows = (await Deno.readTextFile(path)).split("\r\n").slice(1, -1);
  return rows.map((row) => {
    const [timestamp, metricType, satelliteId, duration, scenarioTime] = row
      .split(",") as [string, string, string, string, string];
    return {
      timestamp: Number(timestamp),
      metricType,
      satelliteId,
      durationMs: Number(duration),
      scenarioTimeS: Number(scenarioTime),
    };
  });
}

/** Loading the measurements of a run, of which the report says nothing. */
export const load: BenchCase = {
  name: "load",
  title: (size) => `load ${size.toLocaleString("en")} measurements`,
  sizes: [10_000, 100_000],
  async prepare({ size, directory }) {
    const storage = new MetricsStorage("run", { resultsDir: directory });
    const { raw } = await storage.saveLatencyStats(recordBoth(size, 1).columns);
    const measurements = (collector: unknown) => [
      ...(collector as { measurements: Iterable<Measurement> }).measurements,
    ];
    return {
      forms: {
        naive: { run: () => splitRows(raw) },
        package: {
          run: () => storage.loadMeasurements(),
          answer: measurements,
        },
        "package, unverified": {
          run: () => storage.loadMeasurements({ verify: false }),
          answer: measurements,
        },
      },
    };
  },
};
