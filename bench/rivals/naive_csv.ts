import type { Measurement } from "../../src/model/measurement.ts";

/** The rows of a chunk; more make it no faster. */
const CHUNK_ROWS = 1000;

const HEADER =
  "timestamp,metric_type,satellite_id,duration_ms,scenario_time_s\r\n";

/** A number as Python writes it, for the magnitudes that runs have. */
export function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

/** The CSV as anyone would write it at first, a chunk of rows at a time. */
export function* naiveCsv(
  measurements: readonly Measurement[],
): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = HEADER;
  for (const [i, row] of measurements.entries()) {
    text += `${decimal(row.timestamp)},${row.metricType},${row.satelliteId},${
      decimal(row.durationMs)
    },${decimal(row.scenarioTimeS)}\r\n`;
    if (i % CHUNK_ROWS === CHUNK_ROWS - 1) {
      yield encoder.encode(text);
      text = "";
    }
  }
  yield encoder.encode(text);
}
