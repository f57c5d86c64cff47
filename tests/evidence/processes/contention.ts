// Processes that change and read the same runs, some killed on the way.
import { assertEquals } from "@std/assert";
import { MetricsStorage } from "../../../mod.ts";
import { readArguments, refuse, wholeNumber } from "../../read_arguments.ts";
import type { ContenderJob } from "./_contender.ts";
import { loadGeneration, NO_RUN, readGeneration } from "./_generation.ts";
import { randomFrom } from "./_random.ts";

/** Options of {@linkcode contention}. */
export interface ContentionOptions {
  processes: number;
  seconds: number;
  seed: number;
  /** How many of the processes are killed and started again all the time. */
  victims?: number;
}

const RUN_IDS = ["run_1", "run_2", "run_3", "run_4"];

/** A victim is killed at most so long after its start. */
const LIFE_MS = 400;

const CONTENDER = new URL("./_contender.ts", import.meta.url).href;

function start(job: ContenderJob): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      `--allow-read=${job.resultsDir}`,
      `--allow-write=${job.resultsDir}`,
      CONTENDER,
      JSON.stringify(job),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Kills one life of a contender after the other until time is up. */
async function killAndRestart(
  job: ContenderJob,
  random: () => number,
): Promise<number> {
  const endMs = performance.now() + job.seconds * 1000;
  let kills = 0;
  for (let life = 0; performance.now() < endMs; life++) {
    const child = start({
      ...job,
      seed: job.seed + life,
      firstGeneration: job.firstGeneration + life * 1000 * job.generationStep,
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), random() * LIFE_MS);
    const { signal, code, stderr } = await child.output();
    clearTimeout(timer);
    if (signal === "SIGKILL") kills++;
    else assertEquals(code, 0, new TextDecoder().decode(stderr));
  }
  return kills;
}

async function runToEnd(job: ContenderJob): Promise<Record<string, number>> {
  const { code, stdout, stderr } = await start(job).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Requires that every run is whole and that nothing was left behind. */
async function checkAll(resultsDir: string, anyKilled: boolean): Promise<void> {
  for (const runId of RUN_IDS) {
    const storage = new MetricsStorage(runId, { resultsDir });
    if (anyKilled) await storage.repairRun();
    const generation = await loadGeneration(storage);
    assertEquals(await readGeneration(storage), generation);
    const { ok, problems } = await storage.verifyRun();
    assertEquals(ok, generation !== NO_RUN, JSON.stringify(problems));
  }
  const left = await Array.fromAsync(Deno.readDir(`${resultsDir}/.staging`));
  assertEquals(left, []);
}

/**
 * Lets processes contend and checks what is there afterwards.
 *
 * @returns How often they did what, and how many were killed.
 */
export async function contention(
  { processes, seconds, seed, victims = 0 }: ContentionOptions,
): Promise<Record<string, number>> {
  const resultsDir = await Deno.makeTempDir({ prefix: "hil_contention_" });
  const jobs = Array.from({ length: processes }, (_, index): ContenderJob => ({
    resultsDir,
    runIds: RUN_IDS,
    seconds,
    seed: seed * 1000 + index * 100,
    firstGeneration: index + 1,
    generationStep: processes,
  }));
  const killed = Promise.all(
    jobs.slice(0, victims)
      .map((job) => killAndRestart(job, randomFrom(job.seed))),
  );
  const results = await Promise.all(jobs.slice(victims).map(runToEnd));
  const counts: Record<string, number> = {
    killed: (await killed).reduce((sum, it) => sum + it, 0),
  };
  for (const result of results) {
    for (const [name, count] of Object.entries(result)) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  await checkAll(resultsDir, victims > 0);
  await Deno.remove(resultsDir, { recursive: true });
  return counts;
}

if (import.meta.main) {
  const options = readArguments({
    task: "test:contention",
    about: "Lets processes save, read, list and delete the same runs.",
    options: {
      processes: wholeNumber("how many", { atLeast: 1, fallback: 8 }),
      victims: wholeNumber("how many of them are killed and started again", {
        fallback: 0,
      }),
      seconds: wholeNumber("for how long", { atLeast: 1, fallback: 10 }),
      seed: wholeNumber("what they do follows from it", { fallback: 1 }),
    },
  });
  if (options.victims >= options.processes) {
    refuse("--victims must be less than --processes", `${options.victims}`);
  }
  const counts = await contention(options);
  console.log(JSON.stringify(counts, undefined, 2));
  if (!(counts.save! > 0 && counts.load! > 0)) {
    console.error("Nothing was saved and loaded: nothing is shown");
    Deno.exit(1);
  }
}
