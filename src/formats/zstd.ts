/**
 * zstd for the CSV of a run: a little smaller than gzip, and six times as fast.
 * To import it costs a process 10 to 40 ms, which is why it is not built in.
 *
 * @module
 */
import { constants, createZstdDecompress, zstdCompressSync } from "node:zlib";
import { requireLimit } from "../model/options.ts";
import { turns } from "../event_loop/turns.ts";
import { ByteReader } from "./_byte_reader.ts";
import { OutputLimit } from "./_output_limit.ts";
import {
  BLOCK_HEADER_BYTES,
  CHECKSUM_BYTES,
  MAX_BLOCK_BYTES,
  MAX_HEADER_BYTES,
  readZstdBlock,
  readZstdHeader,
  skippableBytes,
} from "./_zstd_frame.ts";
import { CompressedDataError } from "./compressed_data_error.ts";
import {
  type ByteChunks,
  type CsvCodec,
  type DecompressOptions,
  DEFAULT_MAX_BYTES,
} from "./csv_codec.ts";

export {
  type ByteChunks,
  CompressedDataError,
  type CsvCodec,
  type DecompressOptions,
};

/** The content of a frame: 0.4 ms of work. */
const FRAME_BYTES = 128 * 1024;

/**
 * Note: of a CSV, levels 2 to 12 make it no smaller by more than a tenth, and
 * those above hold the event loop for 10 ms and more.
 */
const PARAMS = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_checksumFlag]: 1,
};

/**
 * Zstandard (RFC 8878): a CSV becomes a quarter of its size, or little more, at
 * some 500 MB/s, like the `zstd` tool at level 1.
 *
 * A file is a series of frames of 128 KiB of content each, with its size and
 * checksum. Frames of other tools are read if they have a checksum or say the
 * size of their content (those of DuckDB do neither), need no dictionary, and a
 * window of at most 8 MiB, beyond which `zstd --ultra` and `--long` may go. One
 * without a checksum may be damaged unnoticed.
 *
 * @example There and back
 * ```ts
 * import { zstd } from "@astraguard/hil-metrics/zstd";
 * import { assertEquals } from "@std/assert";
 *
 * const csv = new TextEncoder().encode("SAT1,75.2\r\n".repeat(1000));
 * const compressed = await Array.fromAsync(zstd.compress([csv]));
 * const file = new Blob(compressed as BlobPart[]);
 * assertEquals(file.size < 100, true);
 *
 * const chunks = zstd.decompress(file.stream(), { maxBytes: csv.length });
 * const content = new Blob(await Array.fromAsync(chunks) as BlobPart[]);
 * assertEquals(await content.bytes(), csv);
 * ```
 */
export const zstd: CsvCodec = {
  name: "zstd",
  extension: ".zst",
  compress,
  decompress(chunks, { maxBytes = DEFAULT_MAX_BYTES } = {}) {
    requireLimit("maxBytes", maxBytes);
    return decompress(chunks, maxBytes);
  },
};

async function* compress(
  chunks: ByteChunks,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(FRAME_BYTES);
  let filled = 0;
  let isEmpty = true;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + FRAME_BYTES - filled);
      content.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < FRAME_BYTES) continue;
      yield compressFrame(content);
      filled = 0;
      isEmpty = false;
      if (turns.isOver) await turns.next();
    }
    if (turns.isOver) await turns.next();
  }
  // There is a frame even where there are no bytes.
  if (filled > 0 || isEmpty) yield compressFrame(content.subarray(0, filled));
}

function compressFrame(content: Uint8Array): Uint8Array<ArrayBuffer> {
  // Without the pledge the frame would not say how long its content is. The
  // types of node:zlib don't know of it yet.
  const options = { params: PARAMS, pledgedSrcSize: content.length };
  return plain(zstdCompressSync(content, options));
}

