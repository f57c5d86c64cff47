import type { ColumnsView } from "../../columns/measurement_columns.ts";
import { SLICE_VALUES, type Sliced } from "../../event_loop/sliced.ts";
import { CHAIN, joinChains, STAGES } from "./chain.ts";
import { figuresOf, type FigureValues, quantilesOf } from "./group_figures.ts";
import { groupRun } from "./grouped_run.ts";
import { inject, type Injection } from "./injection.ts";
import { JUDGED_FIGURES, type JudgedFigure } from "./judged_figure.ts";
import { profileRun } from "./run_profile.ts";

/** A metric type, or the chain, of a run: over all satellites, or of one. */
export interface GroupFigures {
  readonly count: number;
  /** What the samples are worth where neighbours are alike; at most `count`. */
  readonly effectiveCount: number;
  readonly values: FigureValues;
  /** Their natural logarithms. */
  readonly logs: FigureValues;
  /** Standard errors of the logarithms within the run, where asked for. */
  readonly logErrors: LogErrors | undefined;
  /** Further quantiles, by what was asked for, in milliseconds. */
  readonly quantilesMs: ReadonlyMap<number, number>;
}

/** By figure, the standard error of its logarithm, where there is one. */
export type LogErrors = { readonly [figure in JudgedFigure]?: number };

/** The groups of a metric type by satellite; `undefined` is all of them. */
export type GroupsOfType = ReadonlyMap<string | undefined, GroupFigures>;

/** What a run is judged by. */
export interface RunFigures {
  /** Groups of every metric type, and of the chain where there are any. */
  readonly groups: ReadonlyMap<string, GroupsOfType>;
  /** How much the run wavers; `undefined` for too few measurements. */
  readonly unrest: number | undefined;
}

/** What to find of a run. */
export interface RunFiguresOptions {
  /** Whether to find standard errors, too. */
  readonly withErrors?: boolean;
  /** Further quantiles to find, ascending, from 0 to 1. */
  readonly quantiles?: readonly number[];
  /** A slow-down to put into the run. */
  readonly injection?: Injection | undefined;
}

type Wanted = Omit<RunFiguresOptions, "injection">;

/** A satellite's part of an array of durations. */
interface Part {
  readonly satelliteId: string;
  readonly start: number;
  readonly end: number;
  /** What a sample is worth: 0 to 1. */
  readonly effectiveShare: number;
}

/** Half the width of a 95 % interval in standard errors. */
const ERRORS_95 = 1.96;

/**
 * The figures of every group of a run: time and memory are linear in its
 * measurements.
 */
export function* runFigures(
  columns: ColumnsView,
  { injection, ...wanted }: RunFiguresOptions = {},
): Sliced<RunFigures> {
  yield;
  const { series } = columns;
  const run = yield* groupRun(columns);
  if (injection !== undefined) yield* inject(run, series, injection);
  const profile = yield* profileRun(columns);
  // Before figures rearrange what they are made of.
  const chains = run.codesOfTypes.has(CHAIN)
    ? undefined
    : yield* joinChains(run, series);

  const groups = new Map<string, GroupsOfType>();
  for (const [metricType, codes] of run.codesOfTypes) {
    const parts: Part[] = codes.map((code) => ({
      satelliteId: series[code]!.satelliteId,
      start: run.starts[code]!,
      end: run.ends[code]!,
      effectiveShare: profile.effectiveOfSeries[code]!,
    })).filter(({ start, end }) => end > start);
    if (parts.length === 0) continue;
    const share = profile.effectiveOfTypes.get(metricType)!;
    groups.set(
      metricType,
      yield* groupsOf(run.durationsMs, parts, share, wanted),
    );
  }
  if (chains !== undefined && chains.ofSatellites.length > 0) {
    const parts: Part[] = chains.ofSatellites.map((it) => ({
      ...it,
      effectiveShare: leastShare(groups, it.satelliteId),
    }));
    const share = leastShare(groups, undefined);
    groups.set(
      CHAIN,
      yield* groupsOf(chains.durationsMs, parts, share, wanted),
    );
  }
  return { groups, unrest: profile.unrest };
}

