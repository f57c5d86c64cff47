import {
  type FigureKeys,
  SATELLITE_FIGURES,
  TYPE_FIGURES,
} from "../../model/figures.ts";
import type {
  MetricStats,
  RawCsvStamp,
  RunLabels,
  RunMetrics,
} from "../../model/metrics.ts";
import { TooLarge } from "../../model/too_large.ts";
import type { RunStatistics } from "../../statistics/run_statistics.ts";
import { spellDecimal } from "../csv/decimal/decimal.ts";
import { Xxh32 } from "../xxh32.ts";
import { SUMMARY_FIELDS } from "./schema.ts";
import { CHECKSUM_KEY } from "./summary_checksum.ts";

/** What a summary is written from. */
export interface SummaryContent {
  readonly runId: string;
  /** Local time, ISO 8601. */
  readonly timestamp: string;
  readonly totalMeasurements: number;
  readonly statistics: RunStatistics;
  readonly rawCsv: RawCsvStamp;
  readonly labels: RunLabels | undefined;
  /** Whether it was cut off while it was being streamed. @default {false} */
  readonly incomplete?: boolean;
}

/** JSON in pieces. */
type Json = Iterable<string>;

/** A key and its value in JSON. */
type Entry = readonly [key: string, json: Json];

/** Writes the value of a field, or nothing where the run has none. */
type FieldWriter = (content: SummaryContent) => Json | undefined;

const INDENT = "  ";

/**
 * Longest summary that is written or read: text of twice as many characters is
 * more than the runtime can hold.
 */
export const MAX_SUMMARY_BYTES = 256 * 1024 * 1024;

/** Characters, all of them ASCII, that are handed over at a time. */
const CHUNK_LENGTH = 64 * 1024;

/** Characters between two points where others may run. */
const SLICE_LENGTH = 4096;

const NO_BYTES = new Uint8Array(0);

const encoder = new TextEncoder();

/** Text that JSON has as it is. */
const PLAIN = /^[\w ./:-]*$/;

const WRITERS: Readonly<
  Record<Exclude<keyof RunMetrics, typeof CHECKSUM_KEY>, FieldWriter>
> = {
  run_id: ({ runId }) => [spellString(runId)],
  timestamp: ({ timestamp }) => [spellString(timestamp)],
  total_measurements: ({ totalMeasurements }) => [String(totalMeasurements)],
  measurement_types: ({ statistics: { byType } }) =>
    object(byType, 1, ([type, { count }]) => [type, [String(count)]]),
  stats: ({ statistics: { byType } }) =>
    object(byType, 1, ([type, stats]) => [type, [
      statsObject(stats, TYPE_FIGURES, 2),
    ]]),
  stats_by_satellite: ({ statistics: { bySatellite } }) =>
    object(bySatellite, 1, ([id, types]) => [
      id,
      object(types, 2, ([type, stats]) => [type, [
        statsObject(stats, SATELLITE_FIGURES, 3),
      ]]),
    ]),
  raw_csv: ({ rawCsv }) =>
    object(Object.entries(rawCsv), 1, ([key, value]) => [
      key,
      [JSON.stringify(value)],
    ]),
  labels: ({ labels }) =>
    labels && object(Object.entries(labels), 1, ([name, value]) => [
      name,
      [spellString(value)],
    ]),
  incomplete: ({ incomplete = false }) => incomplete ? ["true"] : undefined,
};

/**
 * The bytes of a summary, as Python's `json.dumps(summary, indent=2)` spells it:
 * everything but ASCII escaped, floats with a fraction. The last key is the
 * checksum of what stands before it. At least every 4 KiB there is a chunk
 * without bytes, for others to run.
 *
 * @throws {TooLarge} It would be longer than can be read back.
 */
export function* encodeSummary(
  content: SummaryContent,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const hash = new Xxh32();
  let sizeBytes = 0;
  let text = "";
  let slicedAt = 0;
  for (const piece of fields(content)) {
    text += piece;
    if (text.length >= CHUNK_LENGTH) {
      const bytes = encoder.encode(text);
      for (const _slice of hash.update(bytes)) yield NO_BYTES;
      yield bytes;
      sizeBytes += bytes.length;
      if (sizeBytes > MAX_SUMMARY_BYTES) throw tooLarge();
      text = "";
      slicedAt = 0;
    } else if (text.length - slicedAt >= SLICE_LENGTH) {
      slicedAt = text.length;
      yield NO_BYTES;
    }
  }
  text += `,\n${INDENT}`;
  for (const _slice of hash.update(encoder.encode(text))) yield NO_BYTES;
  yield encoder.encode(`${text}"${CHECKSUM_KEY}": "${hash.digest()}"\n}`);
}

/** All fields but the last, in pieces. */
function* fields(
  content: SummaryContent,
): Generator<string, void, undefined> {
  let separator = "{";
  for (const key of Object.keys(SUMMARY_FIELDS) as (keyof RunMetrics)[]) {
    if (key === CHECKSUM_KEY) continue;
    const json = WRITERS[key](content);
    if (json === undefined) continue;
    yield `${separator}\n${INDENT}"${key}": `;
    yield* json;
    separator = ",";
  }
}

function tooLarge(): TooLarge {
  return new TooLarge(
    `the summary would have more than ${MAX_SUMMARY_BYTES} bytes`,
  );
}

/** An object whose own line has this indentation, in a piece an entry. */
function* object<T>(
  items: Iterable<T>,
  depth: number,
  entryOf: (item: T) => Entry,
): Generator<string, void, undefined> {
  const indent = INDENT.repeat(depth + 1);
  let separator = "{\n";
  for (const item of items) {
    const [key, json] = entryOf(item);
    yield `${separator}${indent}${spellString(key)}: `;
    yield* json;
    separator = ",\n";
  }
  yield separator === "{\n" ? "{}" : `\n${INDENT.repeat(depth)}}`;
}

function statsObject(
  stats: MetricStats,
  { original, added }: FigureKeys,
  depth: number,
): string {
  const indent = INDENT.repeat(depth + 1);
  let text = `{\n${indent}"count": ${stats.count}`;
  for (const key of original) text += figure(key);
  for (const key of added) text += figure(key);
  return `${text}\n${INDENT.repeat(depth)}}`;

  function figure(key: keyof MetricStats): string {
    const value = stats[key];
    if (value === undefined) return "";
    return `,\n${indent}"${key}": ${spellDecimal(value)}`;
  }
}

/** Text as JSON, everything but ASCII escaped. */
export function spellString(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
