import type { SampleGroup } from "../figures/metric_figures.ts";
import { canTell, type SampleFigure } from "../figures/run_sample.ts";
import { type Shift, shiftOf } from "../figures/shift.ts";

/** By how much a figure differs, and how surely where that can be told. */
export interface ShownShift extends Pick<Shift, "change"> {
  readonly interval: Shift["interval"] | undefined;
}

/** The shift between two groups; `undefined` where one has no such runs. */
export function shiftBetween(
  [baselines, candidates]: readonly SampleGroup[],
  figure: SampleFigure,
): ShownShift | undefined {
  if (!baselines?.runs.length || !candidates?.runs.length) return undefined;
  const shift = shiftOf(baselines.runs, candidates.runs, figure);
  if (shift === undefined) return undefined;
  const runs = [...baselines.runs, ...candidates.runs];
  return canTell(runs, figure)
    ? shift
    : { change: shift.change, interval: undefined };
}