/** The figures of parts that stand side by side, and of all of them. */
function* groupsOf(
  durationsMs: Float64Array,
  parts: readonly Part[],
  shareOfAll: number,
  wanted: Wanted,
): Sliced<GroupsOfType> {
  const ofSatellites: [string, GroupFigures][] = [];
  let effectiveCount = 0;
  for (const { satelliteId, start, end, effectiveShare } of parts) {
    const group = yield* groupOf(
      durationsMs,
      start,
      end,
      (end - start) * effectiveShare,
      wanted,
    );
    effectiveCount += group.effectiveCount;
    ofSatellites.push([satelliteId, group]);
  }
  const start = parts[0]!.start;
  const end = parts.at(-1)!.end;
  // Satellites that take turns look independent of their neighbours.
  const ofAll = Math.min((end - start) * shareOfAll, effectiveCount);
  const all = yield* groupOf(durationsMs, start, end, ofAll, wanted);
  return new Map<string | undefined, GroupFigures>([
    [undefined, all],
    ...ofSatellites,
  ]);
}

function* groupOf(
  durationsMs: Float64Array,
  start: number,
  end: number,
  effectiveCount: number,
  wanted: Wanted,
): Sliced<GroupFigures> {
  let sumMs = 0;
  let sumSquares = 0;
  for (let from = start; from < end; from += SLICE_VALUES) {
    const to = Math.min(end, from + SLICE_VALUES);
    for (let i = from; i < to; i++) {
      sumMs += durationsMs[i]!;
      sumSquares += durationsMs[i]! * durationsMs[i]!;
    }
    yield;
  }
  const values = yield* figuresOf(durationsMs, start, end, sumMs);
  const count = end - start;
  const quantiles = wanted.quantiles ?? [];
  const foundMs = yield* quantilesOf(durationsMs, start, end, quantiles);
  const logErrors = wanted.withErrors
    ? yield* errorsOf(durationsMs, start, end, effectiveCount, {
      ...values,
      meanSquare: sumSquares / count,
    })
    : undefined;
  const quantilesMs = new Map(quantiles.map((it, i) => [it, foundMs[i]!]));
  return {
    count,
    effectiveCount,
    values,
    logs: logsOf(values),
    logErrors,
    quantilesMs,
  };
}

function logsOf(values: FigureValues): FigureValues {
  const logs: Partial<Record<JudgedFigure, number>> = {};
  for (const { name } of JUDGED_FIGURES) logs[name] = Math.log(values[name]);
  return logs as FigureValues;
}

/**
 * Errors within a run: of the mean by its standard error, of quantiles by half
 * the distance of the ranks that hold it with 95 % (H. A. David and H. N.
 * Nagaraja, Order Statistics, 2003, 7.1), both at the effective count.
 */
function* errorsOf(
  durationsMs: Float64Array,
  start: number,
  end: number,
  effectiveCount: number,
  { mean, meanSquare }: FigureValues & { readonly meanSquare: number },
): Sliced<LogErrors> {
  const variance = Math.max(meanSquare - mean ** 2, 0);
  const errors: { [figure in JudgedFigure]?: number } = {
    mean: Math.sqrt(variance / effectiveCount) / mean,
  };
  for (const { name, quantile, fewestSamples } of JUDGED_FIGURES) {
    if (quantile === undefined || effectiveCount < fewestSamples) continue;
    const half = ERRORS_95 *
      Math.sqrt(quantile * (1 - quantile) / effectiveCount);
    const [low, high] = yield* quantilesOf(durationsMs, start, end, [
      Math.max(quantile - half, 0),
      Math.min(quantile + half, 1),
    ]);
    errors[name] = Math.log(high! / low!) / (2 * ERRORS_95);
  }
  return errors;
}

/** Chains are worth what the stage is worth that is worth least. */
function leastShare(
  stages: ReadonlyMap<string, GroupsOfType>,
  satelliteId: string | undefined,
): number {
  return Math.min(...STAGES.map((stage) => {
    const group = stages.get(stage)?.get(satelliteId);
    return group === undefined ? 1 : group.effectiveCount / group.count;
  }));
}
