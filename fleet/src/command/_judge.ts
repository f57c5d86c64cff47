import type { Judgement, JudgementRow } from "@astraguard/hil-metrics/judge";
import { FleetReader } from "../ask/fleet_reader.ts";
import type { FleetRun } from "../ask/recent_runs.ts";
import { labelsOf } from "./_ask.ts";
import { EXIT } from "./_exit_code.ts";
import { type Answer, tableText } from "./_print.ts";
import { type ServerArguments, serversOf } from "./_servers.ts";

/** What to judge by what, as it was asked. */
export interface JudgeArguments extends ServerArguments {
  /** `NAME=VALUE`, of the runs that are new. */
  readonly candidate: readonly string[];
  /** The same of those they are compared with. */
  readonly baseline: readonly string[];
  readonly candidates?: number;
  readonly baselines?: number;
  readonly since?: Date;
  readonly until?: Date;
  readonly bench?: readonly string[];
  readonly budget?: readonly string[];
}

/** What a verdict exits with: the same as `hil-metrics gate`. */
const CODES: Readonly<Record<Judgement["verdict"], number>> = {
  pass: EXIT.ok,
  regressed: EXIT.regressed,
  inconclusive: EXIT.unknown,
};

/** Judges runs of a fleet by others. */
export async function judgeCommand(given: JudgeArguments): Promise<Answer> {
  const { since, until, bench: benchIds, budget: budgets } = given;
  const filter = { since, until, benchIds };
  using fleet = new FleetReader(await serversOf(given));
  const { judgement, candidates, baselines } = await fleet.judge({
    candidates: {
      ...{ ...filter, labels: labelsOf(given.candidate) },
      limit: given.candidates,
    },
    baselines: {
      ...{ ...filter, labels: labelsOf(given.baseline) },
      limit: given.baselines,
    },
    budgets,
  });
  const { verdict, reason, rows, warnings } = judgement;
  return {
    json: {
      ...{ verdict, rows: rows.map(rowOf), warnings },
      candidates: candidates.map(keyOf),
      baselines: baselines.map(keyOf),
    },
    text: [
      `${verdict}: ${reason}`,
      `${candidates.length} candidates, ${baselines.length} baselines`,
      tableText(
        ["metric", "satellite", "figure", "before", "now", "change", "verdict"],
        rows.map((row) => [
          ...[row.metricType, row.satelliteId, row.figure],
          ...[row.baseline, row.candidate, row.change, row.verdict],
        ]),
      ),
      ...judgement.attribution.map(({ text }) => text),
      ...warnings,
    ].join("\n"),
    code: CODES[verdict],
  };
}

function rowOf(row: JudgementRow): Record<string, unknown> {
  const { metricType, satelliteId, figure, verdict, reason } = row;
  return {
    ...{ metric_type: metricType, satellite_id: satelliteId ?? null, figure },
    baseline: row.baseline ?? null,
    candidate: row.candidate ?? null,
    change: row.change ?? null,
    interval: row.interval ?? null,
    detectable: row.detectable ?? null,
    ...{ verdict, reason },
  };
}

function keyOf({ benchId, runId }: FleetRun): Record<string, string> {
  return { bench_id: benchId, run_id: runId };
}
