/**
 * By length of a history, what 98 % of unchanged ones whose neighbours
 * correlate by 0.3 stay below with their best split, and their best interval.
 * Made by `deno run bench/judge/critical_values.ts` of 20,000 histories each.
 */
const CRITICAL_VALUES: readonly (readonly [
  length: number,
  split: number,
  interval: number,
])[] = [
  [10, 3.93, 0.00],
  [12, 4.18, 0.00],
  [15, 4.34, 3.05],
  [20, 4.23, 4.24],
  [25, 4.14, 4.48],
  [30, 4.04, 4.61],
  [40, 3.91, 4.69],
  [50, 3.89, 4.65],
  [75, 3.73, 4.58],
  [100, 3.65, 4.55],
  [150, 3.58, 4.46],
  [200, 3.55, 4.46],
  [300, 3.53, 4.40],
  [500, 3.48, 4.42],
];

/** What the statistic of a split must exceed. */
export function splitCriticalValue(length: number): number {
  return interpolate(length, 1);
}

/** What the statistic of an interval must exceed. */
export function intervalCriticalValue(length: number): number {
  return interpolate(length, 2);
}

/** Straight lines between the lengths; beyond them, the value at the end. */
function interpolate(length: number, column: 1 | 2): number {
  const next = CRITICAL_VALUES.findIndex(([known]) => known >= length);
  if (next === -1) return CRITICAL_VALUES.at(-1)![column];
  const above = CRITICAL_VALUES[next]!;
  const below = CRITICAL_VALUES[Math.max(next - 1, 0)]!;
  const share = next === 0 ? 0 : (length - below[0]) / (above[0] - below[0]);
  return below[column] + share * (above[column] - below[column]);
}
