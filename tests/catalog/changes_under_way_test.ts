import type { RunStore } from "@astraguard/hil-metrics";
import { RunCatalog } from "@astraguard/hil-metrics/catalog";
import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
} from "@std/assert";
import { catalogPaths } from "../../src/catalog/_catalog_paths.ts";
import { CatalogDatabase } from "../../src/catalog/_database.ts";
import { catalogOver } from "../../src/catalog/run_catalog.ts";
import { systemFiles } from "../../src/disk/file_operations.ts";
import { storeOn, systemFilesWith } from "../_storage_on.ts";
import { withResultsDir } from "../_results_dir.ts";
import {
  assertFresh,
  collectorOf,
  fastStore,
  figuresByCatalog,
  figuresByListing,
  saveRun,
} from "./_runs.ts";

/** Saves run "a" from memory, as a stream, or in a batch with run "b". */
const SAVES: Record<string, (store: RunStore) => Promise<unknown>> = {
  save: (store) => store.run("a").saveLatencyStats(collectorOf(99)),
  stream: async (store) => {
    await using writer = await store.openRun("a");
    await writer.append(collectorOf(99));
    await writer.close();
  },
  batch: (store) =>
    store.saveRuns([
      { runId: "a", collector: collectorOf(99) },
      { runId: "b", collector: collectorOf(98) },
    ]),
};

/** A save of run "a" that waits before its commit until it is let go. */
function heldSave(resultsDir: string, save = SAVES.save!) {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const files = systemFilesWith({
    rename: async (from, to) => {
      if (/\/\.commit$|\/\.batches\/[^/]*$/.test(String(to))) {
        reached.resolve();
        await gate.promise;
      }
      await systemFiles().rename(from, to);
    },
  });
  const saving = save(storeOn(files, resultsDir, { durability: "none" }));
  return {
    saving,
    reached: reached.promise,
    letGo: gate.resolve,
    fail: () => gate.reject(new Deno.errors.NotADirectory("as told")),
  };
}

Deno.test("RunCatalog.refresh() waits for changes that began before there was a log", () =>
  withResultsDir(async (resultsDir) => {
    await saveRun(resultsDir, "a", 1);
    const { saving, reached, letGo } = heldSave(resultsDir);
    await reached;
    using catalog = RunCatalog.open(resultsDir);
    const refreshing = catalog.refresh();
    await Promise.race([
      refreshing,
      new Promise((resolve) => setTimeout(resolve, 200)),
    ]);
    letGo();
    await Promise.all([saving, refreshing]);
    assertEquals((await figuresByCatalog(catalog)).figures, [["a", 99]]);
  }));

for (const [kind, save] of Object.entries(SAVES)) {
  Deno.test(`RunCatalog looks at a run each time while a ${kind} is changing it`, () =>
    withResultsDir(async (resultsDir) => {
      await saveRun(resultsDir, "a", 1);
      using catalog = RunCatalog.open(resultsDir);
      await catalog.refresh();
      const { saving, reached, letGo } = heldSave(resultsDir, save);
      await reached;
      for (let i = 0; i < 3; i++) {
        const { figures, freshness } = await figuresByCatalog(catalog);
        assertEquals(figures, [["a", 1]]);
        assert(freshness !== "stale" && freshness !== "none");
      }
      letGo();
      await saving;
      const { figures } = await figuresByCatalog(catalog);
      assertEquals(figures, await figuresByListing(resultsDir));
      assertEquals(new Map(figures).get("a"), 99);
      await catalog.refresh();
      await assertFresh(catalog);
    }));
}

Deno.test("RunCatalog forgets a change that came to nothing", () =>
  withResultsDir(async (resultsDir) => {
    await saveRun(resultsDir, "a", 1);
    using catalog = RunCatalog.open(resultsDir);
    await catalog.refresh();
    const { saving, reached, fail } = heldSave(resultsDir);
    await reached;
    await catalog.recentRuns();
    const open = () => {
      const { database } = catalogPaths(resultsDir);
      using db = new CatalogDatabase(database, true);
      return db.all("select * from open_changes").length;
    };
    assertEquals(open(), 1);
    fail();
    await assertRejects(() => saving);
    assertEquals((await figuresByCatalog(catalog)).figures, [["a", 1]]);
    assertEquals(open(), 0);
  }));

