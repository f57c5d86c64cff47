import type { Preset } from "./column_plan.ts";

/**
 * The CSV that JMeter writes by default: milliseconds, and a timestamp of when a
 * sample began or ended, as `sampleresult.timestamp.start` says. Failed samples
 * are measurements as others are.
 *
 * Source: https://jmeter.apache.org/usermanual/listeners.html#csvlogformat
 */
export const JTL: Preset = {
  mapping: {
    metricType: { column: "label" },
    satelliteId: { value: "jmeter" },
    duration: "elapsed",
    timestamp: "timeStamp",
  },
  durationUnit: "ms",
  timestampUnit: "ms",
};

/** Whether a header is that of JMeter. */
export function isJtlHeader(names: readonly string[]): boolean {
  return ["timeStamp", "elapsed", "label"].every((it) => names.includes(it));
}
