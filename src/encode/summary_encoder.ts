import type {
  MetricStats,
  RawCsvStamp,
  SatelliteStats,
} from "../measurement.ts";
import type { Sliced } from "../sliced.ts";
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
 * The summary as Python's `json.dumps(summary, indent=2)` spells it: keys in
 * the order given, everything but ASCII escaped, floats with a fraction.
 */
export function* encodeSummary(content: SummaryContent): Sliced<string> {
  const { byType, bySatellite } = content.statistics;
  const satellites: Entry[] = [];
  for (const [id, types] of bySatellite) {
    satellites.push([id, object(types.map(statsEntry(3)), 2)]);
    yield;
  }
  return object([
    ["run_id", string(content.runId)],
    ["timestamp", string(content.timestamp)],
    ["total_measurements", String(content.totalMeasurements)],
    [
      "measurement_types",
      object(byType.map(([type, { count }]) => [type, String(count)]), 1),
    ],
    ["stats", object(byType.map(statsEntry(2)), 1)],
    ["stats_by_satellite", object(satellites, 1)],
    [
      "raw_csv",
      object([
        ["size_bytes", String(content.rawCsv.size_bytes)],
        ["xxh32", string(content.rawCsv.xxh32)],
      ], 1),
    ],
  ], 0);
}

function statsEntry(
  depth: number,
): (entry: readonly [string, MetricStats | SatelliteStats]) => Entry {
  return ([type, stats]) => {
    const members: Entry[] = [];
    for (const key in stats) {
      const value = stats[key as keyof SatelliteStats]!;
      members.push([
        key,
        key === "count" ? String(value) : spellDecimal(value),
      ]);
    }
    return [type, object(members, depth)];
  };
}

/** An object whose own line has this indentation. */
function object(entries: readonly Entry[], depth: number): string {
  if (entries.length === 0) return "{}";
  const outer = INDENT.repeat(depth);
  let text = "{";
  let separator = "\n";
  for (const [key, json] of entries) {
    text += `${separator}${outer}${INDENT}${string(key)}: ${json}`;
    separator = ",\n";
  }
  return `${text}\n${outer}}`;
}

function string(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
