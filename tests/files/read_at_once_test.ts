import { assertEquals, assertThrows } from "@std/assert";
import type { FileOperations } from "../../src/files/file_operations.ts";
import { readAtOnce } from "../../src/files/read_at_once.ts";
import { withResultsDir } from "../_results_dir.ts";

const KIB = 1024;

/** Sizes of a file: when it was looked at, and now. */
const SIZES: readonly (readonly [seen: number, now: number])[] = [
  ...[0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 200 * KIB]
    .map((size) => [size, size] as const),
  [0, 5],
  [5, 0],
  [5, 4],
  [4, 5],
  [5, 64 * KIB],
  [64 * KIB - 1, 64 * KIB],
  [64 * KIB, 5],
  [64 * KIB, 64 * KIB + 1],
];

function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => i % 251);
}

/** Files of which a read gives no more than this many bytes. */
function filesOfShortReads(limitBytes: number): FileOperations {
  const { lstatSync, mkdir, open, readDir, readFileSync, remove, rename } =
    Deno;
  return {
    ...{ lstatSync, mkdir, open, readDir, readFileSync, remove, rename },
    openSync: (path) => {
      const file = Deno.openSync(path);
      const readSync = file.readSync.bind(file);
      file.readSync = (into) => readSync(into.subarray(0, limitBytes));
      return file;
    },
  };
}

Deno.test("readAtOnce() reads the file there is, whatever size was seen", () =>
  withResultsDir(async (directory) => {
    const path = `${directory}/file`;
    for (const [seen, now] of SIZES) {
      await Deno.writeFile(path, bytesOf(now));
      const bytes = readAtOnce(path, seen, Deno);
      assertEquals(bytes, bytesOf(now), `${seen} bytes seen, ${now} there`);
    }
  }));

Deno.test("readAtOnce() reads the file where a read gives less than there is", () =>
  withResultsDir(async (directory) => {
    const path = `${directory}/file`;
    await Deno.writeFile(path, bytesOf(100));
    assertEquals(readAtOnce(path, 100, filesOfShortReads(7)), bytesOf(100));
  }));

Deno.test("readAtOnce() closes what it cannot read", () =>
  withResultsDir((directory) => {
    assertThrows(
      () => readAtOnce(directory, 5, Deno),
      Deno.errors.IsADirectory,
    );
    return Promise.resolve();
  }));
