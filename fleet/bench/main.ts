import { threeDigits } from "../../bench/lib/report/quantity.ts";
import { textTable } from "../../bench/lib/report/table.ts";
import { runTask } from "../../bench/lib/task.ts";
import { fillFleet } from "./filled_fleet.ts";
import type { FleetRow } from "./fleet_row.ts";
import { measureGrowth } from "./growth.ts";
import { measureIngest } from "./ingest.ts";
import { holdOfQuestions, measureQuestions } from "./questions.ts";
import { measureSketches } from "./sketches.ts";

const PARTS = ["sketches", "ingest", "questions", "growth"] as const;

type Part = typeof PARTS[number];

const USAGE = `Usage: deno task bench:fleet [part...]

Measures a fleet on a PostgreSQL server of its own: ${PARTS.join(", ")},
or all of it.

  --help   print this
`;

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: {},
    read: (_, parts) => partsOf(parts),
    run,
  });
}

function partsOf(parts: readonly string[]): readonly Part[] {
  for (const part of parts) {
    if (PARTS.some((it) => it === part)) continue;
    throw new RangeError(
      `There is no part ${JSON.stringify(part)}, only ${PARTS.join(", ")}`,
    );
  }
  return parts.length === 0 ? PARTS : parts as readonly Part[];
}

async function run(parts: readonly Part[]): Promise<void> {
  if (parts.includes("sketches")) console.log(measureSketches());
  if (parts.includes("ingest")) console.log(tableOf(await measureIngest()));
  if (parts.includes("questions")) {
    await using filled = await fillFleet();
    console.log(tableOf(await measureQuestions(filled)));
    console.log(
      `Questions held the event loop for ${
        threeDigits(await holdOfQuestions(filled))
      } ms at most`,
    );
  }
  if (parts.includes("growth")) console.log(await measureGrowth());
}

function tableOf(rows: readonly FleetRow[]): string {
  return textTable({
    head: ["", "ms", "goal", "of", "beside", "ms"],
    rows: rows.map(({ what, ours, goal, rival, rivals }) => [
      ...[what, threeDigits(ours), goal === undefined ? "" : `${goal}`],
      ...[`${threeDigits(ours / rivals)} x`, rival, threeDigits(rivals)],
    ]),
    right: [1, 2, 3, 5],
  });
}
