import type { FileOperations } from "./file_operations.ts";

/** Larger files are rare, and not worth keeping room for. */
const BUFFER_BYTES = 64 * 1024;

const buffer = new Uint8Array(BUFFER_BYTES);

/**
 * Reads a whole file that had this size when it was looked at.
 *
 * @returns Its bytes, which are good until the next file is read.
 */
export function readAtOnce(
  path: string,
  sizeBytes: number,
  files: FileOperations,
): Uint8Array {
  if (sizeBytes < BUFFER_BYTES) {
    // Without options, which Deno takes a microsecond to look through.
    const file = files.openSync(path);
    try {
      // Less than there is room for is all there is.
      if ((file.readSync(buffer) ?? 0) === sizeBytes) {
        return buffer.subarray(0, sizeBytes);
      }
    } finally {
      file.close();
    }
  }
  return files.readFileSync(path);
}
