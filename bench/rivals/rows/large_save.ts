import { type LatencyCollector, MetricsStorage } from "../../../mod.ts";
import { columnsOf } from "../../../src/collect/latency_collector.ts";
import { encodeCsv } from "../../../src/encode/csv_encoder.ts";
import { encodeSummary } from "../../../src/encode/summary_encoder.ts";
import { Xxh32 } from "../../../src/encode/xxh32.ts";
import { runAtOnce } from "../../../src/sliced.ts";
import { summarize } from "../../../src/statistics/summarize.ts";
import { largeRun } from "../large_run.ts";
import { race, type Racer } from "../race.ts";
import type { RivalRow } from "../rival_row.ts";

function writeAllSync(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** The same work, with nothing between the same chunks and the same calls. */
function saveSync(collector: LatencyCollector, directory: string): void {
  const columns = columnsOf(collector).snapshot();
  const statistics = runAtOnce(summarize(columns));
  Deno.mkdirSync(`${directory}.stage`);
  using csv = Deno.createSync(`${directory}.stage/latency_raw.csv`);
  const hash = new Xxh32();
  let sizeBytes = 0;
  for (const chunk of encodeCsv(columns)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
    writeAllSync(csv, chunk);
  }
  const summary = runAtOnce(encodeSummary({
    runId: "run",
    timestamp: "2026-02-09T12:00:00.000000",
    totalMeasurements: columns.length,
    statistics,
    rawCsv: { size_bytes: sizeBytes, xxh32: hash.digest() },
  }));
  Deno.writeTextFileSync(
    `${directory}.stage/latency_summary.json`,
    summary,
  );
  Deno.renameSync(`${directory}.stage`, directory);
}

function racer(
  directory: string,
  save: () => unknown,
  goal?: number,
): Racer {
  const timeMs = async (calls: number): Promise<number> => {
    let spentMs = 0;
    for (let i = 0; i < calls; i++) {
      const startMs = performance.now();
      await save();
      spentMs += performance.now() - startMs;
      Deno.removeSync(directory, { recursive: true });
    }
    return spentMs;
  };
  return {
    run: () => timeMs(1),
    timeMs,
    answer: async () => {
      await save();
      const { size } = Deno.statSync(`${directory}/latency_raw.csv`);
      Deno.removeSync(directory, { recursive: true });
      return [size];
    },
    ...goal !== undefined && { goal },
  };
}

/** A large save, in slices, beside its own synchronous form. */
export const largeSave: RivalRow = {
  name: "large-save",
  async measure(context) {
    const { rows, directory } = context;
    const collector = largeRun(rows);
    const storage = new MetricsStorage("run", {
      resultsDir: directory,
      durability: "none",
    });
    const sync = `${directory}/sync`;
    return await race({
      what: `save ${rows.toLocaleString("en")} rows, durability none`,
      package: racer(
        `${directory}/run`,
        () => storage.saveLatencyStats(collector),
      ),
      rivals: {
        "own synchronous form": racer(
          sync,
          () => saveSync(collector, sync),
          1.15,
        ),
      },
    }, context);
  },
};
