import { CompressedDataError } from "./compressed_data_error.ts";

/** What a zstd frame says before its blocks. */
export interface ZstdHeader {
  readonly headerBytes: number;
  /** How long its content is, if it says so. */
  readonly contentBytes: number | undefined;
  /** Whether a checksum of the content follows the blocks. */
  readonly hasChecksum: boolean;
}

/** What a block of a frame says before its data. */
export interface ZstdBlock {
  readonly isLast: boolean;
  /** How long it is, with what it says. */
  readonly blockBytes: number;
}

/** The longest header. */
export const MAX_HEADER_BYTES = 18;

/** How long is what a block says before its data. */
export const BLOCK_HEADER_BYTES = 3;

/** No block has more content, and none is longer. */
export const MAX_BLOCK_BYTES: number = 128 * 1024;

export const CHECKSUM_BYTES = 4;

/**
 * How far back a frame may refer, which takes as much memory: what RFC 8878
 * asks of every decoder, and levels 1 to 19 of the tool keep to.
 */
const MAX_WINDOW_BYTES = 8 * 1024 * 1024;

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER_BYTES = 8;

/** Flags of a frame. */
const SINGLE_SEGMENT = 0x20;
const RESERVED = 8;
const CHECKSUM = 4;

/** Bytes of a dictionary's id and of the content size, by their flags. */
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

const REPEATED = 1;
const RESERVED_TYPE = 3;

/**
 * How long the frame is that starts here, if it is one to pass over, as `pzstd`
 * writes before each of its others.
 */
export function skippableBytes(
  bytes: Uint8Array<ArrayBuffer>,
): number | undefined {
  if (bytes.length < SKIPPABLE_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  // All of sixteen numbers.
  const magic = view.getUint32(0, true) & ~0xf;
  if (magic !== SKIPPABLE_MAGIC) return undefined;
  return SKIPPABLE_HEADER_BYTES + view.getUint32(4, true);
}

/**
 * Reads the header of the frame at the start of the bytes, at an offset in the
 * file.
 *
 * Source: RFC 8878, section 3.1.1.1.
 *
 * @throws {CompressedDataError} Where it is not one that can be read.
 */
export function readZstdHeader(
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
): ZstdHeader {
  const fail = (reason: string, at = 0) =>
    new CompressedDataError(reason, offset + at);
  const view = viewOf(bytes);
  const isMagic = bytes.every((byte, i) =>
    i >= 4 || byte === (MAGIC >>> 8 * i & 0xff)
  );
  if (!isMagic) throw fail("no zstd frame starts here");
  const endsEarly = () =>
    fail("the file ends within a zstd header", bytes.length);
  if (bytes.length < 5) throw endsEarly();
  const flags = view.getUint8(4);
  if (flags & RESERVED) throw fail("a reserved bit is set", 4);
  const isSingle = (flags & SINGLE_SEGMENT) !== 0;
  const windowAt = 5;
  const dictionaryAt = windowAt + (isSingle ? 0 : 1);
  const contentSizeAt = dictionaryAt + DICTIONARY_ID_BYTES[flags & 3]!;
  const contentSizeBytes = isSingle && flags >>> 6 === 0
    ? 1
    : CONTENT_SIZE_BYTES[flags >>> 6]!;
  const headerBytes = contentSizeAt + contentSizeBytes;
  if (bytes.length < headerBytes) throw endsEarly();
  if (bytes.subarray(dictionaryAt, contentSizeAt).some((byte) => byte !== 0)) {
    throw fail("the zstd frame needs a dictionary", dictionaryAt);
  }
  const contentBytes = numberAt(view, contentSizeAt, contentSizeBytes);
  const windowBytes = isSingle
    ? contentBytes!
    : windowOf(view.getUint8(windowAt));
  if (windowBytes > MAX_WINDOW_BYTES) {
    throw fail(
      `the zstd frame needs a window of ${windowBytes} bytes, and the most ` +
        `is ${MAX_WINDOW_BYTES}`,
      windowAt,
    );
  }
  const hasChecksum = (flags & CHECKSUM) !== 0;
  if (!hasChecksum && contentBytes === undefined) {
    throw fail(
      "the zstd frame has neither its content's size nor a checksum",
    );
  }
  return { headerBytes, contentBytes, hasChecksum };
}

/**
 * Reads what a block says, at the start of the bytes.
 *
 * Source: RFC 8878, section 3.1.1.2.
 *
 * @throws {CompressedDataError} Where no block is like that.
 */
export function readZstdBlock(
  [low, middle, high]: Uint8Array,
  offset: number,
): ZstdBlock {
  const bits = low! | middle! << 8 | high! << 16;
  const type = bits >>> 1 & 3;
  const size = bits >>> 3;
  if (type === RESERVED_TYPE || size > MAX_BLOCK_BYTES) {
    throw new CompressedDataError("no zstd block is like this", offset);
  }
  return {
    isLast: (bits & 1) !== 0,
    blockBytes: BLOCK_HEADER_BYTES + (type === REPEATED ? 1 : size),
  };
}

function viewOf(
  { buffer, byteOffset, length }: Uint8Array<ArrayBuffer>,
): DataView<ArrayBuffer> {
  return new DataView(buffer, byteOffset, length);
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + base / 8 * (descriptor & 7);
}

function numberAt(
  view: DataView,
  at: number,
  length: number,
): number | undefined {
  switch (length) {
    case 0:
      return undefined;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
