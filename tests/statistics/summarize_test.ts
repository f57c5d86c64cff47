import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { MeasurementColumns } from "../../src/columns/measurement_columns.ts";
import type { RunMetrics } from "../../src/model/metrics.ts";
import { runAtOnce, type Sliced } from "../../src/event_loop/sliced.ts";
import { statsByBins } from "../../src/statistics/_stats_by_bins.ts";
import { statsBySorting } from "../../src/statistics/_stats_by_sorting.ts";
import type { RunStatistics } from "../../src/statistics/run_statistics.ts";
import { summarize } from "../../src/statistics/summarize.ts";
import { DISTRIBUTIONS, drawDurations } from "./_distributions.ts";
import type { NaiveMeasurement } from "./_naive_summarize.ts";
import { naiveSummarize } from "./_naive_summarize.ts";

function columnsOf(
  measurements: readonly NaiveMeasurement[],
): MeasurementColumns {
  const columns = new MeasurementColumns();
  for (const { metricType, satelliteId, durationMs } of measurements) {
    const code = columns.findSeries(metricType, satelliteId) ??
      columns.addSeries(metricType, satelliteId);
    columns.append(0, code, durationMs, 0);
  }
  return columns;
}

/** Deals durations out to the series, in a fixed but irregular order. */
function measurementsOf(
  durationsMs: readonly number[],
  typeCount: number,
  satelliteCount: number,
): NaiveMeasurement[] {
  return durationsMs.map((durationMs, row) => {
    const dealt = Math.imul(row + 1, 0x9e3779b1) >>> 8;
    return {
      metricType: `type_${dealt % typeCount}`,
      satelliteId: `SAT${Math.floor(dealt / typeCount) % satelliteCount}`,
      durationMs,
    };
  });
}

/** Compares figures by `Object.is`, and the order of keys and ids too. */
function assertSame(actual: RunStatistics, wanted: RunStatistics): void {
  assertEquals(actual, wanted);
  assertEquals(JSON.stringify(actual), JSON.stringify(wanted));
}

function slicesOf(work: Sliced<unknown>): number {
  let slices = 0;
  while (!work.next().done) slices++;
  return slices;
}

const RUNS = new URL("../testdata/astraguard-runs/", import.meta.url);

const ROWS = [1, 2, 255, 2000, 16_383, 16_384, 16_385, 40_000];

