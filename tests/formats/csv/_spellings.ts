import { doubles, inverse, randomFrom } from "./decimal/_doubles.ts";

/** These digits with a point before the last `places`. */
function withPoint(digits: bigint, places: number): string {
  if (places === 0) return String(digits);
  const text = String(digits).padStart(places + 1, "0");
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}

/**
 * The middle of two neighbouring doubles, cut after some places and moved by
 * `steps` in the last: exact where there are enough places.
 *
 * The doubles have `binaryPlaces`, that is, are at least
 * `2^(52 - binaryPlaces)` and less than twice that.
 */
function aroundMiddle(
  mantissa: bigint,
  binaryPlaces: number,
  places: number,
  steps: number,
): string {
  const middle = 2n * mantissa + 1n;
  const scaled = middle * 10n ** BigInt(places) >> BigInt(binaryPlaces + 1);
  return withPoint(scaled > 0n ? scaled + BigInt(steps) : scaled, places);
}

/**
 * A decimal as close to the middle of two doubles as any with as many places
 * is, but for a few; `step`, which is odd, tells how close and on which side.
 */
function besideMiddle(
  mantissa: bigint,
  binaryPlaces: number,
  places: number,
  step: number,
): string {
  // digits * 2^(binaryPlaces + 1) - middle * 10^places is step * 2^places.
  const bits = binaryPlaces + 1 - places;
  const power = 5n ** BigInt(places);
  const solution = BigInt.asUintN(bits, -BigInt(step) * inverse(power, bits));
  const middle = (2n * mantissa + 1n >> BigInt(bits) << BigInt(bits)) +
    solution;
  return withPoint(middle * power + BigInt(step) >> BigInt(bits), places);
}

/**
 * Yields decimals in spellings that no program has to write, but may: too
 * many digits or too few, zeros around them, signs, exponents, and what is
 * next to where rounding turns. All are finite.
 */
export function* spellings(count: number, seed: number): Generator<string> {
  const random = randomFrom(seed);
  const below = (limit: number) => random() % limit;
  const zeros = () => "0".repeat(below(20));
  const digits = (most: number) => {
    let text = "";
    for (let left = 1 + below(most); left > 0; left -= 9) {
      text += String(1e9 + below(1e9)).slice(1, 1 + left);
    }
    return text;
  };
  const mantissa = () =>
    2n ** 52n + BigInt.asUintN(52, BigInt(random()) << 32n | BigInt(random()));

  const kinds: ((value: number) => string)[] = [
    String,
    (value) => value.toPrecision(1 + below(30)),
    (value) => value.toFixed(below(31)),
    (value) => value.toExponential(below(31)),
    (value) => value.toExponential(below(31)).replace("e+", "E"),
    (value) => {
      const text = String(Math.abs(value));
      if (text.includes("e")) return text;
      return zeros() + text + (text.includes(".") ? "" : ".0") + zeros();
    },
    () => digits(30),
    () => `${digits(20)}.${digits(30)}`,
    () => `${digits(4)}.${digits(18)}`,
    () => `${digits(10)}.${digits(10)}e${below(560) - 280}`,
    () => `0.${zeros()}${digits(18)}`,
    // From 2^-28 to 2^53, with up to two places more than the middle has.
    () => {
      const binaryPlaces = below(81);
      const places = below(binaryPlaces + 4);
      return aroundMiddle(mantissa(), binaryPlaces, places, below(3) - 1);
    },
    // From 1 to 2^31, with about as many places as such doubles have.
    () => {
      const binaryPlaces = 22 + below(31);
      const places = 8 + below(10);
      return aroundMiddle(mantissa(), binaryPlaces, places, below(3) - 1);
    },
    // Up to 18 digits: no more are read without the help of the runtime.
    () => {
      const places = 1 + below(21);
      const fewest = Math.ceil(53 - (18 - places) * Math.log2(10));
      const least = Math.max(places, fewest);
      const binaryPlaces = least + below(places + 53 - least);
      return besideMiddle(mantissa(), binaryPlaces, places, 2 * below(9) - 9);
    },
  ];
  for (const value of doubles(count, seed)) {
    const text = kinds[below(kinds.length)]!(value);
    if (!Number.isFinite(Number(text))) continue;
    yield below(16) > 0 || /^[+-]/.test(text)
      ? text
      : `${"+-"[below(2)]}${text}`;
  }
}
