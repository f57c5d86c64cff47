import type { ColumnsView } from "../../columns/measurement_columns.ts";
import { SLICE_VALUES, type Sliced } from "../../work/sliced.ts";
import { CHAIN, type Chains, joinChains, STAGES } from "./chain.ts";
import { figuresOf, type FigureValues, quantilesOf } from "./group_figures.ts";
import { type GroupedRun, groupRun } from "./grouped_run.ts";
import { inject, type Injection } from "./injection.ts";
import { JUDGED_FIGURES, type JudgedFigure } from "./judged_figure.ts";
import { profileRun } from "./run_profile.ts";

/** A metric type, or the chain, of a run: over all satellites, or of one. */
export interface GroupFigures {
  readonly count: number;
  /** What the samples are worth where neighbours are alike; at most `count`. */
  readonly effectiveCount: number;
  readonly values: FigureValues;
  /** Standard errors of the logarithms within the run, where asked for. */
  readonly logErrors: Partial<Record<JudgedFigure, number>> | undefined;
}

/** The groups of a metric type by satellite; `undefined` is all of them. */
export type GroupsOfType = ReadonlyMap<string | undefined, GroupFigures>;

/** What a run is judged by. */
export interface RunFigures {
  /** Groups of every metric type, and of the chain where there are any. */
  readonly groups: ReadonlyMap<string, GroupsOfType>;
  /** See {@linkcode RunProfile.unrest}. */
  readonly unrest: number | undefined;
}

/** What to find of a run. */
export interface RunFiguresOptions {
  /** Whether to find standard errors, which takes half as long again. */
  readonly withErrors?: boolean;
  /** A slow-down to put into the run. */
  readonly injection?: Injection | undefined;
}

/** A part of an array of durations, and what its samples are worth. */
interface Part {
  readonly satelliteId: string | undefined;
  readonly start: number;
  readonly end: number;
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
  { withErrors = false, injection }: RunFiguresOptions = {},
): Sliced<RunFigures> {
  yield;
  const { series } = columns;
  const run = yield* groupRun(columns);
  if (injection !== undefined) yield* inject(run, series, injection);
  // Chains first: figures rearrange what they are made of.
  const chains = run.codesOfTypes.has(CHAIN)
    ? undefined
    : yield* joinChains(run, series);

  const groups = new Map<string, Map<string | undefined, GroupFigures>>();
  const drafts = new Map<number, Draft>();
  for (const code of series.keys()) {
    const [start, end] = [run.starts[code]!, run.ends[code]!];
    if (end === start) continue;
    drafts.set(code, yield* draftOf(run.durationsMs, start, end));
  }
  const profile = yield* profileRun(
    columns,
    [...series.keys()].map((code) => drafts.get(code)?.values.p50),
  );
  for (const [metricType, codes] of run.codesOfTypes) {
    const present = codes.filter((code) => drafts.has(code));
    if (present.length === 0) continue;
    const ofType = new Map<string | undefined, GroupFigures>();
    const start = run.starts[present[0]!]!;
    const end = run.ends[present.at(-1)!]!;
    // All comes first in the order of rows, but is made last: it rearranges.
    ofType.set(undefined, undefined!);
    let effective = 0;
    for (const code of present) {
      const part: Part = {
        satelliteId: series[code]!.satelliteId,
        start: run.starts[code]!,
        end: run.ends[code]!,
        effectiveShare: profile.effectiveOfSeries[code]!,
      };
      const group = yield* finish(run.durationsMs, part, drafts.get(code)!);
      effective += group.effectiveCount;
      ofType.set(part.satelliteId, group);
    }
    const all: Part = {
      satelliteId: undefined,
      start,
      end,
      // Satellites that take turns look independent of their neighbours.
      effectiveShare: Math.min(
        profile.effectiveOfTypes.get(metricType)!,
        effective / (end - start),
      ),
    };
    const draft = yield* draftOf(run.durationsMs, start, end);
    ofType.set(undefined, yield* finish(run.durationsMs, all, draft));
    groups.set(metricType, ofType);
  }
  if (chains !== undefined && chains.ofSatellites.length > 0) {
    groups.set(CHAIN, yield* chainGroups(chains, groups));
  }
  return { groups, unrest: profile.unrest };

  function* finish(
    durationsMs: Float64Array,
    { start, end, effectiveShare }: Part,
    { values, sumSquares }: Draft,
  ): Sliced<GroupFigures> {
    const count = end - start;
    const effectiveCount = count * effectiveShare;
    return {
      count,
      effectiveCount,
      values,
      logErrors: withErrors
        ? yield* errorsOf(durationsMs, start, end, effectiveCount, {
          values,
          sumSquares,
        })
        : undefined,
    };
  }

  function* chainGroups(
    { durationsMs, ofSatellites }: Chains,
    stages: ReadonlyMap<string, GroupsOfType>,
  ): Sliced<GroupsOfType> {
    const ofChain = new Map<string | undefined, GroupFigures>();
    ofChain.set(undefined, undefined!);
    for (const { satelliteId, start, end } of ofSatellites) {
      const part = {
        satelliteId,
        start,
        end,
        effectiveShare: leastShare(stages, satelliteId),
      };
      const draft = yield* draftOf(durationsMs, start, end);
      ofChain.set(satelliteId, yield* finish(durationsMs, part, draft));
    }
    const all = {
      satelliteId: undefined,
      start: 0,
      end: durationsMs.length,
      effectiveShare: leastShare(stages, undefined),
    };
    const draft = yield* draftOf(durationsMs, 0, durationsMs.length);
    ofChain.set(undefined, yield* finish(durationsMs, all, draft));
    return ofChain;
  }
}

/** Figures, and what errors need besides. */
interface Draft {
  readonly values: FigureValues;
  readonly sumSquares: number;
}

function* draftOf(
  durationsMs: Float64Array,
  start: number,
  end: number,
): Sliced<Draft> {
  let sumMs = 0;
  let sumSquares = 0;
  for (let from = start; from < end; from += SLICE_VALUES) {
    const to = Math.min(end, from + SLICE_VALUES);
    for (let i = from; i < to; i++) {
      const durationMs = durationsMs[i]!;
      sumMs += durationMs;
      sumSquares += durationMs * durationMs;
    }
    yield;
  }
  const values = yield* figuresOf(durationsMs, start, end, sumMs);
  return { values, sumSquares };
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
  { values, sumSquares }: Draft,
): Sliced<Partial<Record<JudgedFigure, number>>> {
  const count = end - start;
  const errors: Partial<Record<JudgedFigure, number>> = {};
  const variance = Math.max(sumSquares / count - values.mean ** 2, 0);
  errors.mean = Math.sqrt(variance / effectiveCount) / values.mean;
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
