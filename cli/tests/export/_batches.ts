import type { MeasurementBatch } from "@astraguard/hil-metrics";

const SERIES = Array.from({ length: 15 }, (_, i) => ({
  metricType: ["fault_detection", "agent_decision", "recovery_action"][i % 3]!,
  satelliteId: `SAT${i % 5}`,
}));

/** Batches of rows that look like those of a bench, the same each time. */
export async function* someBatches(
  ...lengths: number[]
): AsyncGenerator<MeasurementBatch> {
  let row = 0;
  for (const length of lengths) {
    const batch = {
      length,
      timestamps: new Float64Array(length),
      durationsMs: new Float64Array(length),
      scenarioTimesS: new Float64Array(length),
      seriesCodes: new Int32Array(length),
      series: SERIES,
    };
    for (let i = 0; i < length; i++, row++) {
      batch.timestamps[i] = 1770645801 + row / 100;
      batch.durationsMs[i] = 50 + Math.imul(row, 2654435761) % 1e6 / 1e4;
      batch.scenarioTimesS[i] = row / 10;
      batch.seriesCodes[i] = row % SERIES.length;
    }
    yield batch;
    await Promise.resolve();
  }
}

/** Their rows, by the names of the columns. */
export async function rowsOf(
  batches: AsyncIterable<MeasurementBatch>,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      const { metricType, satelliteId } = batch.series[batch.seriesCodes[i]!]!;
      rows.push({
        timestamp: batch.timestamps[i],
        metric_type: metricType,
        satellite_id: satelliteId,
        duration_ms: batch.durationsMs[i],
        scenario_time_s: batch.scenarioTimesS[i],
      });
    }
  }
  return rows;
}

/** All bytes of a file that comes in pieces. */
export async function allBytes(
  pieces: AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  return await new Blob(await Array.fromAsync(pieces) as BlobPart[]).bytes();
}
