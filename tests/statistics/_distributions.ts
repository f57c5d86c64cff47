/** Numbers in [0, 1): mulberry32, by Tommy Ettinger, 2017, public domain. */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

type Draw = (next: () => number, row: number) => number;

/** Durations in milliseconds as benches see them, and as nobody should. */
export const DISTRIBUTIONS: Readonly<Record<string, Draw>> = {
  normal: (next) => 100 + 20 * normal(next),
  lognormal: (next) => Math.exp(3 + normal(next)),
  constant: () => 0.1,
  twoValues: (next) => next() < 0.6 ? 100.1 : 100.2,
  wholeMs: (next) => 5 + Math.round(Math.abs(3 * normal(next))),
  timeouts: (next) => next() < 0.01 ? 30_000 * (1 + next()) : 0.7,
  oneHuge: (next, row) => row === 7 ? 1e300 : 100 + normal(next),
  oneOpposite: (_next, row) => row === 7 ? -3 : 100,
  oppositeHuge: (_next, row) => row === 7 ? 1e308 : -1 - (row % 5) * 2 ** -20,
  everyExponent: (next) => 10 ** (600 * next() - 300),
  bothSigns: (next) => normal(next),
  negative: (next) => -Math.exp(normal(next)),
  clusters: (next) => 1000 * Math.floor(3 * next()) + 1e-9 * next(),
  sameUpperHalf: (next) => 1 + Math.floor(1000 * next()) * 2 ** -52,
  sorted: (_next, row) => 0.001 * row,
  reversed: (_next, row) => 1e6 - 0.001 * row,
  periodic: (_next, row) => row % 618,
  mostlyZero: (next) => next() < 0.9 ? 0 : next(),
};

/** The same durations for the same seed. */
export function drawDurations(
  distribution: string,
  rows: number,
  seed: number,
): number[] {
  const next = uniform(seed);
  const draw = DISTRIBUTIONS[distribution]!;
  return Array.from({ length: rows }, (_, row) => draw(next, row));
}
