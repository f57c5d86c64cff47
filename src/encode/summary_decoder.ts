import type { RunMetrics } from "../measurement.ts";

/** A file that is not the summary of a run; the message is the reason. */
export class SummarySyntaxError extends Error {
  /** Always `"SummarySyntaxError"`. */
  override readonly name = "SummarySyntaxError";
}

/** Throws unless the value, found under this name, is as it should be. */
type Check = (value: unknown, name: string) => void;

/**
 * Reads the bytes of a summary into a deeply frozen document. Fields that it
 * does not know are kept.
 *
 * @throws {SummarySyntaxError} It is not UTF-8, not JSON, or a field is
 * missing or of the wrong type.
 */
export function decodeSummary(bytes: Uint8Array): Readonly<RunMetrics> {
  const document = parse(bytes);
  checkSummary(document, "");
  return deepFreeze(document) as RunMetrics;
}

const checkDuration: Check = (value, name) => {
  if (!Number.isFinite(value)) fail(value, name, "a finite number");
};

const checkCount: Check = (value, name) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    fail(value, name, "a whole number");
  }
};

const checkString: Check = (value, name) => {
  if (typeof value !== "string") fail(value, name, "a string");
};

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
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
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
  return (value, name) => {
    const object = requireObject(value, name);
    for (const key in required) {
      if (!Object.hasOwn(object, key)) {
        throw new SummarySyntaxError(`${join(name, key)} is missing`);
      }
      required[key]!(object[key], join(name, key));
    }
    for (const key in optional) {
      if (Object.hasOwn(object, key)) {
        optional[key]!(object[key], join(name, key));
      }
    }
  };
}

function dictionary(check: Check): Check {
  return (value, name) => {
    const object = requireObject(value, name);
    for (const key of Object.keys(object)) check(object[key], join(name, key));
  };
}

function requireObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(value, name, "an object");
  }
  return value as Record<string, unknown>;
}

function fail(value: unknown, name: string, wanted: string): never {
  const shown = show(value);
  const cut = shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
  throw new SummarySyntaxError(
    `${name || "the document"} must be ${wanted}: ${cut}`,
  );
}

/** The value, unless it may be nested deeper than the stack is. */
function show(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function join(name: string, key: string): string {
  return name === "" ? key : `${name}.${key}`;
}

/** Freezes without recursion: an unknown field may be nested without end. */
function deepFreeze(document: unknown): unknown {
  const open = [document];
  for (let value; (value = open.pop()) !== undefined;) {
    if (typeof value !== "object" || value === null) continue;
    Object.freeze(value);
    for (const inner of Object.values(value)) {
      if (typeof inner === "object" && inner !== null) open.push(inner);
    }
  }
  return document;
}
