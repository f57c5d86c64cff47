/**
 * A column of doubles to decimal text, many at a time.
 *
 * # Why the digits are right
 *
 * What is wanted is the decimal of fewest digits that reads back as the double
 * `x`, and the closest to `x` among those (Steele and White, "How to print
 * floating-point numbers accurately", 1990,
 * https://doi.org/10.1145/93542.93559).
 *
 * Let `2^-p` be the distance of neighbouring doubles around `x`, and
 * `x = whole + f / 2^p`. Every decimal closer to `x` than `2^-p / 2` reads back
 * as `x`, none further away does. With `k = ceil(p * log10(2))` decimals, that
 * interval is `2 * half` wide, where `half = 10^k / 2^(p+1)`, counted in units
 * of `10^-k`. As `2^p <= 10^k < 10 * 2^p`, `half` is in [0.5, 5), so
 *
 * - `k` decimals are enough: the nearest integer to `t = 10^k * f / 2^p` is at
 *   most 0.5 away;
 * - at most one multiple of ten is in the interval. If there is one, it is the
 *   only candidate with fewer than `k` decimals, and the shortest form of it
 *   is it without its trailing zeros. If not, the nearest integer to `t` has
 *   no trailing zero and wins.
 *
 * No decimal lies on the edge of the interval: `(2f ± 1) * 10^k / 2^(p+1)` is
 * no integer while `k <= p`. No integer but a whole `x` lies within, being a
 * double itself, so digits never carry into `whole`. Below a power of two
 * doubles are closer, but all that are fast here (1/16, 1/8, 1/4, 1/2 and
 * whole ones) are the multiple of ten itself, at distance 0.
 *
 * # Why doubles can compute it
 *
 * From 2^23 on, `k <= 9` and `f < 2^29`: the product `10^k * f / 2^p` has at
 * most 29 + 21 bits (`10^k = 2^k * 5^k`, and `5^9 < 2^21`), so `t` is exact.
 *
 * From 1/16 to 2^23, `10 <= k <= 17`. The first nine decimals are split off:
 * `10^9 * f / 2^p = nine + rest`. `rest` is a multiple of `2^(9-p)`, and
 * `p <= 56`, so whatever is below 2^5 is exact; both halves of the fraction
 * that `Math.fround` makes have few enough bits for exact products with 10^9
 * (24 + 21 and 29 + 21; Dekker, "A floating-point technique for extending the
 * available precision", 1971, https://doi.org/10.1007/BF01397083). `nine` may
 * be rounded up by one, and `rest` is then just below 0, which does no harm.
 * Only the last product, `rest * 10^(k-9) < 10^8 < 2^27`, is rounded, by at
 * most 2^-27 < 1e-8. Where `t` is that close to deciding otherwise, which
 * includes ties, and outside of these ranges, the runtime's own conversion
 * answers (the idea of Grisu3: Loitsch, "Printing floating-point numbers
 * quickly and accurately with integers", 2010,
 * https://doi.org/10.1145/1806596.1806623).
 *
 * @module
 */
import { writeDecimal } from "./decimal.ts";

/** How many decimals are formatted at a time: their texts fit the L1 cache. */
export const TEXTS = 256;

/**
 * A slot has the digits before the point, aligned to the right, in its first
 * 12 bytes, then the point and up to 18 decimals. A text of the runtime starts
 * at the start of its slot.
 */
const SLOT_BYTES = 32;

/** More than the rounding error of `t`, in units of the last decimal. */
const DOUBT = 1e-8;

/** ASCII zeros, to be or'ed with the digits of a triple. */
const ZEROS = 0x30303030;

/** The digits of 0 to 999 as three bytes, the first digit in the lowest. */
const TRIPLES = new Int32Array(1000);

/** By `p`: what makes the last digits from the rest of the fraction. */
const SCALES = new Float64Array(64);

/** By `p`: half the distance to the neighbouring doubles, in last decimals. */
const HALVES = new Float64Array(64);

/** By `p`: what moves the last digits to the left of nine places. */
const PLACES = new Int32Array(64);

/** Fills the tables: on first use, as it takes 0.2 ms. */
function fillTables(): void {
  for (let i = 0; i < 1000; i++) {
    TRIPLES[i] = i / 100 | (i / 10 | 0) % 10 << 8 | i % 10 << 16;
  }
  for (let p = 21; p <= 56; p++) {
    const k = Math.ceil(p * Math.log10(2));
    const lastDigits = k <= 9 ? k : k - 9;
    SCALES[p] = 10 ** lastDigits;
    HALVES[p] = 10 ** k / 2 ** (p + 1);
    PLACES[p] = 10 ** (9 - lastDigits);
  }
}

/** The last digits, with a zero at their end if one less will do; or -1. */
function chooseDigits(t: number, half: number): number {
  const ten = (t * 0.1 + 0.5 | 0) * 10;
  const distance = Math.abs(t - ten);
  if (distance < half - DOUBT) return ten;
  const nearest = t + 0.5 | 0;
  return distance > half + DOUBT && Math.abs(t - nearest) < 0.5 - DOUBT
    ? nearest
    : -1;
}

