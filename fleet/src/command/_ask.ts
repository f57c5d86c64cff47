import type { RunLabels } from "@astraguard/hil-metrics";
import { FleetReader } from "../ask/fleet_reader.ts";
import type { RunFilter } from "../ask/run_filter.ts";
import { FIGURE_NAMES, type FigureName } from "../model/figure_name.ts";
import { EXIT } from "./_exit_code.ts";
import { type Answer, tableText } from "./_print.ts";
import { type ServerArguments, serversOf } from "./_servers.ts";

/** Which runs a question is about, as it was asked. */
export interface FilterArguments extends ServerArguments {
  readonly since?: Date;
  readonly until?: Date;
  readonly bench?: readonly string[];
  /** `NAME=VALUE`. */
  readonly label?: readonly string[];
}

/** The same, of one series. */
export interface SeriesArguments extends FilterArguments {
  readonly satellite?: string;
}

/** The benches, and when each has pushed last. */
export async function benchesCommand(given: ServerArguments): Promise<Answer> {
  using fleet = await readerOf(given);
  const benches = await fleet.benches();
  return {
    json: {
      benches: benches.map(({ benchId, pushedAt, clockAheadMs }) => ({
        ...{ bench_id: benchId, pushed_at: pushedAt.toISOString() },
        clock_ahead_ms: clockAheadMs ?? null,
      })),
    },
    text: tableText(
      ["bench", "pushed last", "clock ahead by ms"],
      benches.map(({ benchId, pushedAt, clockAheadMs }) => [
        ...[benchId, pushedAt, clockAheadMs],
      ]),
    ),
    code: benches.length === 0 ? EXIT.noData : EXIT.ok,
  };
}

/** The newest runs of all benches. */
export async function recentCommand(
  given: FilterArguments & { readonly limit?: number },
): Promise<Answer> {
  using fleet = await readerOf(given);
  const { limit } = given;
  const runs = await fleet.recentRuns({ ...filterOf(given), limit });
  return {
    json: {
      runs: runs.map((run) => ({
        ...{ bench_id: run.benchId, run_id: run.runId },
        saved_at: run.savedAt.toISOString(),
        total_measurements: run.totalMeasurements,
        ...{ incomplete: run.incomplete, labels: run.labels },
      })),
    },
    text: tableText(
      ["saved", "bench", "run", "measurements", "labels"],
      runs.map(({ savedAt, benchId, runId, totalMeasurements, labels }) => [
        ...[savedAt, benchId, runId, totalMeasurements],
        Object.entries(labels).map((it) => it.join("=")).join(" "),
      ]),
    ),
    code: runs.length === 0 ? EXIT.noData : EXIT.ok,
  };
}

/** A figure over time. */
export async function historyCommand(
  metricType: string,
  figure: string,
  given: SeriesArguments & { readonly limit?: number },
): Promise<Answer> {
  using fleet = await readerOf(given);
  const { satellite: satelliteId, limit } = given;
  const points = await fleet.history({
    ...{ ...filterOf(given), metricType, satelliteId, limit },
    figure: figureOf(figure),
  });
  return {
    json: {
      ...{ metric_type: metricType, figure, satellite_id: satelliteId ?? null },
      points: points.map((point) => ({
        ...{ bench_id: point.benchId, run_id: point.runId },
        saved_at: point.savedAt.toISOString(),
        ...{ value_ms: point.valueMs, count: point.count },
      })),
    },
    text: tableText(
      ["saved", "bench", "run", figure, "count"],
      points.map(({ savedAt, benchId, runId, valueMs, count }) => [
        ...[savedAt, benchId, runId, valueMs, count],
      ]),
    ),
    code: points.length === 0 ? EXIT.noData : EXIT.ok,
  };
}

/** Percentiles over any set of runs. */
export async function percentileCommand(
  metricType: string,
  given: SeriesArguments & {
    readonly quantile?: readonly number[];
    readonly exact?: boolean;
  },
): Promise<Answer> {
  using fleet = await readerOf(given);
  const { satellite: satelliteId, quantile: quantiles, exact } = given;
  const answer = await fleet.percentiles({
    ...{ ...filterOf(given), metricType, satelliteId, quantiles, exact },
  });
  const { percentiles, guarantee, count, seriesCount, benchCount } = answer;
  const { missingSeriesCount } = answer;
  return {
    json: {
      ...{ metric_type: metricType, satellite_id: satelliteId ?? null },
      percentiles: percentiles.map(({ quantile, valueMs }) => ({
        ...{ quantile, value_ms: valueMs },
      })),
      ...{ relative_error: answer.relativeError, guarantee, count },
      ...{ series_count: seriesCount, bench_count: benchCount },
      missing_series_count: missingSeriesCount,
    },
    text: [
      tableText(
        ["quantile", "ms"],
        percentiles.map(({ quantile, valueMs }) => [quantile, valueMs]),
      ),
      `${count} durations in ${seriesCount} series of ${benchCount} benches`,
      ...(missingSeriesCount === 0
        ? []
        : [`${missingSeriesCount} series have no sketch, and are missing`]),
      guarantee,
    ].join("\n"),
    code: count === 0 ? EXIT.noData : EXIT.ok,
  };
}

/** Benches that are unlike the others. */
export async function outliersCommand(
  metricType: string,
  figure: string,
  given: SeriesArguments & { readonly minRuns?: number },
): Promise<Answer> {
  using fleet = await readerOf(given);
  const { satellite: satelliteId, minRuns } = given;
  const answer = await fleet.outliers({
    ...{ ...filterOf(given), metricType, satelliteId, minRuns },
    figure: figureOf(figure),
  });
  const { outliers, benchCount, fewRunsCount, medianMs, scaleMs, undecided } =
    answer;
  return {
    json: {
      ...{ metric_type: metricType, figure, satellite_id: satelliteId ?? null },
      outliers: outliers.map((it) => ({
        ...{ bench_id: it.benchId, value_ms: it.valueMs },
        ...{ run_count: it.runCount, deviation: it.deviation },
      })),
      ...{ bench_count: benchCount, few_runs_count: fewRunsCount },
      ...{ median_ms: medianMs ?? null, scale_ms: scaleMs ?? null },
      ...{ threshold: answer.threshold ?? null, undecided: undecided ?? null },
    },
    text: [
      tableText(
        ["bench", figure, "runs", "scales off"],
        outliers.map(({ benchId, valueMs, runCount, deviation }) => [
          ...[benchId, valueMs, runCount, deviation],
        ]),
      ),
      undecided ?? `${outliers.length} of ${benchCount} benches are unlike ` +
          `the others, whose median is ${medianMs?.toPrecision(6)} ms`,
    ].join("\n"),
    code: benchCount === 0
      ? EXIT.noData
      : undecided === undefined
      ? EXIT.ok
      : EXIT.unknown,
  };
}

async function readerOf(given: ServerArguments): Promise<FleetReader> {
  return new FleetReader(await serversOf(given));
}

function filterOf(
  { since, until, bench: benchIds, label }: FilterArguments,
): RunFilter {
  return { since, until, benchIds, labels: label && labelsOf(label) };
}

/** Labels of `NAME=VALUE`. */
export function labelsOf(texts: readonly string[]): RunLabels {
  return Object.fromEntries(texts.map(labelOf));
}

function labelOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 0) throw new RangeError(`--label must be NAME=VALUE: ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function figureOf(text: string): FigureName {
  const figure = FIGURE_NAMES.find((it) => it === text);
  if (figure !== undefined) return figure;
  throw new RangeError(
    `The figure must be one of ${FIGURE_NAMES.join(", ")}: ${text}`,
  );
}
