import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { MetricsStorage, StorageError } from "@astraguard/hil-metrics";
import { storeOn, systemFilesWith } from "../_storage_on.ts";
import { withResultsDir } from "../_results_dir.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";

async function makeRun(
  resultsDir: string,
  name: string,
  mtimeS: number,
): Promise<void> {
  await Deno.mkdir(`${resultsDir}/${name}`);
  const summary = `${resultsDir}/${name}/latency_summary.json`;
  await Deno.writeTextFile(summary, "{}");
  await Deno.utime(summary, mtimeS, mtimeS);
}

Deno.test("MetricsStorage.getRecentRuns() lists the newest first, ties by name", async () => {
  await withResultsDir(async (resultsDir) => {
    for (
      const [name, mtimeS] of [["c", 10], ["a", 30], ["b", 30], [
        "d",
        20,
      ]] as const
    ) {
      await makeRun(resultsDir, name, mtimeS);
    }
    const list = (limit: number, orderBy: "mtime" | "name" = "mtime") =>
      MetricsStorage.getRecentRuns(resultsDir, { limit, orderBy });
    assertEquals(await list(Infinity), ["b", "a", "d", "c"]);
    assertEquals(await list(2), ["b", "a"]);
    assertEquals(await list(0), []);
    assertEquals(await list(3, "name"), ["d", "c", "b"]);
  });
});

Deno.test("MetricsStorage.getRecentRuns() gives ten runs by default", async () => {
  await withResultsDir(async (resultsDir) => {
    for (let i = 0; i < 12; i++) await makeRun(resultsDir, `run_${i}`, i);
    const runs = await MetricsStorage.getRecentRuns(resultsDir);
    assertEquals(runs.length, 10);
    assertEquals(runs[0], "run_11");
  });
});

Deno.test("MetricsStorage.getRecentRuns() gives way after each run", async () => {
  await withResultsDir(async (resultsDir) => {
    const runs = 300;
    for (let i = 0; i < runs; i++) await makeRun(resultsDir, `run_${i}`, i);
    for (const orderBy of ["mtime", "name"] as const) {
      using counter = new TurnCounter();
      await MetricsStorage.getRecentRuns(resultsDir, { orderBy });
      assert(counter.turns >= runs, `${counter.turns} turns by ${orderBy}`);
    }
  });
});

Deno.test("MetricsStorage.getRecentRuns() lists nothing but runs", async () => {
  await withResultsDir(async (resultsDir) => {
    await makeRun(resultsDir, "run", 1);
    await makeRun(resultsDir, ".hidden", 2);
    await Deno.mkdir(`${resultsDir}/empty`);
    await Deno.mkdir(`${resultsDir}/odd/latency_summary.json`, {
      recursive: true,
    });
    await Deno.writeTextFile(`${resultsDir}/file`, "");
    for (const orderBy of ["mtime", "name"] as const) {
      assertEquals(
        await MetricsStorage.getRecentRuns(resultsDir, { orderBy, limit: 1 }),
        ["run"],
      );
    }
  });
});

Deno.test("MetricsStorage.getRecentRuns() has none where there is no directory, and fails where there is a file", async () => {
  await withResultsDir(async (resultsDir) => {
    assertEquals(await MetricsStorage.getRecentRuns(`${resultsDir}/x`), []);
    await Deno.writeTextFile(`${resultsDir}/file`, "");
    const error = await assertRejects(
      () => MetricsStorage.getRecentRuns(`${resultsDir}/file`),
      StorageError,
      "Cannot list runs",
    );
    assertEquals(error.code, "UNSAFE_PATH");
  });
});

Deno.test("RunStore.recentRuns() fails where the directory fails half-way", async () => {
  const files = systemFilesWith({
    async *readDir() {
      for (let i = 0; i < 64; i++) {
        yield await Promise.resolve({
          ...{ isDirectory: true, isFile: false, isSymlink: false },
          name: `run_${i}`,
        });
      }
      throw new Error("broken disk");
    },
    lstatSync: () => ({ isFile: true, mtime: new Date(0) }) as Deno.FileInfo,
  });
  using _counter = new TurnCounter();
  const error = await assertRejects(
    () => storeOn(files, "/r").recentRuns({ limit: 3 }),
    StorageError,
    "broken disk",
  );
  assertEquals(error.code, "IO_FAILED");
});

Deno.test("RunStore.recentRuns() agrees with sorting and slicing", async () => {
  const runs = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z]{1,4}$/),
      mtimeMs: fc.integer({ min: 0, max: 5 }),
    }),
    { selector: ({ name }) => name, maxLength: 40 },
  );
  await fc.assert(fc.asyncProperty(
    runs,
    fc.nat(12),
    fc.constantFrom("mtime" as const, "name" as const),
    async (runs, limit, orderBy) => {
      const mtimes = new Map(runs.map((run) => [run.name, run.mtimeMs]));
      const files = systemFilesWith({
        async *readDir() {
          for (const { name } of runs) {
            yield await Promise.resolve({
              ...{ name, isDirectory: true, isFile: false, isSymlink: false },
            });
          }
        },
        lstatSync: (path: string | URL) => {
          const name = String(path).split("/").at(-2)!;
          return {
            isFile: true,
            mtime: new Date(mtimes.get(name)!),
          } as Deno.FileInfo;
        },
      });
      const wanted = runs.toSorted((a, b) =>
        (orderBy === "name" ? 0 : b.mtimeMs - a.mtimeMs) ||
        (a.name < b.name ? 1 : -1)
      ).slice(0, limit).map(({ name }) => name);
      assertEquals(
        await storeOn(files, "/r").recentRuns({ limit, orderBy }),
        wanted,
      );
    },
  ));
});
