import type { NewMeasurement } from "@astraguard/hil-metrics";
import type { ReadMeasurementsOptions } from "../../src/import/import_options.ts";
import {
  type ImportedMeasurements,
  readMeasurements,
} from "../../src/import/read_measurements.ts";

/** What was read, and what was told of it. */
export interface Read extends Pick<ImportedMeasurements, "format" | "rows"> {
  readonly measurements: NewMeasurement[];
  readonly skippedRows: number;
  readonly firstSkipped: string | undefined;
}

/** Reads an input, cut into chunks of so many bytes. */
export async function read(
  input: string | Uint8Array,
  options?: ReadMeasurementsOptions,
  chunkBytes = Infinity,
): Promise<Read> {
  const imported = readMeasurements(streamOf(input, chunkBytes), options);
  const measurements = (await Array.fromAsync(imported)).flat();
  const { format, rows, skippedRows, firstSkipped } = imported;
  return {
    ...{ format, rows, measurements, skippedRows },
    firstSkipped: firstSkipped?.message,
  };
}

/** A stream of these bytes in chunks. */
export function streamOf(
  input: string | Uint8Array,
  chunkBytes = Infinity,
): ReadableStream<Uint8Array> {
  const bytes = typeof input === "string"
    ? new TextEncoder().encode(input)
    : input;
  return ReadableStream.from(function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      yield bytes.slice(at, at + chunkBytes);
    }
  }());
}

/** The bytes of a file beside the tests. */
export async function testFile(name: string): Promise<Uint8Array> {
  return await Deno.readFile(new URL(`testdata/${name}`, import.meta.url));
}

/** Rows in short: metric, satellite, duration, scenario time. */
export function inShort({ measurements }: Read): unknown[][] {
  return measurements.map((it) => [
    ...[it.metricType, it.satelliteId, it.durationMs, it.scenarioTimeS],
  ]);
}
