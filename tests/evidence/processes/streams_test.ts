import { assert, assertEquals, assertGreater } from "@std/assert";
import { RunStore } from "../../../mod.ts";
import { fromRoot } from "../../_from_root.ts";
import { withResultsDir } from "../../_results_dir.ts";
import { randomFrom } from "./_random.ts";
import { streamedRow } from "./_streamed_row.ts";
import type { StreamerJob } from "./_streamer.ts";

const STREAMER = fromRoot("tests/evidence/processes/_streamer.ts");

/** A streamer is killed at most so long after its first run was opened. */
const LIFE_MS = 150;

/** Kills a streamer; returns what it announced last of each run. */
async function killStreamer(
  job: StreamerJob,
  random: () => number,
): Promise<Map<string, string>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      `--allow-read=${job.resultsDir}`,
      `--allow-write=${job.resultsDir}`,
      STREAMER,
      JSON.stringify(job),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let announced = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    timer ??= setTimeout(() => child.kill("SIGKILL"), random() * LIFE_MS);
    announced += text;
  }
  const { signal } = await child.status;
  clearTimeout(timer);
  assertEquals(signal, "SIGKILL", "a streamer ended by itself");
  const lines = announced.split("\n").slice(0, -1);
  return new Map(lines.map((line) => line.split(" ") as [string, string]));
}

Deno.test("RunWriter keeps what it promised in processes that are killed, and RunStore.recover() finds it", () =>
  withResultsDir(async (resultsDir) => {
    const random = randomFrom(7);
    const store = new RunStore(resultsDir);
    let recovered = 0;
    let firstRun = 1;
    for (let kill = 0; kill < 8; kill++) {
      const durability = kill % 2 === 0 ? "fsync" : "none";
      const job = { resultsDir, firstRun, durability } as const;
      const promised = await killStreamer(job, random);
      const ids = await store.recover();
      assert(ids.length <= 1, `${ids}`);
      recovered += ids.length;
      assertEquals(await store.recover(), []);
      for (const [runId, said] of promised) {
        const metrics = await store.run(runId).getRunMetrics();
        const rows = [...await store.run(runId).loadMeasurements()];
        assertEquals(rows, rows.map((_, row) => streamedRow(row)));
        assertEquals((await store.run(runId).verifyRun()).ok, true);
        if (said === "closed") assertEquals(metrics?.incomplete, undefined);
        else assertGreater(rows.length, Number(said) - 1, runId);
      }
      // One may have been opened that could not be announced.
      firstRun += promised.size + 1;
    }
    assertGreater(recovered, 0);
  }));
