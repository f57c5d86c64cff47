import type { RunMetrics } from "../measurement.ts";
import {
  freezePlainSummary,
  isCount,
  isObject,
} from "./_freeze_plain_summary.ts";

/** A file that is not the summary of a run; the message is the reason. */
export class SummarySyntaxError extends Error {
  /** Always `"SummarySyntaxError"`. */
  override readonly name = "SummarySyntaxError";
}

/** What is wrong with a value, and where in it. */
interface Flaw {
  readonly keys: string[];
  readonly reason: string;
}

/** Finds what is wrong with a value, if anything is. */
type Check = (value: unknown) => Flaw | undefined;

const lenient = new TextDecoder();
const strict = new TextDecoder("utf-8", { fatal: true });

/** What stands for bytes that are not UTF-8. */
const REPLACEMENT = "\ufffd";

/**
 * Reads the bytes of a summary into a deeply frozen document. Fields that it
 * does not know are kept.
 *
 * @throws {SummarySyntaxError} It is not UTF-8, not JSON, or a field is
 * missing or of the wrong type.
 */
export function decodeSummary(bytes: Uint8Array): Readonly<RunMetrics> {
  const document = parse(bytes);
  if (freezePlainSummary(document)) return document as RunMetrics;
  const flaw = checkSummary(document);
  if (flaw !== undefined) {
    const name = flaw.keys.join(".") || "the document";
    throw new SummarySyntaxError(`${name} ${flaw.reason}`);
  }
  return deepFreeze(document) as RunMetrics;
}

const checkDuration: Check = (value) =>
  Number.isFinite(value) ? undefined : isNot("a finite number", value);

const checkCount: Check = (value) =>
  isCount(value) ? undefined : isNot("a whole number", value);

const checkString: Check = (value) =>
  typeof value === "string" ? undefined : isNot("a string", value);

const checkSatelliteStats = record({
  count: checkCount,
  mean_ms: checkDuration,
  p50_ms: checkDuration,
  p95_ms: checkDuration,
  max_ms: checkDuration,
}, {
  p99_ms: checkDuration,
  min_ms: checkDuration,
});

const checkMetricStats = record({
  count: checkCount,
  mean_ms: checkDuration,
  p50_ms: checkDuration,
  p95_ms: checkDuration,
  p99_ms: checkDuration,
  max_ms: checkDuration,
  min_ms: checkDuration,
});

const checkSummary = record({
  run_id: checkString,
  timestamp: checkString,
  total_measurements: checkCount,
  measurement_types: dictionary(checkCount),
  stats: dictionary(checkMetricStats),
  stats_by_satellite: dictionary(dictionary(checkSatelliteStats)),
}, {
  raw_csv: record({ size_bytes: checkCount, xxh32: checkString }),
});

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new SummarySyntaxError("the file is empty");
  let text;
  try {
    text = lenient.decode(bytes);
    // Strictly it takes five times as long, and the character may be meant.
    if (text.includes(REPLACEMENT)) text = strict.decode(bytes);
  } catch (cause) {
    throw new SummarySyntaxError("the file is not UTF-8", { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SummarySyntaxError(
      `the file is not JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function record(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return (value) => {
    if (!isObject(value)) return isNot("an object", value);
    for (const key in required) {
      if (!Object.hasOwn(value, key)) {
        return { keys: [key], reason: "is missing" };
      }
      const flaw = required[key]!(value[key]);
      if (flaw !== undefined) return within(key, flaw);
    }
    for (const key in optional) {
      if (!Object.hasOwn(value, key)) continue;
      const flaw = optional[key]!(value[key]);
      if (flaw !== undefined) return within(key, flaw);
    }
    return undefined;
  };
}

function dictionary(check: Check): Check {
  return (value) => {
    if (!isObject(value)) return isNot("an object", value);
    for (const key in value) {
      const flaw = check(value[key]);
      if (flaw !== undefined) return within(key, flaw);
    }
    return undefined;
  };
}

function isNot(wanted: string, value: unknown): Flaw {
  const shown = show(value);
  const cut = shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
  return { keys: [], reason: `must be ${wanted}: ${cut}` };
}

function within(key: string, { keys, reason }: Flaw): Flaw {
  return { keys: [key, ...keys], reason };
}

/** The value, unless it may be nested deeper than the stack is. */
function show(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Freezes without recursion: an unknown field may be nested without end. */
function deepFreeze(document: unknown): unknown {
  const open = [document];
  for (let value; (value = open.pop()) !== undefined;) {
    if (typeof value !== "object" || value === null) continue;
    Object.freeze(value);
    for (const key in value) {
      const inner = value[key as keyof typeof value];
      if (typeof inner === "object" && inner !== null) open.push(inner);
    }
  }
  return document;
}
