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
import type { RunStatistics } from "../../statistics/run_statistics.ts";
import { spellDecimal } from "../csv/decimal/decimal.ts";
import { SUMMARY_FIELDS } from "./schema.ts";

/** What a summary is written from. */
export interface SummaryContent {
  readonly runId: string;
  /** Local time, ISO 8601. */
  readonly timestamp: string;
  readonly totalMeasurements: number;
  readonly statistics: RunStatistics;
  readonly rawCsv: RawCsvStamp;
  readonly labels: RunLabels | undefined;
}

/** JSON in pieces. */
type Json = Iterable<string>;

/** A key and its value in JSON. */
type Entry = readonly [key: string, json: Json];

/** Writes the value of a field, or nothing where the run has none. */
type FieldWriter = (content: SummaryContent) => Json | undefined;

const INDENT = "  ";

/** Text that JSON has as it is. */
const PLAIN = /^[\w ./:-]*$/;

const WRITERS: Readonly<Record<keyof RunMetrics, FieldWriter>> = {
  run_id: ({ runId }) => [string(runId)],
  timestamp: ({ timestamp }) => [string(timestamp)],
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
      [string(value)],
    ]),
};

/**
 * The summary as Python's `json.dumps(summary, indent=2)` spells it, in pieces:
 * everything but ASCII escaped, floats with a fraction.
 */
export function* encodeSummary(
  content: SummaryContent,
): Generator<string, void, undefined> {
  let separator = "{";
  for (const key of Object.keys(SUMMARY_FIELDS) as (keyof RunMetrics)[]) {
    const json = WRITERS[key](content);
    if (json === undefined) continue;
    yield `${separator}\n${INDENT}"${key}": `;
    yield* json;
    separator = ",";
  }
  yield "\n}";
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
    yield `${separator}${indent}${string(key)}: `;
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
    return `,\n${indent}"${key}": ${spellDecimal(stats[key])}`;
  }
}

function string(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