Deno.test("RunCatalog.refresh() with deep reads again what was too young to show a later change", () =>
  withResultsDir(async (resultsDir) => {
    const path = `${resultsDir}/a/latency_summary.json`;
    await saveRun(resultsDir, "a", 71);
    using catalog = RunCatalog.open(resultsDir);
    await Deno.utime(path, new Date(), new Date());
    const { atime, mtime } = await Deno.stat(path);
    await catalog.refresh();
    const text = await Deno.readTextFile(path);
    const edited = text.replace(/,\n *"summary_xxh32": "\w+"/, "")
      .replaceAll("71.0", "72.0").padEnd(text.length);
    await Deno.writeTextFile(path, edited);
    await Deno.utime(path, atime!, mtime!);
    await catalog.refresh({ deep: true });
    assertEquals((await figuresByCatalog(catalog)).figures, [["a", 72]]);
  }));

Deno.test("RunCatalog syncs what has changed before it says that it knows of it", () =>
  withResultsDir(async (resultsDir) => {
    const events: string[] = [];
    const noted = (file: Deno.FsFile, path: string) => {
      const at = path.slice(resultsDir.length);
      for (const name of ["sync", "syncData", "write"] as const) {
        const call = file[name].bind(file) as (
          it: Uint8Array,
        ) => Promise<number>;
        Object.assign(file, {
          [name]: (bytes: Uint8Array) => {
            events.push(`${name} ${at}`);
            return call(bytes);
          },
        });
      }
      return file;
    };
    const files = systemFilesWith({
      open: async (path, options) =>
        noted(await systemFiles().open(path, options), String(path)),
      openSync: (path, options) =>
        noted(systemFiles().openSync(path, options), String(path)),
    });
    using catalog = catalogOver(catalogPaths(resultsDir), files);
    await catalog.refresh();
    await saveRun(resultsDir, "a", 1);
    events.length = 0;
    await catalog.recentRuns();
    const broken = events.indexOf("write /.catalog/seal");
    assertGreater(broken, 0);
    assertEquals(events.slice(0, broken).sort(), [
      "sync ",
      "sync /.catalog/changes",
      "sync /a",
    ]);
    assertEquals(events.slice(broken), [
      "write /.catalog/seal",
      "syncData /.catalog/seal",
      "syncData /.catalog/catalog.sqlite",
      "write /.catalog/seal",
    ]);
  }));

Deno.test("RunCatalog never answers with a part of a run", () =>
  withResultsDir(async (resultsDir) => {
    const collector = collectorOf(1);
    for (let i = 0; i < 300; i++) {
      collector.record({
        ...{ metricType: `type_${i}`, satelliteId: "SAT1" },
        ...{ durationMs: 1, scenarioTimeS: 1 },
      });
    }
    const storage = fastStore(resultsDir).run("a");
    await storage.saveLatencyStats(collector);
    using catalog = RunCatalog.open(resultsDir);
    using other = RunCatalog.open(resultsDir);
    await catalog.refresh();
    const path = `${resultsDir}/a/latency_summary.json`;
    for (let i = 1; i <= 5; i++) {
      await Deno.utime(path, i, i);
      let isOver = false;
      const refreshing = catalog.refresh({ deep: true })
        .finally(() => isOver = true);
      while (!isOver) {
        const { rows, freshness } = await other.history({
          metricType: "type_299",
          figure: "p95_ms",
        });
        if (freshness === "fresh") assertEquals(rows.length, 1);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      await refreshing;
    }
    assertEquals(await figuresByListing(resultsDir), [["a", 1]]);
  }));
