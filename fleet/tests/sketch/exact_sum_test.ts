import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ExactSum } from "../../src/sketch/exact_sum.ts";

/** A double as an integer multiple of 2^-1074. */
function integerOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n & 0x7ffn;
  const mantissa = bits & (1n << 52n) - 1n;
  const magnitude = exponent === 0n
    ? mantissa
    : (mantissa | 1n << 52n) << exponent - 1n;
  return value < 0 ? -magnitude : magnitude;
}

/** The double next to an integer multiple of 2^-1074, ties to even. */
function doubleOf(sum: bigint): number {
  const magnitude = sum < 0n ? -sum : sum;
  const drop = Math.max(0, magnitude.toString(2).length - 53);
  const kept = magnitude >> BigInt(drop);
  const rest = magnitude - (kept << BigInt(drop));
  const half = drop > 0 ? 1n << BigInt(drop - 1) : 1n;
  const up = rest > half || rest === half && (kept & 1n) === 1n ? 1n : 0n;
  let value = Number(kept + up);
  for (let left = drop - 1074; left !== 0;) {
    const step = Math.max(-1000, Math.min(1000, left));
    value *= 2 ** step;
    left -= step;
  }
  return sum < 0n ? -value : value;
}

function sumOf(values: readonly number[]): ExactSum {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum;
}

const doubles = fc.array(fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(5e-324, -5e-324, 2 ** -1022, Number.MAX_VALUE),
));

Deno.test("ExactSum rounds as integers of any size do", () => {
  fc.assert(
    fc.property(doubles, (values) => {
      const wanted = values.reduce((sum, it) => sum + integerOf(it), 0n);
      assertEquals(sumOf(values).toNumber() + 0, doubleOf(wanted) + 0);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("ExactSum rounds half a unit to even, and what is a little more up", () => {
  for (const unit of [1, 2 ** -1000, 2 ** 900]) {
    const half = unit * 2 ** -53;
    assertEquals(sumOf([unit, half]).toNumber(), unit);
    assertEquals(
      sumOf([unit, half, 5e-324]).toNumber(),
      unit * (1 + Number.EPSILON),
    );
  }
});

Deno.test("ExactSum forgets what cancels", () => {
  assertEquals(sumOf([1e308, 0.1, -1e308]).toNumber(), 0.1);
  assertEquals(sumOf([0.1, -0.1]).digits().digits.length, 0);
  assertEquals(sumOf([-5e-324]).toNumber(), -5e-324);
});

Deno.test("ExactSum carries before a digit overflows", () => {
  const sum = new ExactSum();
  const value = 2 ** 53 - 1;
  for (let i = 0; i < 3_000_000; i++) sum.add(value);
  assertEquals(sum.toNumber(), doubleOf(3_000_000n * integerOf(value)));
});

Deno.test("ExactSum.addDigits() adds sums as if all had been added to one", () => {
  fc.assert(fc.property(doubles, doubles, (first, second) => {
    const sum = sumOf(first);
    sum.addDigits(sumOf(second).digits());
    assertEquals(sum.digits(), sumOf([...first, ...second]).digits());
  }));
});

Deno.test("ExactSum.toNumber() divides by a power of two what is beyond all doubles", () => {
  const sum = sumOf([Number.MAX_VALUE, Number.MAX_VALUE]);
  assertEquals(sum.toNumber(), Infinity);
  assertEquals(sum.toNumber(1), Number.MAX_VALUE);
});