for (const form of [statsByBins, statsBySorting]) {
  const summaryOf = (
    measurements: readonly NaiveMeasurement[],
  ): RunStatistics =>
    runAtOnce(summarize(columnsOf(measurements).snapshot(), form));

  for (const distribution of Object.keys(DISTRIBUTIONS)) {
    Deno.test(`summarize() with ${form.name}() equals adding up and sorting: ${distribution}`, () => {
      for (const rows of ROWS) {
        const durationsMs = drawDurations(distribution, rows, rows);
        for (const [typeCount, satelliteCount] of [[1, 1], [3, 5]] as const) {
          const measurements = measurementsOf(
            durationsMs,
            typeCount,
            satelliteCount,
          );
          assertSame(summaryOf(measurements), naiveSummarize(measurements));
        }
      }
    });
  }

  Deno.test(`summarize() with ${form.name}() equals adding up and sorting for any doubles and series`, () => {
    const durationMs = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -3, max: 3 }),
    ).map((value) => value + 0);
    const id = fc.constantFrom("a", "", "7", "10", "__proto__", "toString");
    const measurement = fc.record({
      metricType: id,
      satelliteId: id,
      durationMs,
    });
    fc.assert(fc.property(fc.array(measurement), (measurements) => {
      assertSame(summaryOf(measurements), naiveSummarize(measurements));
    }));
  });

  Deno.test(`summarize() with ${form.name}() equals adding up and sorting for any run`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(DISTRIBUTIONS)),
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        (distribution, rows, seed, typeCount, satelliteCount) => {
          const measurements = measurementsOf(
            drawDurations(distribution, rows, seed),
            typeCount,
            satelliteCount,
          );
          assertSame(summaryOf(measurements), naiveSummarize(measurements));
        },
      ),
    );
  });

  Deno.test(`summarize() with ${form.name}() equals adding up and sorting for a few doubles among many that are equal`, () => {
    const duration = fc.double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => value + 0);
    fc.assert(fc.property(
      fc.array(duration, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 65, max: 3000 }),
      (durations, rows) => {
        const measurements = measurementsOf(
          Array.from(
            { length: rows },
            (_, row) => durations[row] ?? durations[0]!,
          ),
          1,
          1,
        );
        assertSame(summaryOf(measurements), naiveSummarize(measurements));
      },
    ));
  });

  Deno.test(`summarize() with ${form.name}() tells types of different scale apart`, () => {
    const shortMs = drawDurations("lognormal", 20_000, 1);
    const measurements = shortMs.map((durationMs, row): NaiveMeasurement => ({
      metricType: row % 3 === 0 ? "short" : "long",
      satelliteId: `SAT${row % 2}`,
      durationMs: row % 3 === 0 ? durationMs : 1e7 * durationMs,
    }));
    assertSame(summaryOf(measurements), naiveSummarize(measurements));
  });

  Deno.test(`summarize() with ${form.name}() handles thousands of series`, () => {
    const measurements = measurementsOf(
      drawDurations("lognormal", 40_000, 1),
      3,
      1000,
    );
    assertSame(summaryOf(measurements), naiveSummarize(measurements));
  });

  Deno.test(`summarize() with ${form.name}() accepts 0 and -0, which rank the same`, () => {
    const measurements = measurementsOf([0, -0, 0, -0, -1, 1, -0], 1, 1);
    const [[, stats]] = summaryOf(measurements).byType as [
      RunStatistics["byType"][0],
    ];
    assert(stats.p50_ms === 0);
    assertEquals([stats.min_ms, stats.max_ms, stats.mean_ms], [-1, 1, 0]);
  });

  Deno.test(`summarize() with ${form.name}() of no rows is empty`, () => {
    assertEquals(summaryOf([]), { byType: [], bySatellite: [] });
  });

  Deno.test(`summarize() with ${form.name}() leaves out a series without measurements`, () => {
    const columns = new MeasurementColumns();
    columns.addSeries("unused", "SAT1");
    columns.append(0, columns.addSeries("used", "SAT1"), 5, 0);
    columns.addSeries("used", "SAT2");
    const { byType, bySatellite } = runAtOnce(
      summarize(columns.snapshot(), form),
    );
    assertEquals(byType.map(([type]) => type), ["used"]);
    assertEquals(
      bySatellite.map(([satellite, types]) => [satellite, types.length]),
      [["SAT1", 1]],
    );
  });

  Deno.test(`summarize() with ${form.name}() does not see rows appended after the snapshot`, () => {
    const columns = columnsOf(measurementsOf([1, 2, 3], 1, 1));
    const work = summarize(columns.snapshot(), form);
    columns.append(0, 0, 1000, 0);
    assertEquals(runAtOnce(work).byType[0]![1].max_ms, 3);
  });

  Deno.test(`summarize() with ${form.name}() yields once in 1,024 rows of both passes`, () => {
    const rows = 100_000;
    const columns = columnsOf(
      measurementsOf(drawDurations("lognormal", rows, 1), 1, 1),
    );
    const slices = slicesOf(summarize(columns.snapshot(), form));
    assert(slices >= 2 * rows / 1024, `${slices} slices`);
  });

  Deno.test(`summarize() with ${form.name}() yields after each series and type`, () => {
    const count = 300;
    for (
      const [typeCount, satelliteCount] of [[1, count], [count, 1]] as const
    ) {
      const columns = columnsOf(
        measurementsOf(
          drawDurations("normal", 30_000, 1),
          typeCount,
          satelliteCount,
        ),
      );
      // When it is summarized and made a document; with bins also when it is
      // merged from its series (as often as it has some) and located.
      const perSeries = form === statsByBins ? 5 : 2;
      const perType = form === statsByBins ? 3 : 2;
      const slices = slicesOf(summarize(columns.snapshot(), form));
      const wanted = perSeries * count + perType * typeCount;
      assert(slices >= wanted, `${slices} slices, not ${wanted}`);
    }
  });

  for (
    const runId of [
      "nominal_formation_001",
      "nominal_formation_002",
      "nominal_formation_003_slow_decision",
      "thermal_cascade_001",
    ]
  ) {
    Deno.test(`summarize() with ${form.name}() gives the Python original's numbers: ${runId}`, async () => {
      const csv = await Deno.readTextFile(
        new URL(`${runId}/latency_raw.csv`, RUNS),
      );
      const measurements = csv.trimEnd().split("\r\n").slice(1).map((line) => {
        const [, metricType, satelliteId, durationMs] = line.split(",");
        return {
          metricType: metricType!,
          satelliteId: satelliteId!,
          durationMs: Number(durationMs),
        };
      });
      const wanted: RunMetrics = JSON.parse(
        await Deno.readTextFile(new URL(`${runId}/latency_summary.json`, RUNS)),
      );
      const { byType, bySatellite } = summaryOf(measurements);
      assertEquals(
        JSON.stringify(byType),
        JSON.stringify(Object.entries(wanted.stats)),
      );
      const withoutAdditions = bySatellite.map(([satelliteId, types]) => [
        satelliteId,
        types.map((
          [type, { p99_ms: _p99, min_ms: _min, ...stats }],
        ) => [type, stats]),
      ]);
      assertEquals(
        JSON.stringify(withoutAdditions),
        JSON.stringify(
          Object.entries(wanted.stats_by_satellite).map((
            [satelliteId, types],
          ) => [
            satelliteId,
            Object.entries(types!),
          ]),
        ),
      );
    });
  }
}

Deno.test("summarize() sorts few rows", () => {
  for (
    const [rows, form] of [[1000, statsBySorting], [1001, statsByBins]] as const
  ) {
    const columns = columnsOf(
      measurementsOf(drawDurations("normal", rows, 1), 3, 5),
    ).snapshot();
    // How often each yields tells them apart.
    assertEquals(
      slicesOf(summarize(columns)),
      slicesOf(summarize(columns, form)),
      `${rows} rows`,
    );
  }
});
