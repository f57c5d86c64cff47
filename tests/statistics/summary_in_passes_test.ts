import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  MeasurementColumns,
  rowsInBlock,
} from "../../src/columns/measurement_columns.ts";
import type { RunStatistics } from "../../src/statistics/run_statistics.ts";
import { summarize } from "../../src/statistics/summarize.ts";
import {
  SummaryInPasses,
  type SummaryInPassesOptions,
} from "../../src/statistics/summary_in_passes.ts";
import { runAtOnce } from "../../src/event_loop/sliced.ts";
import { DISTRIBUTIONS, drawDurations } from "./_distributions.ts";

/** Deals durations out to series, in a fixed but irregular order. */
function columnsOf(
  durationsMs: readonly number[],
  seriesCount: number,
): MeasurementColumns {
  const columns = new MeasurementColumns();
  for (const [row, durationMs] of durationsMs.entries()) {
    const dealt = (Math.imul(row + 1, 0x9e3779b1) >>> 8) % seriesCount;
    const type = `type_${dealt % 3}`;
    const satellite = `SAT${Math.floor(dealt / 3)}`;
    const code = columns.findSeries(type, satellite) ??
      columns.addSeries(type, satellite);
    columns.append(0, code, durationMs, 0);
  }
  return columns;
}

/** The statistics, and how many passes it took to find them. */
function inPasses(
  columns: MeasurementColumns,
  options: SummaryInPassesOptions,
  sampleMs = Float64Array.from(
    { length: Math.min(columns.length, 300) },
    (_, row) => columns.blocks[0]!.durationsMs[row]!,
  ),
): { statistics: RunStatistics; passes: number } {
  const { series, length: rows } = columns;
  const summary = new SummaryInPasses({ series, rows, sampleMs }, options);
  runAtOnce(summary.begin());
  let passes = 0;
  do {
    passes++;
    for (const [index, block] of columns.blocks.entries()) {
      runAtOnce(summary.take(block, rowsInBlock(columns, index)));
    }
  } while (runAtOnce(summary.endPass()));
  return { statistics: runAtOnce(summary.statistics()), passes };
}

/** Compares figures by `Object.is`, and the order of keys and ids too. */
function assertSame(actual: RunStatistics, wanted: RunStatistics): void {
  assertEquals(actual, wanted);
  assertEquals(JSON.stringify(actual), JSON.stringify(wanted));
}

/** Much memory, little, and hardly any. */
const OPTIONS: readonly SummaryInPassesOptions[] = [
  {},
  { maxBins: 64, maxGathered: 100, maxLaterBins: 64 },
  { maxBins: 1, maxGathered: 0, maxLaterBins: 1 },
];

for (const distribution of Object.keys(DISTRIBUTIONS)) {
  Deno.test(`SummaryInPasses gives what summarize() gives, of durations that are ${distribution}`, () => {
    for (const rows of [1, 2, 255, 2000, 40_000]) {
      for (const seriesCount of [1, 4, 50]) {
        const durationsMs = drawDurations(distribution, rows, rows);
        const columns = columnsOf(durationsMs, seriesCount);
        const wanted = runAtOnce(summarize(columns));
        for (const options of OPTIONS) {
          assertSame(inPasses(columns, options).statistics, wanted);
        }
      }
    }
  });
}

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1, 1 + Number.EPSILON, 1 + 2 * Number.EPSILON, 5e-324, 1e308),
);

Deno.test("SummaryInPasses gives what summarize() gives, of any durations", () => {
  fc.assert(fc.property(
    fc.array(finite, { minLength: 1, maxLength: 400 }),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom(...OPTIONS),
    (durationsMs, seriesCount, options) => {
      // Of 0 and -0 either may be reported.
      const columns = columnsOf(durationsMs.map((ms) => ms + 0), seriesCount);
      assertSame(
        inPasses(columns, options).statistics,
        runAtOnce(summarize(columns)),
      );
    },
  ));
});

Deno.test("SummaryInPasses reports -0 where there is nothing else, and takes it for less than 0", () => {
  const only = columnsOf([-0, -0, -0], 1);
  const [, stats] = inPasses(only, {}).statistics.byType[0]!;
  assertEquals([stats.min_ms, stats.p50_ms, stats.max_ms], [-0, -0, -0]);
  for (const options of OPTIONS) {
    const both = columnsOf([0, 0, -0, 0, -0, 0, 0], 1);
    const [, ofBoth] = inPasses(both, options).statistics.byType[0]!;
    assertEquals([ofBoth.min_ms, ofBoth.p50_ms, ofBoth.max_ms], [-0, 0, 0]);
  }
});

Deno.test("SummaryInPasses takes two passes over durations that are spread out, and more over those that are not", () => {
  const rows = 40_000;
  const spread = columnsOf(drawDurations("normal", rows, 1), 4);
  assertEquals(inPasses(spread, { maxGathered: 4000 }).passes, 2);
  const constant = columnsOf(drawDurations("constant", rows, 1), 4);
  assertEquals(inPasses(constant, { maxGathered: 4000 }).passes, 1);
  const close = columnsOf(drawDurations("sameUpperHalf", rows, 1), 4);
  assertEquals(inPasses(close, { maxGathered: 4000 }).passes, 2);
  const { passes } = inPasses(close, { maxGathered: 4000, maxLaterBins: 40 });
  assert(passes > 2 && passes < 8, `${passes} passes`);
});

Deno.test("SummaryInPasses is exact whatever its sample says", () => {
  const columns = columnsOf(drawDurations("lognormal", 20_000, 3), 4);
  const wanted = runAtOnce(summarize(columns));
  for (const sample of [[], [1e300], [5e-324, 0, -1], [20, 20.1]]) {
    const sampleMs = Float64Array.from(sample);
    for (const options of OPTIONS) {
      assertSame(inPasses(columns, options, sampleMs).statistics, wanted);
    }
  }
});
