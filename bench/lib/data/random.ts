/** A source of numbers in [0, 1). */
export type Random = () => number;

/**
 * A seeded source of random numbers, the same everywhere.
 *
 * The generator is mulberry32 (Tommy Ettinger, 2017,
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c).
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * One draw from the normal distribution (G. E. P. Box and M. E. Muller, "A
 * Note on the Generation of Random Normal Deviates", 1958,
 * https://doi.org/10.1214/aoms/1177706645).
 */
export function normal(random: Random, mean: number, sd: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return mean + sd * radius * Math.cos(2 * Math.PI * random());
}
