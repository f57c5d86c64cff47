import { RunCatalog } from "@astraguard/hil-metrics/catalog";
import { assert, assertEquals, assertGreater } from "@std/assert";
import {
  assertFresh,
  figuresByCatalog,
  figuresByListing,
} from "../../catalog/_runs.ts";
import { withResultsDir } from "../../_results_dir.ts";
import { randomFrom } from "../processes/_random.ts";
import type { UserJob } from "./_user.ts";

const USER = new URL("./_user.ts", import.meta.url).href;

function start(job: UserJob): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", `--allow-read=${job.resultsDir}`],
      ...[`--allow-write=${job.resultsDir}`, USER, JSON.stringify(job)],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("RunCatalog serves eight processes that change runs at once, and none is told that it is busy", () =>
  withResultsDir(async (resultsDir) => {
    using catalog = RunCatalog.open(resultsDir);
    await catalog.refresh();
    const durability = "none";
    const users = Array.from(
      { length: 8 },
      (_, i) =>
        start({ resultsDir, name: `user${i}`, steps: 25, seed: i, durability }),
    );
    let certain = 0;
    const outputs = await Promise.all(users.map((user) => user.output()));
    for (const { code, stdout, stderr } of outputs) {
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      const counts = JSON.parse(new TextDecoder().decode(stdout));
      assertEquals(counts.none, undefined, JSON.stringify(counts));
      certain += (counts.fresh ?? 0) + (counts.own ?? 0);
    }
    assertGreater(certain, 100);
    await catalog.refresh();
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog is fresh or says that it is not, whenever its writers are killed", () =>
  withResultsDir(async (resultsDir) => {
    using catalog = RunCatalog.open(resultsDir);
    await catalog.refresh();
    const random = randomFrom(7);
    let kills = 0;
    for (let round = 0; round < 15; round++) {
      const user = start({
        resultsDir,
        name: "user",
        steps: 0,
        seed: round,
        durability: "fsync",
      });
      const timer = setTimeout(
        () => user.kill("SIGKILL"),
        150 + random() * 250,
      );
      const { signal, stderr } = await user.output();
      clearTimeout(timer);
      // Another life begins without knowing of the runs of the one before.
      if (signal !== "SIGKILL") {
        const text = new TextDecoder().decode(stderr);
        assert(text.includes("instead of"), text);
      } else kills++;
      const { figures, freshness } = await figuresByCatalog(catalog);
      if (freshness === "fresh" || freshness === "own") {
        assertEquals(figures, await figuresByListing(resultsDir));
      }
      await catalog.refresh();
      await assertFresh(catalog);
      for await (const { name } of Deno.readDir(resultsDir)) {
        if (!name.startsWith(".")) {
          await Deno.remove(`${resultsDir}/${name}`, { recursive: true });
        }
      }
      await catalog.refresh();
    }
    assertGreater(kills, 5);
  }));
