import type { CsvCodec } from "../formats/csv_codec.ts";
import { findCodec } from "../formats/find_codec.ts";
import { codecMissing } from "./failures.ts";
import { CSV_NAME, type RunPaths } from "./run_paths.ts";

/**
 * What reads this file; `undefined` for a plain one.
 *
 * @throws {StorageError} `CODEC_MISSING`
 */
export function codecOf(
  paths: RunPaths,
  path: string,
  codecs: readonly CsvCodec[],
): CsvCodec | undefined {
  const extension = path.slice(path.lastIndexOf(CSV_NAME) + CSV_NAME.length);
  if (extension === "") return undefined;
  const search = findCodec(extension, codecs);
  if (search.kind === "found") return search.codec;
  throw codecMissing(paths, path, search);
}
