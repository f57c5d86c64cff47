import type { Preset } from "./column_plan.ts";
import { ImportError, show } from "./import_error.ts";
import type { ImportedRows } from "./imported_rows.ts";
import type { JsonObject } from "./json_lines_reader.ts";

/** What measurements of k6 are of, unless a mapping tells. */
const SATELLITE = { value: "k6" };

/** Points of `k6 run --out csv`. */
export const K6_CSV: Preset = {
  mapping: {
    metricType: { column: "metric_name" },
    satelliteId: SATELLITE,
    duration: "metric_value",
    timestamp: "timestamp",
  },
  durationUnit: "ms",
};

/** Points of `k6 run --out json`. */
export const K6_JSON: Preset = {
  mapping: {
    metricType: { column: "metric" },
    satelliteId: SATELLITE,
    duration: "data.value",
    timestamp: "data.time",
  },
  durationUnit: "ms",
};

/**
 * The metrics of k6 itself that are times: its CSV does not say which are.
 *
 * Source: https://grafana.com/docs/k6/latest/using-k6/metrics/reference/
 */
export const K6_TIMES: ReadonlySet<string> = new Set([
  ...["http_req_duration", "http_req_blocked", "http_req_connecting"],
  ...["http_req_tls_handshaking", "http_req_sending", "http_req_waiting"],
  ...["http_req_receiving", "iteration_duration", "group_duration"],
  ...["grpc_req_duration", "ws_connecting", "ws_ping", "ws_session_duration"],
  ...["browser_http_req_duration", "browser_web_vital_fcp"],
  ...["browser_web_vital_fid", "browser_web_vital_inp"],
  ...["browser_web_vital_lcp", "browser_web_vital_ttfb"],
]);

/** Whether a line is one that k6 writes. */
export function isK6Line({ type, metric, data }: JsonObject): boolean {
  return (type === "Metric" || type === "Point") &&
    typeof metric === "string" && typeof data === "object" && data !== null;
}

/** Tells the points that are times, by what k6 declares of each metric. */
export class K6Points {
  readonly #rows: ImportedRows;
  readonly #wanted: readonly string[] | undefined;
  /** Whether a metric's points are to be imported. */
  readonly #isTime = new Map<string, boolean>();

  constructor(rows: ImportedRows, wanted: readonly string[] | undefined) {
    this.#rows = rows;
    this.#wanted = wanted;
  }

  /** Whether this line is a measurement. */
  accepts(line: JsonObject): boolean {
    const metric = line.metric as string;
    if (!isK6Line(line)) {
      this.#rows.fault("the line is neither a metric nor a point of k6");
      return false;
    }
    const data = line.data as JsonObject;
    if (line.type === "Metric") {
      this.#declare(metric, data);
      return false;
    }
    const isTime = this.#isTime.get(metric);
    if (isTime === undefined) {
      this.#rows.fault(`the metric ${show(metric)} was not declared`);
    }
    return isTime === true;
  }

  #declare(metric: string, { type, contains }: JsonObject): void {
    const isTrend = type === "trend";
    const isNamed = this.#wanted?.includes(metric) ?? false;
    if (isNamed && !isTrend) {
      throw new ImportError(
        "BAD_MAPPING",
        `the metric ${show(metric)} is a ${type}, which has no durations`,
        { line: this.#rows.line },
      );
    }
    this.#isTime.set(metric, isTrend && (isNamed || contains === "time"));
  }
}
