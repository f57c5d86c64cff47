// Kills processes that save, at random moments, and checks all runs each time.
import { assert, assertEquals } from "@std/assert";
import { MetricsStorage } from "../../../mod.ts";
import { readArguments, wholeNumber } from "../../read_arguments.ts";
import { loadGeneration, NO_RUN, readGeneration } from "./_generation.ts";
import { pick, randomFrom } from "./_random.ts";
import type { SaverJob } from "./_saver.ts";

/** Options of {@linkcode killCampaign}. */
export interface KillCampaignOptions {
  kills: number;
  seed: number;
  /** How many savers are in flight, each with a results directory. */
  savers?: number;
  /** Told the number of a kill after its check. */
  onKill?: (kill: number) => void;
}

/** What a campaign has met. */
export interface KillCounts {
  kills: number;
  /** Kills while at least one save or deletion was under way. */
  midChange: number;
  /** Saves and deletions that were announced as done. */
  changesDone: number;
  /** Interrupted changes that were deletions. */
  deletions: number;
  /** Interrupted changes after which the run was as before. */
  foundOld: number;
  /** Interrupted changes after which the run was as wanted. */
  foundNew: number;
  /** Runs whose commit was cut short after its commit point... */
  unfinishedCommits: number;
  /** ...of which a reader, */
  finishedByReader: number;
  /** `repairRun()`, or */
  finishedByRepair: number;
  /** the next saver finished so many. */
  leftToSaver: number;
  /** Stages and lock files that the dead left, */
  leftovers: number;
  /** of which `repairRun()`, rather than a saver, swept so many. */
  sweptByRepair: number;
}

/** A results directory, and what its runs may hold. */
interface Arena {
  readonly resultsDir: string;
  readonly durability: "fsync" | "none";
  readonly random: () => number;
  readonly runs: Map<string, Run>;
  nextGeneration: number;
  leftovers: Set<string>;
}

interface Run {
  /** The generation after the last change that was done, or was found. */
  last: number;
  /** The generation of a change that was begun and not done. */
  begun: number | undefined;
  /** Whether it was changed since it was last checked. */
  touched: boolean;
}

const RUN_IDS = ["run_1", "run_2", "run_3"];

/** A saver is killed at most so long after its first change has begun. */
const LIVES_MS = [60, 240];

/** How often an arena is swept by `repairRun()`. */
const REPAIR_EVERY = 25;

const SAVER = new URL("./_saver.ts", import.meta.url).href;

/** Kills a saver and waits until it is dead. */
async function killOne(arena: Arena, counts: KillCounts): Promise<void> {
  const { resultsDir, durability, random, runs } = arena;
  const job: SaverJob = {
    resultsDir,
    durability,
    seed: Math.floor(random() * 2 ** 32),
    firstGeneration: arena.nextGeneration,
    lanes: random() < 0.5 ? [RUN_IDS] : RUN_IDS.map((runId) => [runId]),
  };
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      `--allow-read=${resultsDir}`,
      `--allow-write=${resultsDir}`,
      SAVER,
      JSON.stringify(job),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lifeMs = pick(LIVES_MS, random);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let announced = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    timer ??= setTimeout(() => child.kill("SIGKILL"), random() * lifeMs);
    announced += text;
  }
  const { signal } = await child.status;
  clearTimeout(timer);
  assertEquals(signal, "SIGKILL", `a saver ended by itself (${resultsDir})`);
  for (const line of announced.split("\n").slice(0, -1)) {
    const [event, runId, digits] = line.split(" ");
    const generation = Number(digits);
    const run = runs.get(runId!)!;
    run.touched = true;
    arena.nextGeneration = Math.max(arena.nextGeneration, generation + 1);
    if (event === "begin") {
      run.begun = generation;
    } else {
      run.last = generation;
      run.begun = undefined;
      counts.changesDone++;
    }
  }
  counts.kills++;
  if ([...runs.values()].some((it) => it.begun !== undefined)) {
    counts.midChange++;
  }
}

