import type { Measurement } from "../../../src/model/measurement.ts";

/** A double as Python's `repr` spells it, the slow and obvious way. */
export function naiveDecimal(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split("e");
    const sign = exponent!.startsWith("-") ? "-" : "+";
    return `${digits}e${sign}${exponent!.slice(1).padStart(2, "0")}`;
  }
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** A field as CPython's `csv.writer` quotes it. */
export function naiveField(field: string): string {
  const special = [",", '"', "\r", "\n"].some((c) => field.includes(c));
  return special ? `"${field.replaceAll('"', '""')}"` : field;
}

/** The text of `latency_raw.csv`. */
export function naiveCsv(measurements: readonly Measurement[]): string {
  const lines = measurements.map((one) =>
    `${naiveDecimal(one.timestamp)},${naiveField(one.metricType)},` +
    `${naiveField(one.satelliteId)},${naiveDecimal(one.durationMs)},` +
    `${naiveDecimal(one.scenarioTimeS)}\r\n`
  );
  return "timestamp,metric_type,satellite_id,duration_ms,scenario_time_s\r\n" +
    lines.join("");
}
