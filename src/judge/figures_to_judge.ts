import type { Budget } from "./budgets/budget.ts";
import type { JudgedFigure } from "./figures/judged_figure.ts";
import type { RunFigures } from "./figures/run_figures.ts";
import type { Noise } from "./noise.ts";

/** What is judged, and how. */
export interface FiguresToJudge {
  readonly baselines: readonly RunFigures[];
  readonly candidates: readonly RunFigures[];
  readonly budgets: readonly Budget[];
  readonly noise: Noise | undefined;
  /** Whether the calibration is old or of elsewhere. */
  readonly isNoiseDoubtful: boolean;
  /** Whether a candidate ended before its end. */
  readonly isIncomplete: boolean;
  /** What is to be known about the runs. */
  readonly warnings: readonly string[];
  readonly minChange: number;
  readonly margin: number;
  readonly gatingFigures: readonly JudgedFigure[];
}
