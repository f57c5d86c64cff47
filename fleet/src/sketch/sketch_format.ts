import { crc32 } from "node:zlib";
import { ByteReader, ByteWriter } from "./_byte_cursor.ts";
import type { Buckets } from "./bucket_counts.ts";
import { DamagedSketchError } from "./damaged_sketch_error.ts";
import { SUM_LIMBS, type SumDigits } from "./exact_sum.ts";
import { LogMapping, RELATIVE_ERRORS } from "./log_mapping.ts";

/**
 * What a sketch holds. Its bytes, in which an integer takes seven bits a byte,
 * the least significant first:
 *
 * | bytes | what |
 * |---|---|
 * | 4 | `HLS` and the version of the format, `1` |
 * | 8 | relative error, a little-endian double as all others |
 * | integers | how many values, and how many of them are 0 |
 * | 16 | least and greatest value, where there are any |
 * | integers | the sum: twice the number of its digits, and 1 more where it is negative, then the place of the first digit |
 * | 4 each | its digits of 32 bits, the least significant first |
 * | integers | of negative, then of positive values: how many buckets; of each how many indices it is above the one before less one (the first: above the least), then how many values |
 * | 4 | CRC-32 of all that |
 */
export interface SketchContents {
  readonly mapping: LogMapping;
  readonly count: number;
  readonly zeroCount: number;
  /** Infinite where there are no values. */
  readonly min: number;
  readonly max: number;
  readonly sum: SumDigits;
  /** By magnitude. */
  readonly negative: Buckets;
  readonly positive: Buckets;
}

/** `HLS1`. */
const MAGIC = 0x31534c48;
const ANY_VERSION = 0xffffff;

const CRC_BYTES = 4;

/** Writes a sketch: the same bytes for the same values in any order. */
export function encodeSketch(sketch: SketchContents): Uint8Array<ArrayBuffer> {
  const { mapping, count, zeroCount, min, max, sum } = sketch;
  const writer = new ByteWriter();
  writer.uint32(MAGIC);
  writer.float64(mapping.relativeError);
  writer.varint(count);
  writer.varint(zeroCount);
  if (count > 0) {
    writer.float64(min);
    writer.float64(max);
  }
  writer.varint(2 * sum.digits.length + (sum.isNegative ? 1 : 0));
  writer.varint(sum.from);
  for (const digit of sum.digits) writer.uint32(digit);
  for (const { indices, counts } of [sketch.negative, sketch.positive]) {
    writer.varint(indices.length);
    let next = mapping.leastIndex;
    for (const [i, index] of indices.entries()) {
      writer.varint(index - next);
      writer.varint(counts[i]!);
      next = index + 1;
    }
  }
  writer.uint32(crc32(writer.bytes()));
  return writer.bytes();
}

/**
 * Reads a sketch.
 *
 * @throws {DamagedSketchError} It is none, or damaged, or of a later version.
 */
export function decodeSketch(bytes: Uint8Array): SketchContents {
  const body = checkedBody(bytes);
  const reader = new ByteReader(body);
  reader.uint32();
  const mapping = readMapping(reader);
  const count = reader.varint();
  const zeroCount = reader.varint();
  const min = count > 0 ? reader.float64() : Infinity;
  const max = count > 0 ? reader.float64() : -Infinity;
  if (count > 0 && !(min > -Infinity && min <= max && max < Infinity)) {
    refuse(`values from ${min} to ${max}`, reader);
  }
  const sum = readSum(reader);
  const negative = readBuckets(reader, mapping);
  const positive = readBuckets(reader, mapping);
  if (reader.left > 0) refuse("more bytes than it says", reader);
  const held = zeroCount + total(negative) + total(positive);
  if (held !== count) refuse("its buckets do not hold its count", reader);
  return { mapping, count, zeroCount, min, max, sum, negative, positive };
}

/** What the checksum covers, if it is right. */
function checkedBody(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes);
  const magic = reader.uint32();
  if ((magic & ANY_VERSION) !== (MAGIC & ANY_VERSION)) {
    throw new DamagedSketchError("not a sketch", 0);
  }
  if (magic !== MAGIC) {
    throw new DamagedSketchError(
      `version "${String.fromCharCode(magic >>> 24)}" is not known`,
      3,
    );
  }
  const end = bytes.length - CRC_BYTES;
  const body = bytes.subarray(0, end);
  if (end < 4 || crc32(body) !== new ByteReader(bytes.subarray(end)).uint32()) {
    throw new DamagedSketchError("the checksum is not that of the bytes", end);
  }
  return body;
}

function readMapping(reader: ByteReader): LogMapping {
  const relativeError = reader.float64();
  const { least, greatest } = RELATIVE_ERRORS;
  if (!(relativeError >= least && relativeError <= greatest)) {
    refuse(`a relative error of ${relativeError}`, reader);
  }
  return new LogMapping(relativeError);
}

function readSum(reader: ByteReader): SumDigits {
  const lengthAndSign = reader.varint();
  const length = Math.floor(lengthAndSign / 2);
  const from = reader.varint();
  if (from + length > SUM_LIMBS - 1) refuse("the sum is too large", reader);
  const digits = new Uint32Array(length);
  for (let i = 0; i < length; i++) digits[i] = reader.uint32();
  return { isNegative: lengthAndSign % 2 === 1, from, digits };
}

function readBuckets(
  reader: ByteReader,
  { leastIndex, greatestIndex }: LogMapping,
): Buckets {
  const length = reader.varint();
  // Each takes two bytes at least: no damage makes this larger than the sketch.
  if (length > reader.left / 2) refuse("more buckets than bytes", reader);
  // Typed arrays take longer to make than to fill.
  const indices = new Array<number>(length);
  const counts = new Array<number>(length);
  let next = leastIndex;
  for (let i = 0; i < length; i++) {
    const index = next + reader.varint();
    if (index > greatestIndex) refuse("a bucket beyond all doubles", reader);
    indices[i] = index;
    counts[i] = reader.varint();
    if (counts[i] === 0) refuse("an empty bucket", reader);
    next = index + 1;
  }
  return { indices, counts };
}

function total({ counts }: Buckets): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

function refuse(reason: string, reader: ByteReader): never {
  throw new DamagedSketchError(reason, reader.offset);
}
