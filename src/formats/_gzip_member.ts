import { Crc32 } from "./crc32.ts";

/** What a gzip member says before its compressed data. */
export interface GzipHeader {
  /** How long the header is. */
  readonly headerBytes: number;
  /** How long the whole member is and its content, where this package says so. */
  readonly lengths:
    | { readonly memberBytes: number; readonly contentBytes: number }
    | undefined;
}

/** A header that can't be read, and where in it. */
export interface GzipHeaderFault {
  readonly fault: string;
  readonly at: number;
}

/** Every member starts with these, the last of which means deflate. */
export const MAGIC: Uint8Array<ArrayBuffer> = Uint8Array.of(0x1f, 0x8b, 8);

/** The checksum and size of the content, after the compressed data. */
export const TRAILER_BYTES = 8;

/** Longer names and comments than any file system has are refused. */
export const MAX_HEADER_BYTES: number = 128 * 1024;

/** How long the headers are that this package writes. */
const HEADER_BYTES = 24;

const FIXED_HEADER_BYTES = 10;

/** Flags (FLG). */
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;

/** The name of the extra field that has the lengths: "HM". */
const LENGTHS_ID = 0x4d48;
const LENGTHS_BYTES = 8;

const UNKNOWN_SYSTEM = 255;

/**
 * The bytes of a member: its header says in an extra field how long the member
 * is and its content, as two 32-bit numbers.
 */
export function gzipMember(
  deflated: readonly Uint8Array[],
  contentBytes: number,
  crc: number,
): Uint8Array<ArrayBuffer> {
  const deflatedBytes = deflated.reduce((sum, it) => sum + it.length, 0);
  const member = new Uint8Array(HEADER_BYTES + deflatedBytes + TRAILER_BYTES);
  const view = new DataView(member.buffer);
  member.set(MAGIC);
  view.setUint8(3, EXTRA);
  view.setUint8(9, UNKNOWN_SYSTEM);
  view.setUint16(10, 4 + LENGTHS_BYTES, true);
  view.setUint16(12, LENGTHS_ID, true);
  view.setUint16(14, LENGTHS_BYTES, true);
  view.setUint32(16, member.length, true);
  view.setUint32(20, contentBytes, true);
  let at = HEADER_BYTES;
  for (const bytes of deflated) {
    member.set(bytes, at);
    at += bytes.length;
  }
  view.setUint32(at, crc, true);
  view.setUint32(at + 4, contentBytes, true);
  return member;
}

/**
 * Reads the header at the start of the bytes; `undefined` if it goes on after
 * them.
 *
 * Source: RFC 1952, section 2.3.
 */
export function readGzipHeader(
  bytes: Uint8Array<ArrayBuffer>,
): GzipHeader | GzipHeaderFault | undefined {
  if (bytes.length < FIXED_HEADER_BYTES) {
    return isPrefix(bytes) ? undefined : notGzip();
  }
  if (!isPrefix(bytes)) return notGzip();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.getUint8(3);
  if (flags & RESERVED) return { fault: "reserved flags are set", at: 3 };
  let at = FIXED_HEADER_BYTES;
  let lengths: GzipHeader["lengths"];
  if (flags & EXTRA) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + view.getUint16(at, true);
    if (end > bytes.length) return undefined;
    lengths = findLengths(view, at + 2, end);
    at = end;
  }
  for (const flag of [NAME, COMMENT]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if (flags & HEADER_CRC) {
    if (at + 2 > bytes.length) return undefined;
    const crc = new Crc32();
    crc.update(bytes.subarray(0, at));
    if (view.getUint16(at, true) !== (crc.digest() & 0xffff)) {
      return { fault: "the checksum of its header is wrong", at };
    }
    at += 2;
  }
  return { headerBytes: at, lengths };
}

function isPrefix(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}

function notGzip(): GzipHeaderFault {
  return { fault: "no gzip data start here", at: 0 };
}

function findLengths(
  view: DataView,
  from: number,
  end: number,
): GzipHeader["lengths"] {
  for (let at = from; at + 4 <= end;) {
    const id = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    at += 4;
    if (id === LENGTHS_ID && length === LENGTHS_BYTES && at + length <= end) {
      return {
        memberBytes: view.getUint32(at, true),
        contentBytes: view.getUint32(at + 4, true),
      };
    }
    at += length;
  }
  return undefined;
}
