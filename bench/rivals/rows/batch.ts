import { RunStore } from "../../../mod.ts";
import { encodeCsv } from "../../../src/formats/csv/csv_encoder.ts";
import { encodeSummary } from "../../../src/formats/summary/summary_encoder.ts";
import { Xxh32 } from "../../../src/formats/xxh32.ts";
import { columnsOf } from "../../../src/record/latency_collector.ts";
import { summarize } from "../../../src/statistics/summarize.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { race, type Racer } from "../race.ts";
import type { RivalRow } from "../rival_row.ts";

const RUNS = 100;
const ROWS = 1000;

/** 100 runs durably at once beside as many saves, and beside their bytes. */
export const batch: RivalRow = {
  name: "batch",
  measure: async (context) => {
    const collector = largeRun(ROWS);
    const runIds = Array.from({ length: RUNS }, (_, at) => `run_${at}`);
    let stores = 0;
    // A directory of its own each time: removing many slows what comes next.
    const racer = (
      save: (store: RunStore) => Promise<unknown>,
      goal?: number,
    ): Racer => {
      const newStore = () =>
        new RunStore(`${context.directory}/store_${stores++}`);
      return {
        run: () => save(newStore()),
        answer: async () => {
          const store = newStore();
          await save(store);
          const found = await store.recentRuns({ limit: Infinity });
          const { length } = await store.run("run_99").loadMeasurements();
          return [found.length, length];
        },
        ...goal !== undefined && { goal },
      };
    };
    const save = (store: RunStore, runId: string) =>
      store.run(runId).saveLatencyStats(collector);
    return await race({
      what: `save ${RUNS} runs of ${ROWS.toLocaleString("en")} rows durably`,
      package: racer((store) =>
        store.saveRuns(runIds.map((runId) => ({ runId, collector })))
      ),
      rivals: {
        "saves one after the other": racer(async (store) => {
          for (const runId of runIds) await save(store, runId);
        }, 0.4),
        "saves at once": racer((store) =>
          Promise.all(runIds.map((runId) => save(store, runId)))
        ),
        "making the bytes alone": {
          run: () => {
            let sizeBytes = 0;
            for (const runId of runIds) {
              sizeBytes += bytesOf(collector, runId);
            }
            if (sizeBytes < RUNS * ROWS) throw new Error("bytes are missing");
          },
        },
      },
    }, context);
  },
};

/** Makes both files of a run as a save does, and keeps none of it. */
function bytesOf(
  collector: Parameters<typeof columnsOf>[0],
  runId: string,
): number {
  const columns = columnsOf(collector).snapshot();
  const statistics = runAtOnce(summarize(columns));
  const hash = new Xxh32();
  let sizeBytes = 0;
  for (const chunk of encodeCsv(columns)) {
    runAtOnce(hash.update(chunk));
    sizeBytes += chunk.length;
  }
  const chunks = encodeSummary({
    ...{ runId, timestamp: "2026-02-09T12:00:00.000000", statistics },
    totalMeasurements: columns.length,
    rawCsv: { size_bytes: sizeBytes, xxh32: hash.digest() },
    labels: undefined,
  });
  let summaryBytes = 0;
  for (const chunk of chunks) summaryBytes += chunk.length;
  return sizeBytes + summaryBytes;
}
