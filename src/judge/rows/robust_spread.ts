/**
 * How the distance of the mean of the candidates from the median of the
 * baselines is distributed, in units of Qn: as `scale` times Student's t with
 * `freedom`. Fitted to two million draws of normal runs, three of them
 * candidates, for probabilities from 1e-2 to 5e-5 by
 * `tests/testdata/judge/robust_scale.py`. Odd and even counts differ, so that
 * nothing can be interpolated.
 */
export interface RobustScale {
  readonly freedom: number;
  readonly scale: number;
}

const SCALES: { readonly [baselines: number]: RobustScale } = {
  8: { freedom: 4.15, scale: 0.625 },
  9: { freedom: 4.28, scale: 0.835 },
  10: { freedom: 5.73, scale: 0.715 },
  11: { freedom: 5.62, scale: 0.869 },
  12: { freedom: 6.86, scale: 0.744 },
  13: { freedom: 7.24, scale: 0.908 },
  14: { freedom: 8.84, scale: 0.797 },
  15: { freedom: 8.67, scale: 0.921 },
  16: { freedom: 10.27, scale: 0.818 },
  17: { freedom: 9.42, scale: 0.91 },
  18: { freedom: 11.08, scale: 0.826 },
  19: { freedom: 11.48, scale: 0.934 },
  20: { freedom: 12.03, scale: 0.837 },
};

/** Candidates that the table was made for, and the fewest that it serves. */
const CANDIDATES = 3;

/** Makes Qn the standard deviation of normal values, for many of them. */
const CONSISTENCY = 2.2219;

/**
 * The scale for so many baselines and candidates; `undefined` where there is
 * none. For more candidates it is changed as the variance of a mean less a
 * median is, which keeps the error rate within a tenth.
 */
export function robustScale(
  baselines: number,
  candidates: number,
): RobustScale | undefined {
  const found = SCALES[baselines];
  if (found === undefined || candidates < CANDIDATES) return undefined;
  const inflation = (count: number) =>
    Math.sqrt(
      (1 / count + Math.PI / 2 / baselines) / (1 / count + 1 / baselines),
    );
  const scale = found.scale * inflation(candidates) / inflation(CANDIDATES);
  return { ...found, scale };
}

/**
 * The spread Qn of values, of which half may be anything: a low quantile of
 * the distances of all pairs.
 *
 * Source: P. J. Rousseeuw and C. Croux, Alternatives to the Median Absolute
 * Deviation, 1993, https://doi.org/10.1080/01621459.1993.10476408
 */
export function robustSpread(values: ArrayLike<number>): number {
  const count = values.length;
  const distances = new Float64Array(count * (count - 1) / 2);
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      distances[at++] = Math.abs(values[i]! - values[j]!);
    }
  }
  const half = (count >> 1) + 1;
  return CONSISTENCY * distances.sort()[half * (half - 1) / 2 - 1]!;
}
