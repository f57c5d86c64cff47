import {
  BLOCK_ROWS,
  type ColumnBlock,
  MeasurementColumns,
  type Series,
} from "../columns/measurement_columns.ts";
import { CsvDecoder, CsvSyntaxError } from "../formats/csv/csv_decoder.ts";
import { type OnProgress, tellProgress } from "../model/progress.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { damaged } from "./failures.ts";
import type { ReadAccess } from "./read_measurements.ts";
import type { RunPaths } from "./run_paths.ts";
import { streamCsv, type StreamCsvOptions } from "./stream_csv.ts";

/** Some measurements of a run as columns, in the order of their recording. */
export interface MeasurementBatch {
  /** How many there are: up to 16,384. */
  readonly length: number;
  /** When each was recorded: Unix time in seconds, with a fraction. */
  readonly timestamps: Float64Array;
  /** How long each took, in milliseconds. */
  readonly durationsMs: Float64Array;
  /** Simulation time of each, in seconds. */
  readonly scenarioTimesS: Float64Array;
  /** What each belongs to, as an index of `series`. */
  readonly seriesCodes: Int32Array;
  /** Metric types and satellites in the order of their first measurement. */
  readonly series: readonly Series[];
}

/** How batches are read. */
export interface ReadBatchesOptions extends StreamCsvOptions {
  readonly onProgress: OnProgress | undefined;
}

/** Reads a run batch by batch; nothing is read that nobody asks for. */
export async function* readBatches(
  paths: RunPaths,
  access: ReadAccess,
  options: ReadBatchesOptions,
): AsyncGenerator<MeasurementBatch> {
  const { signal, onProgress } = options;
  const columns = new MeasurementColumns();
  const decoder = new CsvDecoder(columns);
  const pieces = streamCsv(paths, access, options);
  let rows = 0;
  let bytes = 0;
  let path = paths.csv;
  try {
    for (;;) {
      const piece = await pieces.next();
      if (piece.done) {
        decoder.finish();
        rows += columns.length;
        const wanted = piece.value?.total_measurements ?? rows;
        if (rows !== wanted) {
          throw damaged(
            paths,
            path,
            `the CSV has ${rows} measurements, and its summary says ${wanted}`,
          );
        }
        break;
      }
      path = piece.value.path;
      bytes += piece.value.bytes.length;
      await runInSlices(decoder.push(piece.value.bytes), signal);
      tellProgress(onProgress, {
        ...{ rows: rows + columns.length, totalRows: undefined },
        ...{ bytes, totalBytes: undefined },
      });
      for (let block; (block = columns.shiftFullBlock()) !== undefined;) {
        rows += BLOCK_ROWS;
        yield batchOf(block, BLOCK_ROWS, columns);
      }
    }
    const [last] = columns.blocks;
    if (last !== undefined) yield batchOf(last, columns.length, columns);
  } catch (error) {
    if (!(error instanceof CsvSyntaxError)) throw error;
    throw damaged(paths, path, error.message, error);
  } finally {
    await pieces.return(undefined);
  }
}

function batchOf(
  block: ColumnBlock,
  length: number,
  { series }: MeasurementColumns,
): MeasurementBatch {
  return {
    length,
    timestamps: block.timestamps.subarray(0, length),
    durationsMs: block.durationsMs.subarray(0, length),
    scenarioTimesS: block.scenarioTimesS.subarray(0, length),
    seriesCodes: block.seriesCodes.subarray(0, length),
    series: series.slice(),
  };
}
