import type { MeasurementBatch, Series } from "@astraguard/hil-metrics";
import { Pace } from "../event_loop/pace.ts";

/** Rows that are encoded at a time: half a millisecond of work. */
const PIECE_ROWS = 1024;

/**
 * The bytes of these measurements as JSON lines, as they are asked for: one
 * object a line with the columns of the run's CSV as keys. Numbers are spelled
 * so that they are read back as the same doubles.
 *
 * @example A run as JSON lines
 * ```ts
 * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 * import { jsonLinesOf } from "./json_lines.ts";
 *
 * const resultsDir = await Deno.makeTempDir();
 * const run = new RunStore(resultsDir).run("run_1");
 * const collector = new LatencyCollector({ clock: () => 1770645801.25 });
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 * await run.saveLatencyStats(collector);
 *
 * const bytes = await Array.fromAsync(jsonLinesOf(run.batches()));
 * assertEquals(
 *   await new Blob(bytes as BlobPart[]).text(),
 *   '{"timestamp":1770645801.25,"metric_type":"fault_detection",' +
 *     '"satellite_id":"SAT1","duration_ms":75.2,"scenario_time_s":120.5}\n',
 * );
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 */
export async function* jsonLinesOf(
  batches: AsyncIterable<MeasurementBatch>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const pace = new Pace();
  const encoder = new TextEncoder();
  const names: string[] = [];
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += PIECE_ROWS) {
      const to = Math.min(from + PIECE_ROWS, batch.length);
      let text = "";
      for (let row = from; row < to; row++) {
        const code = batch.seriesCodes[row]!;
        text += `{"timestamp":${batch.timestamps[row]}${names[code] ??= keysOf(
          batch.series[code]!,
        )}${batch.durationsMs[row]},"scenario_time_s":${
          batch.scenarioTimesS[row]
        }}\n`;
      }
      yield encoder.encode(text);
      await pace.turnIfOver();
    }
  }
}

/** What stands between the numbers of a row. */
function keysOf({ metricType, satelliteId }: Series): string {
  return `,"metric_type":${JSON.stringify(metricType)},"satellite_id":${
    JSON.stringify(satelliteId)
  },"duration_ms":`;
}
