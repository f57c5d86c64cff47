import { assertEquals, assertRejects } from "@std/assert";
import { RunStore, StorageError } from "@astraguard/hil-metrics";
import { withResultsDir } from "../../../tests/_results_dir.ts";
import { resolveRun, resolveRuns } from "../../src/runs/resolve_runs.ts";
import { UsageError } from "../../src/terminal/usage_error.ts";
import { saveRuns } from "../_run.ts";

async function withRuns(test: (store: RunStore) => Promise<void>) {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { orbit_1: 100, orbit_10: 100, thermal_1: 100 });
    const store = new RunStore(resultsDir);
    await store.baselines.name("main", ["orbit_10", "orbit_1"]);
    await test(store);
  });
}

Deno.test("resolveRuns() finds runs by id, time, baseline and prefix, each once", async () => {
  await withRuns(async (store) => {
    for (
      const [names, wanted] of [
        [["orbit_1"], ["orbit_1"]],
        [["latest"], ["thermal_1"]],
        [["latest~2"], ["orbit_1"]],
        [["latest~0", "ther"], ["thermal_1"]],
        [["main"], ["orbit_10", "orbit_1"]],
        [["orbit_1", "main", "thermal"], ["orbit_1", "orbit_10", "thermal_1"]],
      ] as const
    ) assertEquals(await resolveRuns(store, names), [...wanted]);
  });
});

Deno.test("resolveRuns() prefers a run to a baseline of its name", async () => {
  await withRuns(async (store) => {
    await store.baselines.name("thermal_1", ["orbit_1"]);
    assertEquals(await resolveRuns(store, ["thermal_1"]), ["thermal_1"]);
  });
});

Deno.test("resolveRuns() says what else a name that is none could be", async () => {
  await withRuns(async (store) => {
    for (
      const [name, kind, message] of [
        ["orbi", UsageError, `begin with "orbi": orbit_10, orbit_1`],
        ["thermel_1", StorageError, `did you mean "thermal_1"?`],
        ["latst", StorageError, `did you mean "latest"?`],
        ["mian", StorageError, `did you mean "main"?`],
        ["../../etc", StorageError, `Cannot find run "../../etc"`],
        ["latest~3", StorageError, "there are 3 runs"],
        ["latest~99999999999999999999", StorageError, "there are 3 runs"],
      ] as const
    ) {
      const work = () => resolveRuns(store, [name]);
      assertEquals(
        await assertRejects(work, Error, message) instanceof kind,
        true,
      );
    }
    await assertRejects(() => resolveRun(store, "main"), UsageError, "2 runs");
  });
});
