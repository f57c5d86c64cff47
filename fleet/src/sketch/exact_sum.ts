const LIMB_BITS = 32;
const LIMB = 2 ** LIMB_BITS;

/** The exponent of the lowest bit of any double. */
const LOWEST_EXPONENT = -1074;

/** All bits of a double and, above them, room for 2^53 of the greatest. */
export const SUM_LIMBS = 70;

/** Additions, each below 2^34, that a limb holds until its carry must go. */
const MAX_PENDING = 2 ** 18;

/** Limbs that round to a double as all of them would, with a bit for the rest. */
const LEADING_LIMBS = 4;

/** A sum as it stands in a sketch. */
export interface SumDigits {
  readonly isNegative: boolean;
  /** The place of the first digit, in digits of 32 bits. */
  readonly from: number;
  /** From the least significant on; neither the first nor the last is 0. */
  readonly digits: Uint32Array;
}

/**
 * A sum of doubles without any rounding, so that it does not depend on their
 * order: a fixed-point number as wide as the range of doubles.
 *
 * Source: Radford M. Neal, Fast exact summation using small and large
 * superaccumulators, 2015, section 3, https://arxiv.org/abs/1505.05571
 */
export class ExactSum {
  /** Signed; once carried, all but the last are from 0 to 2^32 - 1. */
  readonly #limbs = new Float64Array(SUM_LIMBS);
  #pending = 0;
  readonly #value = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#value.buffer);

  /** Adds a finite number. */
  add(value: number): void {
    if (++this.#pending > MAX_PENDING) this.#carry();
    this.#value[0] = value;
    const lower = this.#halves[0]!;
    const exponent = this.#halves[1]! >>> 20 & 0x7ff;
    // What is subnormal has no implied bit, and the exponent of the least that is not.
    const upper = this.#halves[1]! & 0xfffff | (exponent === 0 ? 0 : 0x100000);
    const bit = exponent === 0 ? 0 : exponent - 1;
    const at = bit >>> 5;
    const shift = bit & 31;
    const sign = value < 0 ? -1 : 1;
    const limbs = this.#limbs;
    limbs[at]! += sign * (lower << shift >>> 0);
    limbs[at + 1]! += sign *
      ((lower >>> 1 >>> 31 - shift) + (upper << shift >>> 0));
    limbs[at + 2]! += sign * (upper >>> 1 >>> 31 - shift);
  }

  /** Adds what {@linkcode digits} gave. */
  addDigits({ isNegative, from, digits }: SumDigits): void {
    if (++this.#pending > MAX_PENDING) this.#carry();
    const sign = isNegative ? -1 : 1;
    for (let i = 0; i < digits.length; i++) {
      this.#limbs[from + i]! += sign * digits[i]!;
    }
  }

  /** The sum as sign and digits: the same for the same sum. */
  digits(): SumDigits {
    this.#carry();
    const isNegative = this.#limbs[SUM_LIMBS - 1]! < 0;
    const limbs = isNegative ? carried(this.#limbs.map((it) => -it)) : this
      .#limbs;
    const from = limbs.findIndex((it) => it !== 0);
    if (from < 0) return { isNegative, from: 0, digits: new Uint32Array() };
    const last = limbs.findLastIndex((it) => it !== 0);
    return {
      isNegative,
      from,
      digits: Uint32Array.from(limbs.subarray(from, last + 1)),
    };
  }

  /** The double next to the sum divided by 2^`shift`, infinite beyond the greatest. */
  toNumber(shift = 0): number {
    const { isNegative, from, digits } = this.digits();
    const rest = Math.max(0, digits.length - LEADING_LIMBS);
    let leading = 0n;
    for (const digit of digits.subarray(rest).toReversed()) {
      leading = leading << 32n | BigInt(digit);
    }
    // The first digit is not 0, so that what is left out is more than nothing.
    if (rest > 0) leading |= 1n;
    const exponent = (from + rest) * LIMB_BITS + LOWEST_EXPONENT - shift;
    const magnitude = scaled(Number(leading), exponent);
    return isNegative ? -magnitude : magnitude;
  }

  #carry(): void {
    carried(this.#limbs);
    this.#pending = 1;
  }
}

/** Lets every limb but the last be from 0 to 2^32 - 1. */
function carried(limbs: Float64Array): Float64Array {
  for (let at = 0; at < limbs.length - 1; at++) {
    const carry = Math.floor(limbs[at]! / LIMB);
    limbs[at]! -= carry * LIMB;
    limbs[at + 1]! += carry;
  }
  return limbs;
}

/** `value * 2^exponent`, whose power may itself be no double. */
function scaled(value: number, exponent: number): number {
  const first = Math.max(-1022, Math.min(1000, exponent));
  return value * 2 ** first * 2 ** (exponent - first);
}
