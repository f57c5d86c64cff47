import { turns } from "../event_loop/turns.ts";
import { ByteReader } from "./_byte_reader.ts";
import { ByteTransform } from "./_byte_transform.ts";
import {
  type GzipHeader,
  MAGIC,
  MAX_HEADER_BYTES,
  readGzipHeader,
  TRAILER_BYTES,
} from "./_gzip_member.ts";
import { OutputLimit } from "./_output_limit.ts";
import { CompressedDataError } from "./compressed_data_error.ts";
import { Crc32 } from "./crc32.ts";
import type { ByteChunks } from "./csv_codec.ts";

/** What is inflated at a time: at most 8.4 MB come of it, in 5 ms. */
const PIECE_BYTES = 8 * 1024;

/** A piece, and enough after it to see whether a member ends there. */
const WINDOW_BYTES = PIECE_BYTES + TRAILER_BYTES + MAGIC.length;

/** What is given out at a time. */
const CHUNK_BYTES = 128 * 1024;

/** Nearly all headers are shorter. */
const HEADER_PEEK_BYTES = 512;

/** The content of a gzip file of one member or several, whoever wrote it. */
export async function* gunzip(
  chunks: ByteChunks,
  maxBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await using file = new ByteReader(chunks);
  const limit = new OutputLimit(maxBytes);
  const crc = new Crc32();
  do {
    // Before the first in a process there is much to load.
    if (turns.isOver) await turns.next();
    yield* readMember(file, limit, crc);
  } while ((await file.peek(1)).length > 0);
}

/**
 * The content of the next member.
 *
 * Note: `DecompressionStream` neither says where compressed data end nor minds
 * if they end early. So the end of a member is known by its trailer, the size
 * and checksum of its content. That stands where our header says, else before
 * what looks like the next header or at the end of the file.
 */
async function* readMember(
  file: ByteReader,
  limit: OutputLimit,
  crc: Crc32,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const start = file.offset;
  const lengths = await takeHeader(file);
  if (lengths !== undefined) limit.require(lengths.contentBytes, start);
  await using inflating = new ByteTransform(
    new DecompressionStream("deflate-raw"),
  );
  if (turns.isOver) await turns.next();
  crc.reset();
  let contentBytes = 0;
  let searchFrom = TRAILER_BYTES;
  for (;;) {
    const window = await file.peek(WINDOW_BYTES);
    const trailerAt = lengths === undefined
      ? findTrailer(window, searchFrom)
      : start + lengths.memberBytes - TRAILER_BYTES - file.offset;
    const pieceBytes = Math.min(PIECE_BYTES, trailerAt);
    if (pieceBytes < 0 || pieceBytes + TRAILER_BYTES > window.length) {
      throw new CompressedDataError(
        "the file ends within a gzip member",
        file.offset + window.length,
      );
    }
    await inflate(inflating, window.subarray(0, pieceBytes), file.offset);
    limit.require(inflating.outputBytes, file.offset);
    for (const chunk of inSmallChunks(inflating.takeOutputs())) {
      crc.update(chunk);
      contentBytes += chunk.length;
      limit.give(chunk.length);
      yield chunk;
      if (turns.isOver) await turns.next();
    }
    file.take(pieceBytes);
    if (turns.isOver) await turns.next();
    searchFrom = TRAILER_BYTES;
    if (pieceBytes < trailerAt) continue;
    const trailer = window.subarray(pieceBytes, pieceBytes + TRAILER_BYTES);
    let fault = faultOf(trailer, contentBytes, crc.digest());
    if (fault === undefined) {
      if (await hasEnded(inflating, trailer)) break;
      fault = "the compressed data do not end where the gzip member does";
      file.take(1);
    }
    const isAtEnd = pieceBytes + TRAILER_BYTES === window.length;
    if (lengths !== undefined || isAtEnd) {
      throw new CompressedDataError(fault, file.offset);
    }
    // The header that it stands before is none.
    searchFrom = TRAILER_BYTES + 1;
  }
  if (lengths !== undefined && lengths.contentBytes !== contentBytes) {
    throw new CompressedDataError(
      `the gzip member has ${contentBytes} bytes of content, and its header ` +
        `says ${lengths.contentBytes}`,
      start,
    );
  }
  file.take(TRAILER_BYTES);
}

/** Takes the header of a member; what it says of lengths. */
async function takeHeader(file: ByteReader): Promise<GzipHeader["lengths"]> {
  const start = file.offset;
  for (let count = HEADER_PEEK_BYTES; count <= MAX_HEADER_BYTES; count *= 2) {
    const bytes = await file.peek(count);
    const header = readGzipHeader(bytes);
    if (header === undefined) {
      if (bytes.length === count) continue;
      throw new CompressedDataError(
        "the file ends within a gzip header",
        start + bytes.length,
      );
    }
    if ("fault" in header) {
      throw new CompressedDataError(header.fault, start + header.at);
    }
    const { headerBytes, lengths } = header;
    if (lengths && lengths.memberBytes < headerBytes + TRAILER_BYTES) {
      throw new CompressedDataError(
        `no gzip member is ${lengths.memberBytes} bytes long, as this one says`,
        start,
      );
    }
    file.take(headerBytes);
    return lengths;
  }
  throw new CompressedDataError(
    `the gzip header has more than ${MAX_HEADER_BYTES} bytes`,
    start,
  );
}

function* inSmallChunks(
  outputs: readonly Uint8Array<ArrayBuffer>[],
): Generator<Uint8Array<ArrayBuffer>> {
  for (const output of outputs) {
    for (let at = 0; at < output.length; at += CHUNK_BYTES) {
      yield output.subarray(at, at + CHUNK_BYTES);
    }
  }
}

/**
 * Where in the window the trailer of a member may be: before the start of
 * another member, else at the end of the file, if that is in sight.
 */
function findTrailer(window: Uint8Array, searchFrom: number): number {
  for (let at = searchFrom;; at++) {
    at = window.indexOf(MAGIC[0]!, at);
    if (at < 0) break;
    if (MAGIC.every((byte, i) => window[at + i] === byte)) {
      return at - TRAILER_BYTES;
    }
  }
  return window.length < WINDOW_BYTES
    ? window.length - TRAILER_BYTES
    : Infinity;
}

async function inflate(
  inflating: ByteTransform,
  piece: Uint8Array,
  offset: number,
): Promise<void> {
  try {
    await inflating.write(piece);
  } catch (error) {
    throw new CompressedDataError(
      "the compressed data are damaged, or go on after their end",
      offset,
      { cause: error },
    );
  }
}

/**
 * Whether the compressed data are complete, as they are if no byte more is
 * taken. Else the first of the bytes was one of them.
 */
async function hasEnded(
  inflating: ByteTransform,
  [next]: Uint8Array,
): Promise<boolean> {
  try {
    await inflating.write(Uint8Array.of(next!));
    return false;
  } catch {
    return true;
  }
}

/** What a trailer says that is not so, if anything. */
function faultOf(
  trailer: Uint8Array<ArrayBuffer>,
  contentBytes: number,
  crc: number,
): string | undefined {
  const { buffer, byteOffset, length } = trailer;
  const view = new DataView(buffer, byteOffset, length);
  // Of the size only the last 32 bits are there.
  const wantedBytes = view.getUint32(4, true);
  if (wantedBytes !== contentBytes % 2 ** 32) {
    return `the gzip member has ${contentBytes} bytes of content, and its ` +
      `trailer says ${wantedBytes}`;
  }
  if (view.getUint32(0, true) !== crc) {
    return "the checksum of the gzip member's content is wrong";
  }
  return undefined;
}
