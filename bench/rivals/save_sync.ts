import type { LatencyCollector } from "../../mod.ts";
import { columnsOf } from "../../src/record/latency_collector.ts";
import { encodeCsv } from "../../src/formats/csv/csv_encoder.ts";
import { encodeSummary } from "../../src/formats/summary/summary_encoder.ts";
import { Xxh32 } from "../../src/formats/xxh32.ts";
import { runAtOnce } from "../../src/event_loop/sliced.ts";
import { summarize } from "../../src/statistics/summarize.ts";

function writeAllSync(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/**
 * What a save does, with nothing between the same chunks and the same calls.
 *
 * @param directory The run's, which must not exist.
 */
export function saveSync(collector: LatencyCollector, directory: string): void {
  const columns = columnsOf(collector).snapshot();
  const statistics = runAtOnce(summarize(columns));
  Deno.mkdirSync(`${directory}.stage`);
  using csv = Deno.createSync(`${directory}.stage/latency_raw.csv`);
  const hash = new Xxh32();
  let sizeBytes = 0;
  for (const chunk of encodeCsv(columns)) {
    runAtOnce(hash.update(chunk));
    sizeBytes += chunk.length;
    writeAllSync(csv, chunk);
  }
  const chunks = encodeSummary({
    runId: "run",
    timestamp: "2026-02-09T12:00:00.000000",
    totalMeasurements: columns.length,
    statistics,
    rawCsv: { size_bytes: sizeBytes, xxh32: hash.digest() },
    labels: undefined,
  });
  using summary = Deno.createSync(`${directory}.stage/latency_summary.json`);
  for (const chunk of chunks) writeAllSync(summary, chunk);
  Deno.renameSync(`${directory}.stage`, directory);
}
