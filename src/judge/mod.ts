/**
 * Judges what has changed between runs: from the measurements of candidate and
 * baseline runs, with the error rates that it promises.
 *
 * {@linkcode judge} says what regressed, {@linkcode calibrate} learns the noise
 * of a bench from unchanged runs, {@linkcode selfTest} shows what a judgement
 * by given baselines would find, and {@linkcode changePoints} finds where a
 * history of runs changed. All of it is computed in memory and reads no file.
 *
 * @module
 */
export { calibrate } from "./calibrate.ts";
export type { JudgedFigure } from "./figures/judged_figure.ts";
export { judge, type JudgeOptions, judgeSync } from "./judge.ts";
export type { JudgedRun, RunToJudge } from "./judged_run.ts";
export type {
  Attribution,
  Judgement,
  JudgementRow,
  RatioInterval,
  RowVerdict,
  Verdict,
} from "./judgement.ts";
export type { NoiseDocument, NoiseRow } from "./noise.ts";
export {
  selfTest,
  type SelfTestOptions,
  type SelfTestReport,
  type SelfTestRow,
  type SlowDownKind,
} from "./self_test.ts";
export {
  type ChangePoint,
  changePoints,
  type ChangePointsOptions,
  type HistoryPoint,
} from "./trend/change_points.ts";
