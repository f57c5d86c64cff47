import type {
  MetricStats,
  RawCsvStamp,
  SatelliteStats,
} from "../measurement.ts";
import type { RunStatistics } from "../statistics/run_statistics.ts";
import { spellDecimal } from "./decimal.ts";

/** What a summary is written from. */
export interface SummaryContent {
  runId: string;
  /** Local time, ISO 8601. */
  timestamp: string;
  totalMeasurements: number;
  statistics: RunStatistics;
  rawCsv: RawCsvStamp;
}

/** A key and a value that is JSON already. */
type Entry = readonly [key: string, json: string];

const INDENT = "  ";

/** Text that JSON has as it is. */
const PLAIN = /^[\w ./:-]*$/;

/**
 * The summary as Python's `json.dumps(summary, indent=2)` spells it, in pieces:
 * keys in the order given, everything but ASCII escaped, floats with a fraction.
 */
export function* encodeSummary(
  { runId, timestamp, totalMeasurements, statistics, rawCsv }: SummaryContent,
): Generator<string, void, undefined> {
  const { byType, bySatellite } = statistics;
  const counts = byType.map(([type, { count }]): Entry => [
    type,
    String(count),
  ]);
  yield "{" + members([
    ["run_id", string(runId)],
    ["timestamp", string(timestamp)],
    ["total_measurements", String(totalMeasurements)],
    ["measurement_types", object(counts, 1)],
    ["stats", object(byType.map(statsEntry(2)), 1)],
  ], 1);
  yield `,\n${INDENT}"stats_by_satellite": {`;
  let separator = "";
  for (const [id, types] of bySatellite) {
    yield separator + members([[id, object(types.map(statsEntry(3)), 2)]], 2);
    separator = ",";
  }
  const end = bySatellite.length > 0 ? `\n${INDENT}}` : "}";
  const stamp = object([
    ["size_bytes", String(rawCsv.size_bytes)],
    ["xxh32", string(rawCsv.xxh32)],
  ], 1);
  yield `${end},${members([["raw_csv", stamp]], 1)}\n}`;
}

function statsEntry(
  depth: number,
): (entry: readonly [string, MetricStats | SatelliteStats]) => Entry {
  return ([type, stats]) => {
    const entries: Entry[] = [];
    for (const key in stats) {
      const value = stats[key as keyof SatelliteStats]!;
      entries.push([
        key,
        key === "count" ? String(value) : spellDecimal(value),
      ]);
    }
    return [type, object(entries, depth)];
  };
}

/** An object whose own line has this indentation. */
function object(entries: readonly Entry[], depth: number): string {
  if (entries.length === 0) return "{}";
  return `{${members(entries, depth + 1)}\n${INDENT.repeat(depth)}}`;
}

/** Members, each on a line of this indentation. */
function members(entries: readonly Entry[], depth: number): string {
  const indent = INDENT.repeat(depth);
  let text = "";
  let separator = "\n";
  for (const [key, json] of entries) {
    text += `${separator}${indent}${string(key)}: ${json}`;
    separator = ",\n";
  }
  return text;
}

function string(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