async function* decompress(
  chunks: ByteChunks,
  maxBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await using file = new ByteReader(chunks);
  const limit = new OutputLimit(maxBytes);
  let frames = 0;
  do {
    const skipped = skippableBytes(await file.peek(MAX_HEADER_BYTES));
    if (skipped === undefined) {
      yield* readFrame(file, limit);
      frames++;
    } else {
      await skip(file, skipped);
    }
  } while (frames === 0 || (await file.peek(1)).length > 0);
}

/**
 * The content of the next frame, a block at a time: that is little, whatever the
 * size of the frame.
 *
 * Note: `node:zlib` returns short data for a frame that is cut off and only the
 * first of several, without an error, and all its forms hold the event loop for
 * as long as what they are given takes. So it is given one block after another
 * of one frame, and nothing after the last.
 */
async function* readFrame(
  file: ByteReader,
  limit: OutputLimit,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const start = file.offset;
  const { headerBytes, contentBytes, hasChecksum } = readZstdHeader(
    await file.peek(MAX_HEADER_BYTES),
    start,
  );
  limit.require(contentBytes ?? 0, start);
  using decoder = new FrameDecoder();
  let givenBytes = 0;
  let isLast = false;
  for (let unreadBytes = headerBytes; !isLast; unreadBytes = 0) {
    const head = await peekAll(file, unreadBytes + BLOCK_HEADER_BYTES);
    const block = readZstdBlock(
      head.subarray(unreadBytes),
      file.offset + unreadBytes,
    );
    isLast = block.isLast;
    const partBytes = unreadBytes + block.blockBytes +
      (isLast && hasChecksum ? CHECKSUM_BYTES : 0);
    const part = await peekAll(file, partBytes);
    const outputs = await decode(decoder, part, isLast, file.offset);
    for (const output of outputs) {
      limit.require(output.length, file.offset);
      limit.give(output.length);
      givenBytes += output.length;
      yield output;
    }
    file.take(partBytes);
    if (turns.isOver) await turns.next();
  }
  if (contentBytes !== undefined && givenBytes !== contentBytes) {
    throw new CompressedDataError(
      `the zstd frame has ${givenBytes} bytes of content, and its header ` +
        `says ${contentBytes}`,
      start,
    );
  }
}

/** Passes over what no frame's content is in. */
async function skip(file: ByteReader, countBytes: number): Promise<void> {
  for (let leftBytes = countBytes; leftBytes > 0;) {
    const partBytes = Math.min(leftBytes, MAX_BLOCK_BYTES);
    await peekAll(file, partBytes);
    file.take(partBytes);
    leftBytes -= partBytes;
    if (turns.isOver) await turns.next();
  }
}

async function peekAll(
  file: ByteReader,
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await file.peek(count);
  if (bytes.length === count) return bytes;
  throw new CompressedDataError(
    "the file ends within a zstd frame",
    file.offset + bytes.length,
  );
}

async function decode(
  decoder: FrameDecoder,
  part: Uint8Array,
  isLast: boolean,
  offset: number,
): Promise<Uint8Array<ArrayBuffer>[]> {
  try {
    await decoder.write(part);
    if (isLast) await decoder.finish();
    return decoder.takeOutputs();
  } catch (error) {
    throw new CompressedDataError(
      `the zstd frame is damaged: ${(error as Error).message}`,
      offset,
      { cause: error },
    );
  }
}

/** Decodes one frame. */
class FrameDecoder implements Disposable {
  readonly #stream = createZstdDecompress({ chunkSize: MAX_BLOCK_BYTES });
  #outputs: Uint8Array<ArrayBuffer>[] = [];
  #fail: (error: Error) => void = () => {};

  constructor() {
    this.#stream.on("data", (output) => this.#outputs.push(plain(output)));
    // A write that fails is not called back.
    this.#stream.on("error", (error) => this.#fail(error));
  }

  write(part: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#stream.write(part, () => resolve());
    });
  }

  /** Waits for all that has not come out yet. */
  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#stream.on("end", resolve);
      this.#stream.end();
    });
  }

  takeOutputs(): Uint8Array<ArrayBuffer>[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}

/** Without the methods of Buffer, whose `slice()` does not copy. */
function plain(
  { buffer, byteOffset, length }: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
