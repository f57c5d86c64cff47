import { areLabels } from "../model/labels.ts";
import type { RunLabels } from "../model/metrics.ts";
import { shown } from "../model/options.ts";
import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";
import { FIGURE_NAMES, type JudgedFigure } from "./figures/judged_figure.ts";

/** How much a figure differs between unchanged runs. */
export interface NoiseRow {
  /** The metric type, or `"chain"`. */
  readonly metric_type: string;
  /** The satellite; `null` for all of them. */
  readonly satellite_id: string | null;
  /** The figure. */
  readonly figure: JudgedFigure;
  /** Standard deviation of its natural logarithm between runs. */
  readonly log_sd: number;
  /** In how many runs it was found. */
  readonly runs: number;
}

/**
 * The noise of a bench: how much unchanged runs of it differ. A document that
 * survives JSON, made by {@linkcode calibrate}.
 */
export interface NoiseDocument {
  /** Tells such a document. */
  readonly format: "hil-metrics-noise";
  /** Of the format. */
  readonly version: 1;
  /** When the last of the runs took place, ISO 8601 in UTC. */
  readonly date: string;
  /** How many unchanged runs it was learned from. */
  readonly runs: number;
  /** The machine, where all runs have the same label `host`. */
  readonly host: string | null;
  /** The labels that all of the runs had. */
  readonly labels: RunLabels;
  /** How much a run wavers in itself: median over the runs. */
  readonly unrest: number | null;
  /** Every figure that all or most runs had. */
  readonly rows: readonly NoiseRow[];
}

/** A document in the form that judging looks things up in. */
export interface Noise {
  readonly document: NoiseDocument;
  find(
    metricType: string,
    satelliteId: string | undefined,
    figure: JudgedFigure,
  ): NoiseRow | undefined;
}

/**
 * Requires a document, perhaps from JSON.
 *
 * @throws {TypeError} It is not such a document.
 * @throws {RangeError} It is of another version, or a number or the date is out
 * of range.
 */
export function requireNoise(noise: unknown): NoiseDocument {
  const document = noise as NoiseDocument;
  if (
    typeof noise !== "object" || noise === null ||
    document.format !== "hil-metrics-noise" || !Array.isArray(document.rows) ||
    typeof document.date !== "string" || !areLabels(document.labels) ||
    document.host !== null && typeof document.host !== "string"
  ) throw new TypeError(`noise must be what calibrate() gave: ${shown(noise)}`);
  if (document.version !== 1) {
    throw new RangeError(
      `noise is of version ${shown(document.version)}, this reads version 1`,
    );
  }
  if (!Number.isSafeInteger(document.runs) || document.runs < 2) {
    throw new RangeError(`noise.runs is out of range: ${document.runs}`);
  }
  if (Number.isNaN(Date.parse(document.date))) {
    throw new RangeError(`noise.date must be a time: ${shown(document.date)}`);
  }
  if (document.unrest !== null && !isDeviation(document.unrest)) {
    throw new RangeError(
      `noise.unrest is out of range: ${shown(document.unrest)}`,
    );
  }
  return document;
}

/** Whether it is a standard deviation: `null` is what JSON makes of NaN. */
function isDeviation(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}

/**
 * Makes rows easy to find.
 *
 * @throws {RangeError} A row is damaged.
 */
export function* indexNoise(document: NoiseDocument): Sliced<Noise> {
  const rows = new Map<string, Map<string | null, NoiseRow[]>>();
  for (const [i, row] of document.rows.entries()) {
    const { metric_type, satellite_id, figure, log_sd, runs } = row ?? {};
    if (
      typeof metric_type !== "string" ||
      satellite_id !== null && typeof satellite_id !== "string" ||
      !FIGURE_NAMES.includes(figure) || !isDeviation(log_sd) ||
      !Number.isSafeInteger(runs) || runs < 2 || runs > document.runs
    ) throw new RangeError(`A row of noise is out of range: ${shown(row)}`);
    let ofType = rows.get(metric_type);
    if (ofType === undefined) rows.set(metric_type, ofType = new Map());
    const ofGroup = ofType.get(satellite_id);
    if (ofGroup === undefined) ofType.set(satellite_id, [row]);
    else ofGroup.push(row);
    if (i % SLICE_VALUES === 0) yield;
  }
  return {
    document,
    find: (metricType, satelliteId, figure) =>
      rows.get(metricType)?.get(satelliteId ?? null)
        ?.find((it) => it.figure === figure),
  };
}
