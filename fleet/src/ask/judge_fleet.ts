import {
  judge,
  type JudgedRun,
  type Judgement,
  type JudgeOptions,
} from "@astraguard/hil-metrics/judge";
import { FleetError } from "../model/fleet_error.ts";
import type { AskedServer } from "./_ask_servers.ts";
import { withPulledRun } from "./pulled_run.ts";
import {
  findRuns,
  type FleetRun,
  type HeldRun,
  type RecentRunsOptions,
} from "./recent_runs.ts";

/** What to judge by what, and how. */
export interface JudgeFleetOptions
  extends Omit<JudgeOptions, "candidates" | "baselines"> {
  /** Which runs are new: the newest ten that are found, or `limit`. */
  readonly candidates: RecentRunsOptions;
  /** Which runs they are compared with: the newest ten, or `limit`. */
  readonly baselines: RecentRunsOptions;
}

/** What has changed, and between which runs. */
export interface FleetJudgement {
  /** What `judge` says. */
  readonly judgement: Judgement;
  /** The candidates, the newest first. */
  readonly candidates: readonly FleetRun[];
  /** The baselines, the newest first. */
  readonly baselines: readonly FleetRun[];
}

const DEFAULT_LIMIT = 10;

/** Judges runs of a fleet by others. */
export async function judgeFleet(
  servers: readonly AskedServer[],
  { candidates, baselines, ...options }: JudgeFleetOptions,
): Promise<FleetJudgement> {
  const { limit = DEFAULT_LIMIT } = baselines;
  const newer = await findRuns(servers, candidates);
  const before = await findRuns(servers, {
    ...{ ...baselines, incomplete: false },
    // As many of them may be candidates.
    limit: limit + newer.length,
  });
  const taken = new Set(newer.map(keyOf));
  const older = before.filter((it) => !taken.has(keyOf(it))).slice(0, limit);
  if (newer.length === 0) throw notFound("candidate");
  if (older.length === 0 && options.budgets === undefined) {
    throw notFound("baseline");
  }
  const judgement = await judge({
    ...options,
    candidates: await load(newer),
    baselines: await load(older),
  });
  return {
    judgement,
    candidates: newer.map(({ run }) => run),
    baselines: older.map(({ run }) => run),
  };
}

function notFound(what: string): FleetError {
  return new FleetError(`Cannot judge: the fleet has no run for a ${what}`, {
    code: "RUN_NOT_FOUND",
  });
}

async function load(runs: readonly HeldRun[]): Promise<JudgedRun[]> {
  const loaded: JudgedRun[] = [];
  for (const { run: { benchId, runId }, server } of runs) {
    loaded.push(
      await withPulledRun(server, { benchId, runId }, async (pulled) => {
        const run = await pulled.load();
        const labels = { host: benchId, ...run.labels };
        return { ...run, labels, runId: `${benchId}/${runId}` };
      }),
    );
  }
  return loaded;
}

function keyOf({ run: { benchId, runId } }: HeldRun): string {
  return `${benchId}/${runId}`;
}
