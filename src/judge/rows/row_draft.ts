import type { Sliced } from "../../event_loop/sliced.ts";
import { CHAIN } from "../figures/chain.ts";
import type { GroupFigures, RunFigures } from "../figures/run_figures.ts";
import { medianOf } from "../centre_and_spread.ts";
import { JUDGED_FIGURES, type JudgedFigure } from "../figures/judged_figure.ts";
import type { RowName } from "./levels.ts";

/** The logarithms of a figure in baselines and candidates. */
export interface RowDraft extends RowName {
  /** Of the baselines that have it. */
  readonly baselines: Float64Array;
  /** Of the candidates that have it. */
  readonly candidates: Float64Array;
  /** Why it cannot be judged, if it cannot. */
  readonly refusal: string | undefined;
  /** Standard error of the change within two runs, where that is known. */
  readonly logErrorWithin: number | undefined;
}

/** A metric of a satellite, or of all, that candidates no longer have. */
export interface MissingGroup {
  readonly metricType: string;
  readonly satelliteId: string | undefined;
  /** Mean of its counts in the baselines. */
  readonly baselineCount: number;
  /** In how many baselines it is. */
  readonly measuredIn: number;
  /** In how many candidates it is missing. */
  readonly missingIn: number;
}

/** Rows, and what there are none for. */
export interface Drafts {
  readonly rows: readonly RowDraft[];
  readonly missing: readonly MissingGroup[];
}

/** Lines up the figures of runs. */
export function* draftRows(
  baselines: readonly RunFigures[],
  candidates: readonly RunFigures[],
): Sliced<Drafts> {
  const rows: RowDraft[] = [];
  const missing: MissingGroup[] = [];
  const runs = [...baselines, ...candidates];
  for (const metricType of metricTypesOf(runs)) {
    // What is missing as a whole is said once: all satellites come first.
    let isMissing = false;
    for (const satelliteId of satelliteIdsOf(metricType, runs)) {
      yield;
      const groupsOf = (of: readonly RunFigures[]) =>
        of.map(({ groups }) => groups.get(metricType)?.get(satelliteId))
          .filter((group) => group !== undefined);
      const before = groupsOf(baselines);
      const after = groupsOf(candidates);
      const measuredIn = before.length;
      const missingIn = candidates.length - after.length;
      if (isGone(measuredIn, baselines.length, after.length, missingIn)) {
        if (!isMissing) {
          isMissing = satelliteId === undefined;
          const count = before.reduce((sum, it) => sum + it.count, 0);
          const baselineCount = count / measuredIn;
          const group = { metricType, satelliteId, baselineCount };
          missing.push({ ...group, measuredIn, missingIn });
        }
        if (after.length === 0) continue;
      }
      const samples = [samplesOf(before), samplesOf(after)];
      for (const { name } of JUDGED_FIGURES) {
        const row = { metricType, satelliteId, figure: name };
        rows.push(draftRow(row, before, after, samples));
      }
    }
  }
  return { rows, missing };
}

/**
 * Whether candidates no longer measure what baselines did: a candidate misses
 * what every baseline has, or all of them what most baselines have.
 */
function isGone(
  measuredIn: number,
  baselines: number,
  candidatesWith: number,
  missingIn: number,
): boolean {
  if (measuredIn === 0 || missingIn === 0) return false;
  return measuredIn === baselines ||
    candidatesWith === 0 && 2 * measuredIn >= baselines;
}

/** Satellites of a metric type in any run; `undefined` is all of them. */
export function satelliteIdsOf(
  metricType: string,
  runs: readonly RunFigures[],
): Set<string | undefined> {
  return new Set(
    runs.flatMap(({ groups }) => [...groups.get(metricType)?.keys() ?? []]),
  );
}

/** All metric types in the order of their first measurement, the chain last. */
export function metricTypesOf(runs: readonly RunFigures[]): string[] {
  const found = new Set(runs.flatMap(({ groups }) => [...groups.keys()]));
  const hasChain = found.delete(CHAIN);
  return hasChain ? [...found, CHAIN] : [...found];
}

/** What the samples of runs come to: medians over the runs. */
export interface Samples {
  readonly effective: number;
  readonly measured: number;
}

/** The samples of a group in runs; NaN of none. */
export function samplesOf(groups: readonly GroupFigures[]): Samples {
  return {
    effective: medianOf(groups.map((it) => it.effectiveCount)),
    measured: medianOf(groups.map((it) => it.count)),
  };
}

/** Why a quantile of so few samples says nothing, if it does not. */
export function tooFewSamples(
  name: string,
  fewestSamples: number,
  { effective, measured }: Samples,
): string | undefined {
  if (!(effective < fewestSamples)) return undefined;
  const there = Math.floor(effective) < Math.floor(measured)
    ? `${Math.floor(effective)}, of ${Math.floor(measured)} measured`
    : `${Math.floor(effective)}`;
  return `${name} needs ${fewestSamples} effective samples a run; there are ${there}`;
}

function draftRow(
  name: RowName,
  before: readonly GroupFigures[],
  after: readonly GroupFigures[],
  samples: readonly Samples[],
): RowDraft {
  const { figure } = name;
  const baselines = logsOf(figure, before);
  const candidates = logsOf(figure, after);
  const { fewestSamples } = JUDGED_FIGURES.find((it) => it.name === figure)!;
  let refusal: string | undefined;
  if (before.length === 0) refusal = "no baseline has it";
  else if (after.length === 0) refusal = "no candidate has it";
  else if (
    !baselines.every(Number.isFinite) || !candidates.every(Number.isFinite)
  ) {
    refusal = "a value that is not above 0 has no ratio";
  } else {
    for (const it of samples) {
      refusal ??= tooFewSamples(figure, fewestSamples, it);
    }
  }
  const [errorBefore, errorAfter] = [before, after]
    .map(([group]) => group?.logErrors?.[figure]);
  const logErrorWithin = before.length === 1 && after.length === 1 &&
      errorBefore !== undefined && errorAfter !== undefined
    ? Math.hypot(errorBefore, errorAfter)
    : undefined;
  return { ...name, baselines, candidates, refusal, logErrorWithin };
}

function logsOf(
  figure: JudgedFigure,
  groups: readonly GroupFigures[],
): Float64Array {
  return Float64Array.from(groups, ({ logs }) => logs[figure]);
}
