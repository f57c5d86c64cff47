import { RunStore } from "@astraguard/hil-metrics";
import { RunCatalog } from "@astraguard/hil-metrics/catalog";
import { assertEquals, assertRejects } from "@std/assert";
import { CatalogDatabase } from "../../src/catalog/_database.ts";
import { randomFrom } from "../evidence/processes/_random.ts";
import { tree, withResultsDir } from "../_results_dir.ts";
import {
  assertFresh,
  figuresByCatalog,
  figuresByListing,
  saveRun,
} from "./_runs.ts";

/** A results directory with runs, and a catalog of it that is closed. */
async function withClosedCatalog(
  test: (resultsDir: string) => Promise<void>,
  runs = 3,
): Promise<void> {
  await withResultsDir(async (root) => {
    const resultsDir = `${root}/results`;
    for (let i = 0; i < runs; i++) await saveRun(resultsDir, `run_${i}`, i + 1);
    {
      using catalog = RunCatalog.open(resultsDir);
      await catalog.refresh();
    }
    await test(resultsDir);
  });
}

/** Requires that no answer passes for fresh and is wrong, and that a refresh helps. */
async function assertHonest(resultsDir: string): Promise<void> {
  using catalog = RunCatalog.open(resultsDir);
  const { figures, freshness } = await figuresByCatalog(catalog);
  const isCertain = freshness === "fresh" || freshness === "own";
  if (isCertain) assertEquals(figures, await figuresByListing(resultsDir));
  const store = new RunStore(resultsDir, { catalog });
  assertEquals(
    await store.recentRuns(),
    await new RunStore(resultsDir).recentRuns(),
  );
}

const FILE = ".catalog/catalog.sqlite";

