import { MetricsStorage, type RunMetrics } from "../../../mod.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { race } from "../race.ts";
import type { RivalRow } from "../rival_row.ts";

/** A file this old may be taken for unchanged. */
const AGE_MS = 2100;

/** Reading a run's summary: from its file, the cache, and the cache checked. */
export const summary: RivalRow = {
  name: "summary",
  async measure(context) {
    const resultsDir = context.directory;
    const storage = new MetricsStorage("run", {
      resultsDir,
      durability: "none",
    });
    const { summary: path } = await storage.saveLatencyStats(largeRun(1000));
    await new Promise((resolve) => setTimeout(resolve, AGE_MS));
    const parse = (): RunMetrics => JSON.parse(Deno.readTextFileSync(path));
    const cache = new Map([[path, parse()]]);
    const get = (useCache: boolean | "revalidate") => async () => {
      const metrics = await storage.getRunMetrics({ useCache });
      return [
        metrics!.total_measurements,
        metrics!.stats.fault_detection!.p95_ms,
      ];
    };
    const count = (metrics: RunMetrics) => [
      metrics.total_measurements,
      metrics.stats.fault_detection!.p95_ms,
    ];
    return [
      ...await race({
        what: "summary, cold",
        package: {
          run: () => storage.getRunMetrics({ useCache: false }),
          answer: get(false),
        },
        rivals: {
          "readTextFileSync + JSON.parse": {
            run: parse,
            answer: () => count(parse()),
            goal: 1.2,
          },
          "readTextFile + JSON.parse": {
            run: async () => JSON.parse(await Deno.readTextFile(path)),
          },
        },
      }, context),
      ...await race({
        what: "summary, cached",
        package: { run: () => storage.getRunMetrics(), answer: get(true) },
        goalMs: 0.2e-3,
        rivals: {
          "async Map.get": {
            // deno-lint-ignore require-await -- what is raced is a promise too
            run: async () => cache.get(path),
            answer: () => count(cache.get(path)!),
          },
        },
      }, context),
      ...await race({
        what: "summary, revalidated",
        package: {
          run: () => storage.getRunMetrics({ useCache: "revalidate" }),
          answer: get("revalidate"),
        },
        rivals: { "statSync": { run: () => Deno.statSync(path), goal: 2 } },
      }, context),
    ];
  },
};