/** The offset after the last digit that is not zero of the triple before `at`. */
function trimZeros(triple: number, at: number): number {
  return at + 1 - (Math.clz32(triple) >>> 3);
}

/** The texts of up to `TEXTS` numbers. */
export class DecimalTexts {
  /** The texts; may be read up to 24 bytes from each start on. */
  readonly view: DataView<ArrayBuffer>;
  /** Offset at which each text starts. */
  readonly starts: Int32Array<ArrayBuffer> = new Int32Array(TEXTS);
  /** Offset after each text, which is at most 24 bytes long. */
  readonly ends: Int32Array<ArrayBuffer> = new Int32Array(TEXTS);

  #bytes = new Uint8Array(TEXTS * SLOT_BYTES + SLOT_BYTES);

  /** Makes room for the texts: 10 KiB. */
  constructor() {
    this.view = new DataView(this.#bytes.buffer);
    if (TRIPLES[1] === 0) fillTables();
  }

  /**
   * Formats `count` values from the index `from` on, as `spellDecimal` does.
   *
   * Note: a function that takes and returns one number costs twice as much; a
   * double that is handed to a call which isn't inlined goes to the heap.
   */
  write(values: Float64Array, from: number, count: number): void {
    const { view, starts, ends } = this;
    for (let i = 0; i < count; i++) {
      const value = values[from + i]!;
      const at = i * SLOT_BYTES;
      let whole = 0;
      let nine = 0;
      let last = 0;
      if (value >= 0.0625 && value < 0x800000) {
        whole = value | 0;
        const fraction = value - whole;
        const p = 25 + Math.clz32(value * 16 | 0);
        nine = fraction * 1e9 | 0;
        const head = Math.fround(fraction);
        const rest = (head * 1e9 - nine) + (fraction - head) * 1e9;
        const scale = SCALES[p]!;
        last = chooseDigits(rest * scale, HALVES[p]!);
        if (last === scale) {
          nine++;
          last = 0;
        } else if (last > 0) {
          last = Math.imul(last, PLACES[p]!);
        }
      } else if (value >= 0x800000 && value < 0x100000000) {
        // As an int32, to be read as a uint32: keeps `whole` an int32 for V8.
        whole = value | 0;
        const fraction = value - (whole >>> 0);
        const p = 21 + Math.clz32(whole);
        const digits = chooseDigits(fraction * SCALES[p]!, HALVES[p]!);
        last = digits >> 31;
        nine = Math.imul(digits, PLACES[p]!);
      } else {
        last = Object.is(value, 0) ? 0 : -1;
      }
      if (last < 0) {
        starts[i] = at;
        ends[i] = writeDecimal(value, this.#bytes, at);
        continue;
      }

      if (whole >= 0 && whole < 1000) {
        view.setInt32(at + 9, TRIPLES[whole]! | ZEROS, true);
        starts[i] = at + (whole > 99 ? 9 : whole > 9 ? 10 : 11);
      } else {
        const thousands = (whole >>> 0) / 1000 | 0;
        const millions = thousands / 1000 | 0;
        const billions = millions / 1000 | 0;
        const a = TRIPLES[millions - billions * 1000]!;
        const b = TRIPLES[thousands - millions * 1000]!;
        const c = TRIPLES[whole - Math.imul(thousands, 1000) | 0]!;
        view.setInt32(at, TRIPLES[billions]! | ZEROS, true);
        view.setInt32(at + 3, a | ZEROS, true);
        view.setInt32(at + 6, b | ZEROS, true);
        view.setInt32(at + 9, c | ZEROS, true);
        starts[i] = at +
          (billions > 0
            ? 2
            : millions > 0
            ? (millions > 99 ? 3 : millions > 9 ? 4 : 5)
            : thousands > 99
            ? 6
            : thousands > 9
            ? 7
            : 8);
      }

      const nineHead = nine / 1000 | 0;
      const n1 = nineHead / 1000 | 0;
      const a = TRIPLES[n1]!;
      view.setInt32(at + 12, a << 8 | 0x3030302e, true);
      if (last === 0 && nine === n1 * 1000000) {
        ends[i] = trimZeros(a | 1, at + 16);
        continue;
      }
      const b = TRIPLES[nineHead - n1 * 1000]!;
      const c = TRIPLES[nine - nineHead * 1000]!;
      view.setInt32(at + 16, b | ZEROS, true);
      view.setInt32(at + 19, c | ZEROS, true);
      if (last === 0) {
        ends[i] = c !== 0 ? trimZeros(c, at + 22) : trimZeros(b, at + 19);
        continue;
      }
      const lastHead = last / 1000 | 0;
      const l1 = lastHead / 1000 | 0;
      const d = TRIPLES[l1]!;
      const e = TRIPLES[lastHead - l1 * 1000]!;
      const f = TRIPLES[last - lastHead * 1000]!;
      view.setInt32(at + 22, d | ZEROS, true);
      view.setInt32(at + 25, e | ZEROS, true);
      view.setInt32(at + 28, f | ZEROS, true);
      ends[i] = f !== 0
        ? trimZeros(f, at + 31)
        : e !== 0
        ? trimZeros(e, at + 28)
        : trimZeros(d, at + 25);
    }
  }
}
