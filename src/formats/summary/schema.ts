import {
  type FigureKeys,
  SATELLITE_FIGURES,
  TYPE_FIGURES,
} from "../../model/figures.ts";
import { areLabelsTooLong, MAX_LABELS_BYTES } from "../../model/labels.ts";
import type { RunLabels, RunMetrics } from "../../model/metrics.ts";
import {
  both,
  type Check,
  count,
  dictionary,
  isTrue,
  number,
  record,
  text,
} from "./_checks.ts";

const COMPRESSED_CSV = /^latency_raw\.csv\.[a-z0-9]{1,16}$/;

/** A field of a summary. */
interface Field {
  /** With the original it is required; one that came later may be missing. */
  readonly since: "original" | "0.1" | "0.2";
  readonly check: Check;
}

const checkLabels: Check = (value) =>
  areLabelsTooLong(value as RunLabels)
    ? { keys: [], reason: `has more than ${MAX_LABELS_BYTES} bytes` }
    : undefined;

/** A name beside the summary, and nothing that leads elsewhere. */
const csvFile: Check = (value) =>
  text(value) ??
    (COMPRESSED_CSV.test(value as string)
      ? undefined
      : { keys: [], reason: `is no name of a compressed CSV: ${value}` });

/**
 * Every field of a summary, in the order in which they are written: those of
 * the original, then those of later versions.
 */
export const SUMMARY_FIELDS: Readonly<Record<keyof RunMetrics, Field>> = {
  run_id: { since: "original", check: text },
  timestamp: { since: "original", check: text },
  total_measurements: { since: "original", check: count },
  measurement_types: { since: "original", check: dictionary(count) },
  stats: { since: "original", check: dictionary(statistics(TYPE_FIGURES)) },
  stats_by_satellite: {
    since: "original",
    check: dictionary(dictionary(statistics(SATELLITE_FIGURES))),
  },
  raw_csv: {
    since: "0.1",
    check: record({ size_bytes: count, xxh32: text }, { file: csvFile }),
  },
  labels: { since: "0.2", check: both(dictionary(text), checkLabels) },
  incomplete: { since: "0.2", check: isTrue },
  summary_xxh32: { since: "0.2", check: text },
};

/** Finds what is wrong with a summary, or freezes it. */
export const checkSummary: Check = record(
  checksOf(({ since }) => since === "original"),
  checksOf(({ since }) => since !== "original"),
);

function checksOf(isWanted: (field: Field) => boolean): Record<string, Check> {
  return Object.fromEntries(
    Object.entries(SUMMARY_FIELDS).filter(([, field]) => isWanted(field))
      .map(([name, { check }]) => [name, check]),
  );
}

function statistics({ original, added }: FigureKeys): Check {
  const numbers = (keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, number]));
  return record({ count, ...numbers(original) }, numbers(added));
}
