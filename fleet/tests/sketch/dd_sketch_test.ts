import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { seededRandom } from "../../../bench/lib/data/random.ts";
import { quantileRank } from "../../../src/statistics/quantile.ts";
import { DDSketch } from "../../mod.ts";

const QUANTILES = [0, 1e-9, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1];

/** Half the distance of subnormal doubles. */
const HALF_SUBNORMAL = 2 ** -1075;

/** How far a sketch's quantile is off at the most, as a share of what it may be. */
function worstShare(values: readonly number[], sketch: DDSketch): number {
  const sorted = Float64Array.from(values).sort();
  let worst = 0;
  for (const q of QUANTILES) {
    const exact = sorted[quantileRank(sorted.length, q)]!;
    const off = Math.abs(sketch.quantile(q)! - exact);
    if (off === 0) continue;
    const isSubnormal = Math.abs(exact) < 2 ** -1022;
    const allowed = sketch.relativeError * Math.abs(exact);
    worst = Math.max(
      worst,
      isSubnormal ? (off - HALF_SUBNORMAL) / allowed : off / allowed,
    );
  }
  return worst;
}

/** Evenly spread in (0, 1), the same each time. */
function uniform(count: number): number[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, () => 1 - random());
}

const GAMMA = 1.005 / 0.995;

const ADVERSARIES: Readonly<Record<string, number[]>> = {
  "a Pareto distribution without a mean": uniform(20_000)
    .map((u) => u ** (-1 / 0.7)),
  "an exponential distribution": uniform(20_000).map((u) => -Math.log(u)),
  "two clusters far apart": uniform(10_000)
    .map((u, i) => i % 2 === 0 ? 1 + u / 1e6 : 1e9 + u),
  "a geometric series at the borders of buckets": Array.from(
    { length: 10_000 },
    (_, i) => GAMMA ** (i - 5000),
  ),
  "the doubles next to the borders of buckets": Array.from(
    { length: 10_000 },
    (_, i) => GAMMA ** (i - 5000) * (1 + (i % 3 - 1) * Number.EPSILON),
  ),
  "powers of two over all doubles": Array.from(
    { length: 2098 },
    (_, i) => 2 ** (i - 1074),
  ),
  "subnormal doubles": Array.from({ length: 5000 }, (_, i) => (i + 1) * 5e-324),
  "the greatest doubles": Array.from(
    { length: 100 },
    (_, i) => Number.MAX_VALUE * (1 - i / 1000),
  ),
  "1e308 beside 5e-324": [5e-324, 5e-324, 1e308, 1e308, 1.7e308],
  "alternating signs": uniform(9999).map((u, i) => (-1) ** i * u * 1e3),
  "zeros among negative and positive values": uniform(9999)
    .map((u, i) => i % 3 === 0 ? 0 : (-1) ** i * u),
  "negative values alone": uniform(9999).map((u) => -1 / u),
  "one value many times": new Array(1000).fill(75.2),
  "one value": [-12.5],
  "values that grow as they come": Array.from({ length: 9999 }, (_, i) => i),
};

for (const [name, values] of Object.entries(ADVERSARIES)) {
  Deno.test(`DDSketch.quantile() keeps its relative error for ${name}`, () => {
    for (const relativeError of [0.001, 0.005, 0.1]) {
      const sketch = DDSketch.of(values, relativeError);
      const worst = worstShare(values, sketch);
      assert(worst <= 1, `${worst} of ${relativeError}`);
    }
  });
}

Deno.test("DDSketch.quantile() uses what error it may have", () => {
  // Else buckets would be narrower than they need be.
  const worst = worstShare(
    ADVERSARIES["a geometric series at the borders of buckets"]!,
    DDSketch.of(ADVERSARIES["a geometric series at the borders of buckets"]!),
  );
  assert(worst > 0.9, `${worst}`);
});

const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true });
const durations = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const values = fc.oneof(
  fc.array(anyDouble, { minLength: 1 }),
  fc.array(durations, { minLength: 1, maxLength: 300 }),
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1 }),
);

Deno.test("DDSketch keeps its relative error, and the rest exact, for any values", () => {
  fc.assert(fc.property(values, (values) => {
    const sketch = DDSketch.of(values);
    const sorted = Float64Array.from(values).sort();
    assert(worstShare(values, sketch) <= 1);
    assertEquals(sketch.count, values.length);
    assertEquals(sketch.zeroCount, values.filter((it) => it === 0).length);
    assertEquals(sketch.min, sorted[0]);
    assertEquals(sketch.max, sorted.at(-1));
  }));
});

Deno.test("DDSketch.merge() gives the sketch of all values, to the byte, in any order and grouping", () => {
  fc.assert(fc.property(
    fc.array(values, { minLength: 3, maxLength: 3 }),
    ([a, b, c]) => {
      const whole = DDSketch.of([...a!, ...b!, ...c!]).encode();
      const of = (values: number[]) => DDSketch.of(values);
      const ways = [
        of(a!).merge(of(b!)).merge(of(c!)),
        of(a!).merge(of(b!).merge(of(c!))),
        of(c!).merge(of(a!)).merge(of(b!)),
        of([]).merge(of(c!.toReversed())).merge(of(b!)).merge(of(a!)),
        of(b!).mergeEncoded(of(a!).encode()).mergeEncoded(of(c!).encode()),
      ];
      for (const merged of ways) assertEquals(merged.encode(), whole);
    },
  ));
});

Deno.test("DDSketch.merge() of a sketch with itself doubles it", () => {
  const sketch = DDSketch.of([1, -2, 0]);
  assertEquals(
    sketch.merge(sketch).encode(),
    DDSketch.of([1, 1, -2, -2, 0, 0]).encode(),
  );
});

Deno.test("DDSketch without values has no figures", () => {
  const { count, sum, min, max, mean } = new DDSketch();
  assertEquals({ count, sum, min, max, mean }, {
    count: 0,
    sum: 0,
    min: undefined,
    max: undefined,
    mean: undefined,
  });
  assertEquals(new DDSketch().quantile(0.5), undefined);
  assertEquals(DDSketch.decode(new DDSketch().encode()).count, 0);
});

Deno.test("DDSketch.mean is finite where the sum is not", () => {
  const huge = DDSketch.of([1e308, 1.5e308, 1.7e308]);
  assertEquals(huge.sum, Infinity);
  assertEquals(huge.mean, 1.4e308);
});

Deno.test("DDSketch refuses what it cannot count, and counts nothing of it", () => {
  const sketch = DDSketch.of([1]);
  for (const value of [NaN, Infinity, -Infinity]) {
    assertThrows(() => sketch.add(value), RangeError, `${value}`);
  }
  for (const relativeError of [0, 0.0009, 0.11, NaN]) {
    assertThrows(() => new DDSketch(relativeError), RangeError, "0.001 to 0.1");
  }
  for (const q of [-0.1, 1.1, NaN]) {
    assertThrows(() => sketch.quantile(q), RangeError, "from 0 to 1");
  }
  assertThrows(
    () => sketch.merge(DDSketch.of([1], 0.01)),
    RangeError,
    "0.005 and 0.01",
  );
  assertEquals(sketch.encode(), DDSketch.of([1]).encode());
});

Deno.test("DDSketch.encode() takes less than the values, even those spread over all doubles", () => {
  const spread = Array.from({ length: 50_000 }, (_, i) => {
    const magnitude = Math.exp((i / 50_000 - 0.5) * 1400);
    return i % 2 === 0 ? magnitude : -magnitude;
  });
  const { length } = DDSketch.of(spread).encode();
  assert(length < 8 * spread.length / 2, `${length}`);
});
