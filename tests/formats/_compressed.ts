import { assertEquals } from "@std/assert";
import { CompressedDataError } from "../../src/formats/compressed_data_error.ts";
import type { ByteChunks, CsvCodec } from "../../src/formats/csv_codec.ts";

/**
 * A CSV of this many rows that repeats itself every 997, of 36 to 39 bytes each:
 * what the files in `tests/testdata/compressed` have 5,000 rows of.
 */
export function repetitiveCsv(rows: number): Uint8Array<ArrayBuffer> {
  let text = "";
  for (let row = 0; row < rows; row++) {
    const i = row % 997;
    text += `${1.77e9 + i}.5,fault_detection,SAT${i % 5},${i / 8},${i}.0\r\n`;
  }
  return new TextEncoder().encode(text);
}

/** A CSV that does not repeat itself. */
export function randomCsv(rows: number): Uint8Array<ArrayBuffer> {
  let text = "";
  let state = 1;
  for (let row = 0; row < rows; row++) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    text += `${1.77e9 + row / 10},fault_detection,SAT1,${state / 2 ** 25}\r\n`;
  }
  return new TextEncoder().encode(text);
}

/** The bytes cut to pieces of this size, or of these sizes in turn. */
export function* cut(
  bytes: Uint8Array,
  ...sizes: number[]
): Generator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** All bytes of the chunks, each copied before the next is asked for. */
export async function joined(
  chunks: ByteChunks,
): Promise<Uint8Array<ArrayBuffer>> {
  const copies: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) copies.push(new Uint8Array(chunk));
  return await new Blob(copies).bytes();
}

/** The compressed file with this content. */
export function compressed(
  codec: CsvCodec,
  content: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  return joined(codec.compress([content]));
}

/** What the codec finds in the file, or why it refuses it. */
export async function readOrRefusal(
  codec: CsvCodec,
  file: Uint8Array,
  { maxBytes = 2 ** 32 } = {},
): Promise<Uint8Array | string> {
  try {
    return await joined(codec.decompress([file], { maxBytes }));
  } catch (error) {
    if (error instanceof CompressedDataError) return error.message;
    throw error;
  }
}

/** That the file is refused, and in which words. */
export async function assertRefused(
  codec: CsvCodec,
  file: Uint8Array,
  reason: RegExp,
): Promise<void> {
  const found = await readOrRefusal(codec, file);
  if (typeof found !== "string") throw new Error(`read ${found.length} bytes`);
  if (!reason.test(found)) assertEquals(found, String(reason));
}
