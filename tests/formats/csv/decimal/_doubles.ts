/** A small generator of random numbers with a seed (Mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t ^= t + Math.imul(t ^ t >>> 7, 61 | t);
    return (t ^ t >>> 14) >>> 0;
  };
}

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/** The double with these bits, moved by some neighbours. */
function neighbour(value: number, steps: number): number {
  double[0] = value;
  const bits = (BigInt(words[1]!) << 32n | BigInt(words[0]!)) + BigInt(steps);
  words[0] = Number(bits & 0xffffffffn);
  words[1] = Number(bits >> 32n & 0xffffffffn);
  return double[0]!;
}

/** The number that gives 1 when multiplied by `odd`, modulo `2^bits`. */
export function inverse(odd: bigint, bits: number): bigint {
  let result = odd;
  for (let i = 0; i < 6; i++) {
    result = BigInt.asUintN(bits, result * (2n - odd * result));
  }
  return result;
}

/**
 * A double with `p` binary places whose `k`-th decimal (see the kernel) is as
 * close to a change as is possible, up to `step` (odd where `edge` is set):
 * between two decimals, or at the edge of what reads back as the double.
 */
function hardDouble(
  p: number,
  step: number,
  edge: boolean,
  random: () => number,
): number {
  const k = Math.ceil(p * Math.log10(2));
  const bits = edge ? p + 2 - k : p - k;
  // Edge: (2f + 1) * 10^k / 2^(p+1) is nearly a multiple of ten.
  // Else: f * 10^k / 2^p is nearly an integer and a half.
  const residue = BigInt(step) + (edge ? 0n : 1n << BigInt(bits - 1));
  const power = 5n ** BigInt(edge ? k - 1 : k);
  const solution = BigInt.asUintN(bits, residue * inverse(power, bits));
  const more = BigInt(random()) << 32n | BigInt(random());
  const all = solution + (more << BigInt(bits));
  const f = BigInt.asUintN(52, edge ? all >> 1n : all);
  return Number(2n ** 52n + f) / 2 ** p;
}

/** Yields doubles of every kind that formatting treats in its own way. */
export function* doubles(count: number, seed: number): Generator<number> {
  const random = randomFrom(seed);
  const unit = () => (random() * 2 ** 21 + (random() >>> 11)) / 2 ** 53;
  const below = (limit: number) => Math.floor(unit() * limit);
  const finiteBits = () => {
    do {
      words[0] = random();
      words[1] = random();
    } while (!Number.isFinite(double[0]));
    return double[0]!;
  };
  const kinds: (() => number)[] = [
    finiteBits,
    // Any bits, in the range that has a kernel of its own, and around it.
    () => 2 ** (below(40) - 6) * (1 + unit()),
    // A realistic duration: normal, by Box and Muller.
    () =>
      100 +
      20 * Math.sqrt(-2 * Math.log(1 - unit())) *
        Math.cos(2 * Math.PI * unit()),
    // Timestamps: any double, to the microsecond, to 100 nanoseconds.
    () => 1.7e9 + unit() * 1e8,
    () => (17e14 + below(1e14)) / 1e6,
    () => (17e15 + below(1e15)) / 1e7,
    () => below(10 ** (1 + below(15))) / 10 ** below(18),
    () => below(1e6) / 10,
    () => neighbour(2 ** (below(2098) - 1074), below(5) - 2),
    () => neighbour(Number(`1e${below(632) - 323}`), below(5) - 2),
    () => neighbour(below(10 ** (1 + below(10))), below(7) - 3),
    // Few bits: exact ties between two decimals are among them.
    () => 2 ** (21 + below(11)) + below(2 ** 12) / 2 ** (1 + below(12)),
    () => hardDouble(21 + below(36), 2 * below(50) - 49, true, random),
    () => hardDouble(21 + below(36), below(99) - 49, false, random),
    () => Number.MIN_VALUE * below(2 ** (1 + below(52))),
    () => below(2 ** 53) * 2 ** below(4),
  ];
  let given = 0;
  for (let i = 0; given < count; i++) {
    const value = kinds[i % kinds.length]!();
    // A neighbour of the largest may be infinite.
    if (!Number.isFinite(value)) continue;
    yield random() % 16 === 0 ? -value : value;
    given++;
  }
}

/** The bits of a double in hexadecimal. */
export function bitsOf(value: number): string {
  double[0] = value;
  return [words[1]!, words[0]!]
    .map((word) => word.toString(16).padStart(8, "0")).join("");
}