Deno.test("RunCatalog tells a database with a flipped bit, wherever it is", () =>
  withClosedCatalog(async (resultsDir) => {
    const path = `${resultsDir}/${FILE}`;
    const bytes = await Deno.readFile(path);
    const random = randomFrom(1);
    for (let i = 0; i < 100; i++) {
      const damaged = bytes.slice();
      const at = Math.floor(random() * bytes.length);
      damaged[at]! ^= 1 << Math.floor(random() * 8);
      await Deno.writeFile(path, damaged);
      await assertHonest(resultsDir);
    }
    using catalog = RunCatalog.open(resultsDir);
    assertEquals((await catalog.refresh()).isRebuilt, true);
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog tells a value that has changed while the file's times have not", () =>
  withClosedCatalog(async (resultsDir) => {
    const path = `${resultsDir}/${FILE}`;
    const { atime, mtime } = await Deno.stat(path);
    for (
      const statement of [
        "update figures set p95_ms = 77 where key = 'run_1'",
        "update runs set mtime_ms = 77 where key = 'run_1'",
        "update meta set consumedBytes = 99",
        "update meta set namesMs = 99",
        "update figures set key = 'run_9' where key = 'run_1'",
      ]
    ) {
      const sound = await Deno.readFile(path);
      {
        using db = new CatalogDatabase(path, false);
        db.run(statement);
      }
      await Deno.utime(path, atime!, mtime!);
      await assertHonest(resultsDir);
      using catalog = RunCatalog.open(resultsDir);
      const { freshness } = await figuresByCatalog(catalog);
      const recent = await catalog.recentRuns();
      assertEquals([freshness, recent.freshness].includes("none"), true);
      await Deno.writeFile(path, sound);
      await Deno.utime(path, atime!, mtime!);
    }
  }));

/** What is done to a catalog that then cannot be used. */
const UNUSABLE: Record<string, (resultsDir: string) => Promise<unknown>> = {
  "that is empty": (dir) => Deno.truncate(`${dir}/${FILE}`),
  "that is cut off": (dir) => Deno.truncate(`${dir}/${FILE}`, 5000),
  "that is no database": (dir) => Deno.writeTextFile(`${dir}/${FILE}`, "x"),
  "that is missing": (dir) => Deno.remove(`${dir}/${FILE}`),
  "without a log": (dir) => Deno.remove(`${dir}/.catalog/changes`),
  "whose log was cut off": (dir) => Deno.truncate(`${dir}/.catalog/changes`),
  "whose log is another": async (dir) => {
    const path = `${dir}/.catalog/changes`;
    const text = await Deno.readTextFile(path);
    await Deno.remove(path);
    await Deno.writeTextFile(path, text);
  },
  "without a seal": (dir) => Deno.remove(`${dir}/.catalog/seal`),
  "whose writer has died": (dir) =>
    Deno.writeTextFile(`${dir}/.catalog/seal`, "being written\n"),
  "of another version": async (dir) => {
    using db = new CatalogDatabase(`${dir}/${FILE}`, false);
    await db.write(() => db.changeMeta(() => ({ version: 2 })));
    const { ino, size, mtime } = await Deno.stat(`${dir}/${FILE}`);
    await Deno.writeTextFile(
      `${dir}/.catalog/seal`,
      `sealed ${ino}:${size}:${mtime!.getTime()}\n`,
    );
  },
};

for (const [name, spoil] of Object.entries(UNUSABLE)) {
  Deno.test(`RunCatalog.refresh() makes a catalog ${name} anew`, () =>
    withClosedCatalog(async (resultsDir) => {
      await spoil(resultsDir);
      using catalog = RunCatalog.open(resultsDir);
      assertEquals(await catalog.recentRuns(), { rows: [], freshness: "none" });
      await assertHonest(resultsDir);
      await saveRun(resultsDir, "new");
      await assertHonest(resultsDir);
      assertEquals((await catalog.refresh()).isRebuilt, true);
      await assertFresh(catalog);
    }));
}

Deno.test("RunCatalog takes a catalog that was copied along for none", () =>
  withClosedCatalog(async (resultsDir) => {
    const copy = `${resultsDir}_copy`;
    const { success } = await new Deno.Command("cp", {
      args: ["-a", resultsDir, copy],
    }).output();
    assertEquals(success, true);
    await saveRun(copy, "only_in_copy", 99);
    await assertHonest(copy);
    using catalog = RunCatalog.open(copy);
    assertEquals((await catalog.recentRuns()).freshness, "none");
    assertEquals((await catalog.refresh()).isRebuilt, true);
    await assertFresh(catalog);
    using original = RunCatalog.open(resultsDir);
    await assertFresh(original);
  }));

Deno.test("RunCatalog notices that it was made anew beside it", () =>
  withClosedCatalog(async (resultsDir) => {
    using one = RunCatalog.open(resultsDir);
    using other = RunCatalog.open(resultsDir);
    await assertFresh(one);
    await Deno.remove(`${resultsDir}/.catalog`, { recursive: true });
    assertEquals((await one.recentRuns()).freshness, "none");
    await saveRun(resultsDir, "new");
    await other.refresh();
    await saveRun(resultsDir, "newer");
    await other.refresh();
    await assertFresh(one);
  }));

/** What stands in place of a part of the catalog; `outside` must stay as it is. */
const PARTS = [
  "",
  "/catalog.sqlite",
  "/catalog.sqlite-journal",
  "/changes",
  "/seal",
];

const THINGS: Record<
  string,
  (path: string, outside: string) => Promise<unknown>
> = {
  "a link to one of the same outside": (path, outside) =>
    Deno.symlink(`${outside}/${path.split("/").at(-1)}`, path),
  "a dangling link": (path) => Deno.symlink("nowhere", path),
  "a directory": (path) => Deno.mkdir(path),
};

for (const part of PARTS) {
  for (const [name, put] of Object.entries(THINGS)) {
    if (part === "" && name === "a directory") continue;
    Deno.test(`RunCatalog and saves leave alone what ${name} in place of .catalog${part} leads to`, () =>
      withClosedCatalog(async (resultsDir) => {
        const outside = `${resultsDir}_outside`;
        await Deno.mkdir(outside);
        await Deno.mkdir(`${outside}/.catalog`);
        for (const at of [outside, `${outside}/.catalog`]) {
          for (const name of ["catalog.sqlite", "changes", "seal"]) {
            await Deno.copyFile(
              `${resultsDir}/.catalog/${name}`,
              `${at}/${name}`,
            );
          }
          await Deno.writeTextFile(`${at}/catalog.sqlite-journal`, "");
        }
        const before = await contentsOf(outside);
        const path = `${resultsDir}/.catalog${part}`;
        await Deno.remove(path, { recursive: true }).catch(() => {});
        await put(path, outside);
        await assertHonest(resultsDir);
        await saveRun(resultsDir, "new", 50);
        await assertHonest(resultsDir);
        using catalog = RunCatalog.open(resultsDir);
        try {
          await catalog.refresh();
          await assertFresh(catalog);
        } catch (error) {
          assertEquals((error as { code?: string }).code, "UNSAFE_PATH");
        }
        await assertHonest(resultsDir);
        assertEquals(await contentsOf(outside), before);
      }));
  }
}

async function contentsOf(directory: string): Promise<string[]> {
  const contents: string[] = [];
  for (const path of await tree(directory)) {
    if (path.endsWith("/")) continue;
    const bytes = await Deno.readFile(`${directory}/${path}`);
    contents.push(
      `${path} ${bytes.length} ${bytes.reduce((a, b) => a * 31 + b | 0, 0)}`,
    );
  }
  return contents;
}

Deno.test("RunCatalog.refresh() refuses a link in place of .catalog", () =>
  withClosedCatalog(async (resultsDir) => {
    await Deno.rename(`${resultsDir}/.catalog`, `${resultsDir}_catalog`);
    await Deno.symlink(`${resultsDir}_catalog`, `${resultsDir}/.catalog`);
    using catalog = RunCatalog.open(resultsDir);
    assertEquals((await catalog.recentRuns()).freshness, "none");
    await assertRejects(() => catalog.refresh(), Error, "not a directory");
  }));

Deno.test("RunCatalog takes the catalog of another directory, moved here, for none", () =>
  withClosedCatalog(async (resultsDir) => {
    const other = `${resultsDir}_other`;
    await saveRun(other, "other_run", 99);
    await Deno.rename(`${resultsDir}/.catalog`, `${other}/.catalog`);
    using catalog = RunCatalog.open(other);
    assertEquals((await catalog.recentRuns()).freshness, "none");
    assertEquals((await catalog.refresh()).isRebuilt, true);
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog enters nothing over a row that is damaged", () =>
  withClosedCatalog(async (resultsDir) => {
    const path = `${resultsDir}/${FILE}`;
    const { atime, mtime } = await Deno.stat(path);
    {
      using db = new CatalogDatabase(path, false);
      db.run("update runs set types = '[]' where key = 'run_1'");
    }
    await Deno.utime(path, atime!, mtime!);
    await Deno.remove(`${resultsDir}/run_1/latency_raw.csv`);
    await saveRun(resultsDir, "run_1", 500);
    await assertHonest(resultsDir);
    using catalog = RunCatalog.open(resultsDir);
    assertEquals((await catalog.refresh()).isRebuilt, true);
    await assertFresh(catalog);
  }));
