import { assert, assertEquals } from "@std/assert";
import { RunStore } from "../../../mod.ts";
import { withResultsDir } from "../../_results_dir.ts";
import type { BatchSaverJob } from "./_batch_saver.ts";
import { loadGeneration, NO_RUN } from "./_generation.ts";

const SAVER = new URL("./_batch_saver.ts", import.meta.url).href;

const KILLS = 14;
const MOST_KILLS = 100;
const LIFE_MS = 120;

const RUN_IDS = ["a", "b", "c", "d", "e"];

/** Lets a saver live for a while; the generations it has begun and done. */
async function killOne(
  job: BatchSaverJob,
  lifeMs: number,
): Promise<{ begun: number; done: number }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      `--allow-read=${job.resultsDir}`,
      `--allow-write=${job.resultsDir}`,
      SAVER,
      JSON.stringify(job),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const last = { begun: NO_RUN, done: NO_RUN };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    timer ??= setTimeout(() => child.kill("SIGKILL"), lifeMs);
    text += part;
  }
  assertEquals((await child.status).signal, "SIGKILL");
  for (const line of text.split("\n").slice(0, -1)) {
    const [event, generation] = line.split(" ");
    last[event === "begin" ? "begun" : "done"] = Number(generation);
  }
  return last;
}

Deno.test("RunStore.saveRuns() leaves all or none when its process is killed", () =>
  withResultsDir(async (resultsDir) => {
    let before = NO_RUN;
    let saved = NO_RUN;
    let midBatch = 0;
    // On a busy machine the first ones die before they have saved anything.
    const isEnough = () => midBatch > 0 && saved !== NO_RUN;
    for (
      let kill = 0;
      kill < KILLS || kill < MOST_KILLS && !isEnough();
      kill++
    ) {
      const store = new RunStore(resultsDir);
      const job = { resultsDir, runIds: RUN_IDS, firstGeneration: before + 1 };
      const lifeMs = Math.random() * LIFE_MS * (1 + kill / KILLS);
      const { begun, done } = await killOne(job, lifeMs);
      if (begun > done) midBatch++;
      const listed = (await store.recentRuns({ limit: Infinity }))
        .filter((runId) => RUN_IDS.includes(runId)).sort();
      const found = new Set<number>();
      const isThere = listed.length > 0;
      for (const runId of RUN_IDS) {
        found.add(await loadGeneration(store.run(runId)));
        const { problems } = await store.run(runId).verifyRun();
        const kinds = problems.map(({ kind }) => kind)
          .filter((kind) => kind !== "unfinished-commit");
        if (isThere) assertEquals(kinds, []);
      }
      assertEquals(found.size, 1, `${[...found]}`);
      const [generation = NO_RUN] = found;
      const last = done === NO_RUN ? saved : done;
      assert(generation === last || generation === begun, `${generation}`);
      assertEquals(listed.length, generation === NO_RUN ? 0 : RUN_IDS.length);
      // The new run beside them is of the same batch.
      const beside = await loadGeneration(store.run(`new_${generation}`));
      assertEquals(beside, generation);
      if (begun > generation) {
        const none = await loadGeneration(store.run(`new_${begun}`));
        assertEquals(none, NO_RUN);
      }
      saved = generation;
      before = Math.max(generation, begun);
    }
    assert(
      isEnough(),
      "no kill came in the middle of a batch, or none after one",
    );
    const store = new RunStore(resultsDir);
    for (const runId of RUN_IDS) await store.run(runId).repairRun();
    assertEquals([...Deno.readDirSync(`${resultsDir}/.batches`)], []);
    for (const runId of RUN_IDS) {
      const names = [...Deno.readDirSync(`${resultsDir}/${runId}`)]
        .map(({ name }) => name).sort();
      assertEquals(names, ["latency_raw.csv", "latency_summary.json"]);
    }
  }));
