/**
 * What the program ends with.
 *
 * | code | meaning |
 * |---|---|
 * | 0 | done; the gate passes |
 * | 1 | a regression, or over budget |
 * | 2 | wrong usage |
 * | 3 | the gate can't tell |
 * | 4 | no data, damaged data, or data that could not be read or written |
 */
export const ExitCode = {
  done: 0,
  regressed: 1,
  usage: 2,
  inconclusive: 3,
  data: 4,
} as const;

/** One of them. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];
