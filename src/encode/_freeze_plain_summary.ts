/** The fields of a summary. */
const FIELDS: ReadonlySet<string> = new Set([
  "run_id",
  "timestamp",
  "total_measurements",
  "measurement_types",
  "stats",
  "stats_by_satellite",
  "raw_csv",
]);

/**
 * Freezes a parsed document if it is a summary as nearly all are: complete, of
 * the right types, and without fields it does not know, except for numbers
 * among statistics. What is not may be frozen in part.
 *
 * Note: the tables of fields by which a flaw is explained would tell the same,
 * and take nearly three times as long.
 */
export function freezePlainSummary(document: unknown): boolean {
  if (!isObject(document)) return false;
  for (const key in document) {
    if (!FIELDS.has(key)) return false;
  }
  const isPlain = typeof document.run_id === "string" &&
    typeof document.timestamp === "string" &&
    isCount(document.total_measurements) &&
    freezeCounts(document.measurement_types) &&
    freezeStats(document.stats, true) &&
    freezeSatellites(document.stats_by_satellite) &&
    (document.raw_csv === undefined || freezeStamp(document.raw_csv));
  if (isPlain) Object.freeze(document);
  return isPlain;
}

function freezeCounts(counts: unknown): boolean {
  if (!isObject(counts)) return false;
  for (const key in counts) {
    if (!isCount(counts[key])) return false;
  }
  Object.freeze(counts);
  return true;
}

function freezeSatellites(satellites: unknown): boolean {
  if (!isObject(satellites)) return false;
  for (const id in satellites) {
    if (!freezeStats(satellites[id], false)) return false;
  }
  Object.freeze(satellites);
  return true;
}

function freezeStats(byType: unknown, isComplete: boolean): boolean {
  if (!isObject(byType)) return false;
  for (const type in byType) {
    const stats = byType[type];
    if (!isObject(stats)) return false;
    for (const key in stats) {
      if (!Number.isFinite(stats[key])) return false;
    }
    // What is there is a number by now.
    if (
      !isCount(stats.count) || stats.mean_ms === undefined ||
      stats.p50_ms === undefined || stats.p95_ms === undefined ||
      stats.max_ms === undefined ||
      isComplete && (stats.p99_ms === undefined || stats.min_ms === undefined)
    ) return false;
    Object.freeze(stats);
  }
  Object.freeze(byType);
  return true;
}

function freezeStamp(stamp: unknown): boolean {
  if (!isObject(stamp)) return false;
  for (const key in stamp) {
    if (key !== "size_bytes" && key !== "xxh32") return false;
  }
  if (!isCount(stamp.size_bytes) || typeof stamp.xxh32 !== "string") {
    return false;
  }
  Object.freeze(stamp);
  return true;
}

/** Whether it is an object of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is a whole number from 0. */
export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && value as number >= 0;
}
