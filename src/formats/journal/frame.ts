import { xxh32Word } from "../xxh32.ts";

/**
 * What a journal is made of. Each frame is a head of 32 bytes, little-endian,
 * and a payload that is padded to whole groups of 8:
 *
 * | at | bytes | what |
 * |---|---|---|
 * | 0 | 4 | `HLJ` and the version of the format, `1` |
 * | 4 | 1 | kind |
 * | 5 | 3 | how many rows or series there are |
 * | 8 | 4 | bytes of the payload |
 * | 12 | 4 | salt: random, the same in all frames of a journal |
 * | 16 | 8 | how many bytes of the journal had been promised by then, a double |
 * | 24 | 4 | XXH32 of the payload |
 * | 28 | 4 | XXH32 of these 28 bytes and the frame's offset in the file, a double |
 *
 * | kind | payload |
 * |---|---|
 * | 1, the first | JSON: {@linkcode JournalHeader} |
 * | 2, series | JSON: `[metric type, satellite id]` of each, numbered from 0 on |
 * | 3, rows | timestamps, durations, scenario times as doubles, then the numbers of their series as int32 |
 * | 4, the last | none |
 */
export interface FrameHead {
  readonly kind: FrameKind;
  /** Rows, or series. */
  readonly count: number;
  readonly payloadBytes: number;
  readonly salt: number;
  /** Offset up to which appends had resolved when the frame was written. */
  readonly promisedBytes: number;
  readonly payloadXxh32: number;
}

/** What a frame holds. */
export type FrameKind = "header" | "series" | "rows" | "end";

/** What the first frame of a journal says of it. */
export interface JournalHeader {
  readonly run_id: string;
  readonly labels?: { readonly [name: string]: string };
}

/** Bytes of a head. */
export const HEAD_BYTES = 32;

/** Frames start at multiples of this many bytes, for their doubles. */
export const FRAME_ALIGNMENT_BYTES = 8;

/** Rows of a frame at most: a tenth of a millisecond of work, when compiled. */
export const MAX_FRAME_ROWS = 4096;

/** Bytes of a row. */
export const ROW_BYTES = 28;

/** Bytes of a payload at most: those of series whose ids are very long. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

const KINDS: readonly (FrameKind | undefined)[] = [
  undefined,
  "header",
  "series",
  "rows",
  "end",
];

/** `HLJ`, and then the version as a digit. */
const MAGIC = 0x314a4c48;
const ANY_VERSION = 0xffffff;

/** Where the checksum of the head is, and up to where it is taken. */
const XXH32_AT = 28;

/** What is hashed of a head. */
const COVERED_BYTES = new Uint8Array(XXH32_AT + 8);
const COVERED = new DataView(COVERED_BYTES.buffer);

/** Writes a head; a frame is known by its place, and is none elsewhere. */
export function writeHead(
  view: DataView<ArrayBuffer>,
  at: number,
  offset: number,
  head: FrameHead,
): void {
  view.setUint32(at, MAGIC, true);
  view.setUint32(at + 4, KINDS.indexOf(head.kind) | head.count << 8, true);
  view.setUint32(at + 8, head.payloadBytes, true);
  view.setUint32(at + 12, head.salt, true);
  view.setFloat64(at + 16, head.promisedBytes, true);
  view.setUint32(at + 24, head.payloadXxh32, true);
  view.setUint32(at + XXH32_AT, headXxh32(view, at, offset), true);
}

/** The head that is at this place; `undefined` where there is none. */
export function readHead(
  view: DataView<ArrayBuffer>,
  at: number,
  offset: number,
): FrameHead | undefined {
  if (view.getUint32(at, true) !== MAGIC) return undefined;
  if (view.getUint32(at + XXH32_AT, true) !== headXxh32(view, at, offset)) {
    return undefined;
  }
  const kindAndCount = view.getUint32(at + 4, true);
  const head = {
    kind: KINDS[kindAndCount & 0xff],
    count: kindAndCount >>> 8,
    payloadBytes: view.getUint32(at + 8, true),
    salt: view.getUint32(at + 12, true),
    promisedBytes: view.getFloat64(at + 16, true),
    payloadXxh32: view.getUint32(at + 24, true),
  };
  return isSound(head) ? head : undefined;
}

/** Whether a frame of another version of the format starts here. */
export function isOtherVersion(
  view: DataView<ArrayBuffer>,
  at: number,
): boolean {
  const word = view.getUint32(at, true);
  // A first write that was cut off may have left anything but a digit.
  return word !== MAGIC && /\d/.test(String.fromCharCode(word >>> 24)) &&
    (word & ANY_VERSION) === (MAGIC & ANY_VERSION);
}

/** Bytes of a frame with its padding. */
export function frameBytes(payloadBytes: number): number {
  const unpadded = HEAD_BYTES + payloadBytes;
  return Math.ceil(unpadded / FRAME_ALIGNMENT_BYTES) * FRAME_ALIGNMENT_BYTES;
}

function isSound(
  head: Omit<FrameHead, "kind"> & { kind: FrameKind | undefined },
): head is FrameHead {
  const { kind, count, payloadBytes, promisedBytes } = head;
  return kind !== undefined && payloadBytes <= MAX_PAYLOAD_BYTES &&
    promisedBytes >= 0 &&
    (kind !== "rows" ||
      count <= MAX_FRAME_ROWS && payloadBytes === count * ROW_BYTES);
}

function headXxh32(
  view: DataView<ArrayBuffer>,
  at: number,
  offset: number,
): number {
  for (let i = 0; i < XXH32_AT; i += 4) {
    COVERED.setInt32(i, view.getInt32(at + i, true), true);
  }
  COVERED.setFloat64(XXH32_AT, offset, true);
  return xxh32Word(COVERED_BYTES);
}