/** Checks a run that nobody changes, in one of the ways it can be met. */
async function checkRun(
  runId: string,
  run: Run,
  arena: Arena,
  counts: KillCounts,
): Promise<void> {
  const { resultsDir, random } = arena;
  const storage = new MetricsStorage(runId, { resultsDir });
  const pending = `${resultsDir}/${runId}/.commit`;
  const wasPending = await exists(pending);
  // Both files have left it; only a writer takes the trouble to remove it.
  const wasEmptied = wasPending &&
    !await exists(`${pending}/latency_summary.json`);
  const found = await loadGeneration(storage);
  const where = `${runId} in ${resultsDir}`;
  assert(
    found === run.last || found === run.begun,
    `${where}: found ${found}, wanted ${run.last} or ${run.begun}`,
  );
  const { problems } = await storage.verifyRun();
  const wanted = found === NO_RUN
    ? ["missing-summary", "missing-csv"]
    : wasPending
    ? ["unfinished-commit"]
    : [];
  assertEquals(problems.map((it) => it.kind), wanted, where);
  assertEquals(await exists(pending), wasPending, where);
  if (run.begun !== undefined && run.begun !== run.last) {
    counts[found === run.begun ? "foundNew" : "foundOld"]++;
    if (run.begun === NO_RUN) counts.deletions++;
  }
  run.last = found;
  run.begun = undefined;
  run.touched = false;
  const how = random();
  if (wasPending) counts.unfinishedCommits++;
  if (how < 0.4) {
    if (wasPending) counts.leftToSaver++;
    return;
  }
  if (how < 0.45) {
    const repair = await storage.repairRun();
    counts.sweptByRepair += repair.sweptLeftovers;
    if (wasPending) counts.finishedByRepair++;
    assertEquals(repair.finishedCommit, wasPending, where);
    assertEquals(repair.verification.ok, found !== NO_RUN, where);
    assertEquals(await loadGeneration(storage), found, where);
    assertEquals(await readGeneration(storage), found, where);
    assertEquals(await exists(pending), false, where);
  } else {
    assertEquals(await readGeneration(storage), found, where);
    assertEquals(await exists(pending), wasEmptied, where);
    if (wasEmptied) counts.leftToSaver++;
    else if (wasPending) counts.finishedByReader++;
  }
}

async function checkArena(arena: Arena, counts: KillCounts): Promise<void> {
  const { resultsDir, random, runs } = arena;
  const names = await stagingOf(resultsDir);
  counts.leftovers += names.filter((it) => !arena.leftovers.has(it)).length;
  for (const [runId, run] of runs) {
    if (run.touched) await checkRun(runId, run, arena, counts);
  }
  const there = RUN_IDS.filter((runId) => runs.get(runId)!.last !== NO_RUN);
  const listed = await MetricsStorage.getRecentRuns(resultsDir);
  assertEquals(listed.sort(), there, resultsDir);
  if (random() < 1 / REPAIR_EVERY) await sweep(arena, counts);
  arena.leftovers = new Set(await stagingOf(resultsDir));
}

async function sweep(arena: Arena, counts: KillCounts): Promise<void> {
  const { resultsDir, random } = arena;
  const storage = new MetricsStorage(pick(RUN_IDS, random), { resultsDir });
  counts.sweptByRepair += (await storage.repairRun()).sweptLeftovers;
  assertEquals(await stagingOf(resultsDir), [], resultsDir);
}

/** Names in the staging directory, which the first saver may not have made. */
async function stagingOf(resultsDir: string): Promise<string[]> {
  const staging = `${resultsDir}/.staging`;
  if (!await exists(staging)) return [];
  return (await Array.fromAsync(Deno.readDir(staging))).map((it) => it.name);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/**
 * Kills so many savers. A failure names the results directory, which then
 * stays; the moments of the kills are not reproducible, the changes are.
 */
export async function killCampaign(
  { kills, seed, savers = 4, onKill }: KillCampaignOptions,
): Promise<KillCounts> {
  const counts: KillCounts = {
    kills: 0,
    midChange: 0,
    changesDone: 0,
    foundOld: 0,
    foundNew: 0,
    deletions: 0,
    unfinishedCommits: 0,
    finishedByReader: 0,
    finishedByRepair: 0,
    leftToSaver: 0,
    leftovers: 0,
    sweptByRepair: 0,
  };
  let toKill = kills;
  await Promise.all(Array.from({ length: savers }, async (_, index) => {
    const arena: Arena = {
      resultsDir: await Deno.makeTempDir({ prefix: "hil_kill_" }),
      durability: index % 2 === 0 ? "fsync" : "none",
      random: randomFrom(seed * savers + index),
      runs: new Map(RUN_IDS.map((runId) => [
        runId,
        { last: NO_RUN, begun: undefined, touched: false },
      ])),
      nextGeneration: 1,
      leftovers: new Set(),
    };
    while (toKill-- > 0) {
      const kill = kills - toKill;
      await killOne(arena, counts);
      await checkArena(arena, counts);
      onKill?.(kill);
    }
    await Deno.remove(arena.resultsDir, { recursive: true });
  }));
  return counts;
}

if (import.meta.main) {
  const { kills, seed } = readArguments({
    task: "test:kill",
    about:
      "Kills processes that save, at random moments, and checks every run each time.",
    options: {
      kills: wholeNumber("how many are killed", {
        atLeast: 1,
        fallback: 10_000,
      }),
      seed: wholeNumber("what they change follows from it", { fallback: 1 }),
    },
  });
  const counts = await killCampaign({
    kills,
    seed,
    onKill: (kill) => {
      if (kill % 250 === 0) console.error(`${kill} kills`);
    },
  });
  console.log(JSON.stringify(counts, undefined, 2));
  if (counts.midChange === 0) {
    console.error("No kill came in the middle of a change: nothing is shown");
    Deno.exit(1);
  }
}
