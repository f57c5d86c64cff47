import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  RunStore,
  StorageError,
  type StorageErrorCode,
} from "@astraguard/hil-metrics";
import {
  collectorOfDetections,
  tree,
  withResultsDir,
} from "../_results_dir.ts";

async function withRuns(
  test: (store: RunStore, path: string) => Promise<void>,
): Promise<void> {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const runId of ["run_1", "run_2", "run_3"]) {
      await store.run(runId).saveLatencyStats(collectorOfDetections(1));
    }
    await test(store, `${resultsDir}/.baselines.json`);
  });
}

async function assertFails(
  work: () => Promise<unknown>,
  code: StorageErrorCode,
  message: string,
): Promise<void> {
  const error = await assertRejects(work, StorageError, message);
  assertEquals(error.code, code);
}

Deno.test("Baselines keep their runs from being deleted, pinned runs as well", async () => {
  await withRuns(async (store) => {
    const { baselines } = store;
    await baselines.name("main", ["run_1", "run_2", "run_1"]);
    assertEquals(await baselines.pin("run_2"), true);
    assertEquals(await baselines.pin("run_2"), false);
    assertEquals(new RunStore(store.resultsDir).baselines.read(), {
      format: "hil-metrics-baselines",
      version: 1,
      baselines: { main: ["run_1", "run_2"] },
      pinned: ["run_2"],
    });
    await assertFails(
      () => store.run("run_2").deleteRun(),
      "PINNED",
      `Cannot delete run "run_2": it is pinned, and it is part of baseline "main"`,
    );
    assertEquals(await store.run("run_3").deleteRun(), true);

    await baselines.name("main", ["run_1"]);
    await assertFails(() => store.run("run_2").deleteRun(), "PINNED", "pinned");
    assertEquals(await baselines.unpin("run_2"), true);
    assertEquals(await baselines.unpin("run_2"), false);
    assertEquals(await store.run("run_2").deleteRun(), true);

    assertEquals(await baselines.remove("main"), true);
    assertEquals(await baselines.remove("main"), false);
    assertEquals(await store.run("run_1").deleteRun(), true);
  });
});

Deno.test("Baselines are of runs that are there, under names that can be typed", async () => {
  await withRuns(async (store, path) => {
    const { baselines } = store;
    await assertFails(
      () => baselines.name("main", ["run_1", "none"]),
      "RUN_NOT_FOUND",
      "none",
    );
    await assertFails(() => baselines.pin("none"), "RUN_NOT_FOUND", "none");
    await assertFails(() => baselines.pin("../x"), "INVALID_RUN_ID", "../x");
    for (const name of ["", " main", "a\nb", "x".repeat(101), "__proto__"]) {
      await assertRejects(() => baselines.name(name, ["run_1"]), RangeError);
    }
    await assertRejects(() => baselines.name("main", []), RangeError);
    await assertRejects(
      () => baselines.name("main", "run_1" as unknown as string[]),
      TypeError,
    );
    assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
  });
});

Deno.test("Baselines that cannot be read keep every run", async () => {
  await withRuns(async (store, path) => {
    for (
      const text of [
        "",
        "{",
        "[]",
        `{"format":"hil-metrics-baselines","version":2}`,
        `{"format":"hil-metrics-baselines","version":1,"pinned":[]}`,
        `{"format":"hil-metrics-baselines","version":1,"pinned":["../x"],"baselines":{}}`,
        `{"format":"hil-metrics-baselines","version":1,"pinned":[],"baselines":{"a":"run_1"}}`,
      ]
    ) {
      await Deno.writeTextFile(path, text);
      await assertFails(
        () => store.run("run_1").deleteRun(),
        "RUN_DAMAGED",
        "Cannot read the baselines",
      );
      await assertFails(
        () => store.baselines.pin("run_1"),
        "RUN_DAMAGED",
        "Cannot read the baselines",
      );
      assertEquals(await Deno.readTextFile(path), text);
    }
    await Deno.remove(path);
    await Deno.symlink("/etc/hostname", path);
    await assertFails(
      () => store.run("run_1").deleteRun(),
      "UNSAFE_PATH",
      "not a regular file",
    );
    assertEquals(await store.recentRuns({ orderBy: "name", limit: 1 }), [
      "run_3",
    ]);
  });
});

Deno.test("Baselines of many processes are all there, and no drafts", async () => {
  await withRuns(async (store) => {
    // Stores of their own, as those of other processes.
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const { baselines } = new RunStore(store.resultsDir);
        return baselines.name(`name_${i}`, [`run_${1 + i % 3}`]);
      }),
    );
    assertEquals(Object.keys(store.baselines.read().baselines).length, 20);
    const top = (await tree(store.resultsDir)).filter((it) =>
      !/[/].+/.test(it)
    );
    assertEquals(top, [
      ".baselines.json",
      ".staging/",
      "run_1/",
      "run_2/",
      "run_3/",
    ]);
  });
});
