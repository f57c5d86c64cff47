import { lookAt } from "../disk/look_at.ts";
import type { RunMetrics } from "../model/metrics.ts";
import { codecOf } from "./codec_of.ts";
import { inTheWay } from "./failures.ts";
import {
  csvDirectories,
  maxBytesOf,
  type ReadAccess,
} from "./read_measurements.ts";
import { chunksOf } from "./read_chunks.ts";
import { CSV_NAME, CSV_NAMES, type RunPaths } from "./run_paths.ts";

/** The CSV of a run, open to be read from its start on. */
export interface OpenCsv extends Disposable {
  readonly path: string;
  /**
   * Its bytes, decompressed where they are compressed; each chunk stays as it
   * is until the next is asked for.
   */
  chunks(): AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 128 * 1024;

/**
 * Opens the CSV that counts, which no save or deletion changes afterwards, or
 * finds that there is none.
 *
 * @throws {StorageError} `UNSAFE_PATH`, `CODEC_MISSING`
 */
export async function openCsv(
  paths: RunPaths,
  { files, codecs }: ReadAccess,
  metrics: RunMetrics | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenCsv | undefined> {
  const names = metrics === undefined
    ? CSV_NAMES
    : [metrics.raw_csv?.file ?? CSV_NAME];
  const places = csvDirectories(paths, files).flatMap((directory) =>
    names.map((name) => `${directory}/${name}`)
  );
  for (const path of places) {
    const info = lookAt(path, files);
    if (info === undefined) continue;
    if (!info.isFile) throw inTheWay(paths, path);
    const codec = codecOf(paths, path, codecs);
    try {
      const file = await files.open(path, { read: true });
      return {
        path,
        chunks: () => {
          const chunks = chunksOf(file, CHUNK_BYTES, signal);
          return codec?.decompress(chunks, maxBytesOf(metrics?.raw_csv)) ??
            chunks;
        },
        [Symbol.dispose]: () => file.close(),
      };
    } catch (error) {
      // It was moved into place after we looked.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
