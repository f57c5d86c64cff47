import { RunStore } from "@astraguard/hil-metrics";
import { RunCatalog } from "@astraguard/hil-metrics/catalog";
import {
  assertEquals,
  assertGreater,
  assertRejects,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { tree, withResultsDir } from "../_results_dir.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";
import {
  assertFresh,
  collectorOf,
  fastStore,
  figuresByCatalog,
  figuresByListing,
  saveRun,
} from "./_runs.ts";

const SUMMARY = "latency_summary.json";

/** Hands a catalog of three runs to a test. */
async function withCatalog(
  test: (catalog: RunCatalog, resultsDir: string) => Promise<void>,
): Promise<void> {
  await withResultsDir(async (resultsDir) => {
    for (const [runId, durationMs] of [["a", 70], ["b", 80], ["c", 60]]) {
      await saveRun(resultsDir, runId as string, durationMs as number);
    }
    using catalog = RunCatalog.open(resultsDir);
    await catalog.refresh();
    await assertFresh(catalog);
    await test(catalog, resultsDir);
  });
}

/** Edits a summary in place, as another program would. */
async function editInPlace(
  resultsDir: string,
  runId: string,
  p95Ms: number,
): Promise<void> {
  const path = `${resultsDir}/${runId}/${SUMMARY}`;
  const summary = JSON.parse(await Deno.readTextFile(path));
  delete summary.summary_xxh32;
  delete summary.raw_csv;
  summary.stats.fault_detection.p95_ms = p95Ms;
  await Deno.writeTextFile(path, JSON.stringify(summary, null, 2));
}

/** What this package changes, each by a store that knows no catalog. */
const OWN_CHANGES: Record<string, (resultsDir: string) => Promise<unknown>> = {
  "a new run": (resultsDir) => saveRun(resultsDir, "d", 90),
  "an overwritten run": (resultsDir) => saveRun(resultsDir, "a", 90),
  "an overwritten run of the same size and time": async (resultsDir) => {
    const path = `${resultsDir}/a/${SUMMARY}`;
    const { mtime } = await Deno.stat(path);
    await saveRun(resultsDir, "a", 71);
    await Deno.utime(path, mtime!, mtime!);
  },
  "a deleted run": (resultsDir) => fastStore(resultsDir).run("a").deleteRun(),
  "a run deleted and saved again": async (resultsDir) => {
    await fastStore(resultsDir).run("a").deleteRun();
    await saveRun(resultsDir, "a", 91);
  },
  "a run saved with fsync": (resultsDir) =>
    new RunStore(resultsDir).run("d").saveLatencyStats(collectorOf(1)),
};

for (const [name, change] of Object.entries(OWN_CHANGES)) {
  Deno.test(`RunCatalog knows at once of ${name}`, () =>
    withCatalog(async (catalog, resultsDir) => {
      await change(resultsDir);
      const { freshness, figures } = await figuresByCatalog(catalog);
      assertEquals(["own", "fresh"].includes(freshness), true, freshness);
      assertEquals(figures, await figuresByListing(resultsDir));
      using other = RunCatalog.open(resultsDir);
      await other.refresh();
      await assertFresh(other);
      await assertFresh(catalog);
    }));
}

/** What others do to the directory. */
const OTHERS: Record<string, (resultsDir: string) => Promise<unknown>> = {
  "added a run": async (resultsDir) => {
    await Deno.mkdir(`${resultsDir}/d`);
    await Deno.copyFile(
      `${resultsDir}/a/${SUMMARY}`,
      `${resultsDir}/d/${SUMMARY}`,
    );
  },
  "removed a run": (resultsDir) =>
    Deno.remove(`${resultsDir}/b`, { recursive: true }),
  "renamed a run": (resultsDir) =>
    Deno.rename(`${resultsDir}/b`, `${resultsDir}/z`),
  "exchanged a run for another": async (resultsDir) => {
    await Deno.rename(`${resultsDir}/b`, `${resultsDir}/z`);
    await saveRun(resultsDir, "new");
  },
};

for (const [name, change] of Object.entries(OTHERS)) {
  Deno.test(`RunCatalog says that others may have ${name}, and finds it by refresh()`, () =>
    withCatalog(async (catalog, resultsDir) => {
      await change(resultsDir);
      assertEquals((await catalog.recentRuns()).freshness, "own");
      const store = new RunStore(resultsDir, { catalog });
      assertEquals(
        await store.recentRuns(),
        await new RunStore(resultsDir).recentRuns(),
      );
      await catalog.refresh();
      await assertFresh(catalog);
    }));
}

Deno.test("RunCatalog sees a summary come into a directory without one", () =>
  withCatalog(async (catalog, resultsDir) => {
    await Deno.mkdir(`${resultsDir}/d`);
    await catalog.refresh();
    await assertFresh(catalog);
    await Deno.copyFile(
      `${resultsDir}/a/${SUMMARY}`,
      `${resultsDir}/d/${SUMMARY}`,
    );
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog sees a damaged summary mended in place", () =>
  withCatalog(async (catalog, resultsDir) => {
    const path = `${resultsDir}/a/${SUMMARY}`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, "{");
    await catalog.refresh({ deep: true });
    await assertFresh(catalog);
    await Deno.writeTextFile(path, text);
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog.refresh() with deep finds an edit in place, and nothing less does", () =>
  withCatalog(async (catalog, resultsDir) => {
    await editInPlace(resultsDir, "b", 123);
    await catalog.refresh();
    assertEquals((await figuresByCatalog(catalog)).figures, [
      ["c", 60],
      ["b", 80],
      ["a", 70],
    ]);
    await catalog.refresh({ deep: true });
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog.history() with revalidate finds edits of the runs in the answer", () =>
  withCatalog(async (catalog, resultsDir) => {
    await editInPlace(resultsDir, "b", 123);
    const { figures } = await figuresByCatalog(catalog, { revalidate: true });
    assertEquals(figures, await figuresByListing(resultsDir));
    assertEquals(figures.some(([, p95Ms]) => p95Ms === 123), true);
  }));

Deno.test("RunCatalog finishes no commit, and follows it when somebody does", () =>
  withCatalog(async (catalog, resultsDir) => {
    await saveRun(resultsDir, "d", 99);
    await Deno.rename(`${resultsDir}/d`, `${resultsDir}/a/.commit`);
    await catalog.refresh({ deep: true });
    await assertFresh(catalog);
    await fastStore(resultsDir).run("a").getRunMetrics();
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog.history() gives a figure of the runs in a range, newest first", () =>
  withCatalog(async (catalog) => {
    const { rows } = await catalog.history({
      metricType: "fault_detection",
      figure: "max_ms",
      atLeastMs: 70,
      atMostMs: 80,
    });
    assertEquals(rows.map((it) => [it.runId, it.valueMs, it.count]), [
      ["b", 80, 1],
      ["a", 70, 1],
    ]);
  }));

Deno.test("RunCatalog.largestChanges() gives the runs that differ most from the one before", () =>
  withCatalog(async (catalog) => {
    const { rows } = await catalog.largestChanges({
      metricType: "fault_detection",
      figure: "mean_ms",
    });
    assertEquals(
      rows.map((it) => [it.runId, it.beforeRunId, it.change.toFixed(3)]),
      [["c", "b", "-0.250"], ["b", "a", "0.143"]],
    );
  }));

Deno.test("RunCatalog has nothing to say without a catalog, and makes none unless told", () =>
  withResultsDir(async (resultsDir) => {
    await saveRun(resultsDir, "a");
    using catalog = RunCatalog.open(resultsDir);
    assertEquals(await catalog.recentRuns(), { rows: [], freshness: "none" });
    const store = new RunStore(resultsDir, { catalog });
    assertEquals(await store.recentRuns(), ["a"]);
    assertEquals((await tree(resultsDir)).some((it) => it[1] === "c"), false);
  }));

Deno.test("RunCatalog.refresh() makes a catalog once when several ask for it", () =>
  withResultsDir(async (resultsDir) => {
    for (const runId of ["a", "b"]) await saveRun(resultsDir, runId);
    const catalogs = [1, 2, 3].map(() => RunCatalog.open(resultsDir));
    const refreshes = await Promise.all(catalogs.map((it) => it.refresh()));
    assertEquals(refreshes.filter((it) => it.isRebuilt).length, 1);
    for (const catalog of catalogs) {
      await assertFresh(catalog);
      catalog[Symbol.dispose]();
    }
  }));

Deno.test("RunCatalog leaves one file at rest, and no journal", () =>
  withCatalog(async (_, resultsDir) => {
    assertEquals(await tree(`${resultsDir}/.catalog`), [
      "catalog.sqlite",
      "changes",
      "seal",
    ]);
  }));

Deno.test("RunStore refuses the catalog of another directory", () =>
  withCatalog(async (catalog, resultsDir) => {
    assertThrows(
      () => new RunStore(`${resultsDir}/a`, { catalog }),
      RangeError,
      "catalog must be of",
    );
    await Promise.resolve();
  }));

/** Options of a wrong type or out of range. */
const WRONG: readonly [Record<string, unknown>, typeof TypeError][] = [
  [{ limit: -1 }, RangeError],
  [{ limit: "1" }, TypeError],
  [{ orderBy: "size" }, TypeError],
  [{ prefix: 1 }, TypeError],
  [{ since: 1 }, TypeError],
  [{ labels: { a: 1 } }, TypeError],
  [{ revalidate: 1 }, TypeError],
];

Deno.test("RunCatalog.recentRuns() refuses wrong options", () =>
  withCatalog(async (catalog) => {
    for (const [options, kind] of WRONG) {
      await assertRejects(() => catalog.recentRuns(options), kind);
    }
    await assertRejects(
      // deno-lint-ignore no-explicit-any
      () => catalog.history({ metricType: "x", figure: "p42_ms" as any }),
      TypeError,
    );
  }));

Deno.test("RunCatalog.refresh() gives way to others while it goes through runs", () =>
  withResultsDir(async (resultsDir) => {
    for (let i = 0; i < 100; i++) await saveRun(resultsDir, `run_${i}`);
    using catalog = RunCatalog.open(resultsDir);
    using counter = new TurnCounter();
    await catalog.refresh();
    assertGreater(counter.turns, 100);
    const before = counter.turns;
    await catalog.refresh({ deep: true });
    assertGreater(counter.turns - before, 100);
  }));

/** Ids whose order UTF-8 and UTF-16 do not agree on, and others. */
const runId = fc.constantFrom(
  ...["a", "ab", "a\u{10000}", "a\ue000", "a\uffff", "b"],
  ...["\u{10ffff}", "\u{10ffff}\uffff", "\uffff", "\u{1f600}"],
);

const step = fc.oneof(
  fc.record({ kind: fc.constant("save"), runId, value: fc.nat(5) }),
  fc.record({
    kind: fc.constantFrom("delete", "remove", "copy", "refresh"),
    runId,
    value: fc.nat(5),
  }),
);

const listing = fc.record({
  limit: fc.constantFrom(0, 1, 3, Infinity),
  orderBy: fc.constantFrom("mtime" as const, "name" as const),
  prefix: fc.constantFrom("", "a", "a\u{10000}", "\ud83d", "\u{10ffff}"),
  labels: fc.constantFrom({}, { parity: "0" }, { parity: "1", value: "3" }),
  since: fc.constantFrom(new Date(0), new Date(2_000)),
  until: fc.constantFrom(new Date(3_000), new Date(2 ** 42)),
});

Deno.test("RunStore.recentRuns() finds with a catalog what a listing finds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 8 }),
      fc.array(listing, { minLength: 3, maxLength: 6 }),
      (steps, listings) =>
        withResultsDir(async (resultsDir) => {
          using catalog = RunCatalog.open(resultsDir);
          await catalog.refresh();
          const store = new RunStore(resultsDir, { catalog });
          for (const { kind, runId, value } of steps) {
            const directory = `${resultsDir}/${runId}`;
            if (kind === "save") {
              await fastStore(resultsDir).run(runId).saveLatencyStats(
                collectorOf(value + 1),
                { labels: { parity: `${value % 2}`, value: `${value}` } },
              );
              await Deno.utime(`${directory}/${SUMMARY}`, value, value);
              await catalog.refresh({ deep: true });
            } else if (kind === "delete") {
              await fastStore(resultsDir).run(runId).deleteRun();
            } else if (kind === "remove") {
              await Deno.remove(directory, { recursive: true }).catch(() => {});
            } else if (kind === "copy") {
              await Deno.mkdir(`${resultsDir}/copy${value}`).catch(() => {});
              await Deno.copyFile(
                `${directory}/${SUMMARY}`,
                `${resultsDir}/copy${value}/${SUMMARY}`,
              ).catch(() => {});
              await catalog.refresh({ deep: true });
            } else await catalog.refresh();
            const options = listings[value % listings.length]!;
            assertEquals(
              await store.recentRuns(options),
              await new RunStore(resultsDir).recentRuns(options),
            );
          }
          for (const options of listings) {
            const wanted = await new RunStore(resultsDir).recentRuns(options);
            assertEquals(await store.recentRuns(options), wanted);
            const { rows } = await catalog.recentRuns(options);
            assertEquals(rows.map((it) => it.runId), wanted);
          }
          await catalog.refresh();
          await assertFresh(catalog);
        }),
    ),
    { numRuns: 25 },
  );
});
