import { threeDigits } from "../../bench/lib/report/quantity.ts";
import { textTable } from "../../bench/lib/report/table.ts";
import { runTask } from "../../bench/lib/task.ts";
import { fillFleet } from "./filled_fleet.ts";
import type { FleetRow } from "./fleet_row.ts";
import { measureGrowth } from "./growth.ts";
import { measureIngest } from "./ingest.ts";
import { holdOfQuestions, measureQuestions } from "./questions.ts";
import { measureSketches } from "./sketches.ts";

/** What can be measured, and how. */
const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  sketches: measureSketches,
  ingest: async () => tableOf(await measureIngest()),
  questions,
  growth: measureGrowth,
};

const USAGE = `Usage: deno task bench:fleet [part...] [options]

Measures a fleet on PostgreSQL servers of its own: how fast sketches are made
and merged, pushes and questions beside bare SQL of the same, and what a run
adds to one server and to four.

  --help  print this

Parts: ${Object.keys(PARTS).join(", ")}
`;

async function questions(): Promise<string> {
  await using filled = await fillFleet();
  const table = tableOf(await measureQuestions(filled));
  const holdMs = threeDigits(await holdOfQuestions(filled));
  return `${table}\nQuestions held the event loop for ${holdMs} ms at most`;
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

await runTask({
  usage: USAGE,
  options: {},
  read: (_, parts): readonly string[] => {
    const unknown = parts.find((it) => !Object.hasOwn(PARTS, it));
    if (unknown === undefined) return parts;
    throw new RangeError(
      `There is no part "${unknown}", only ${Object.keys(PARTS).join(", ")}`,
    );
  },
  run: async (parts) => {
    for (const [part, measure] of Object.entries(PARTS)) {
      if (parts.length > 0 && !parts.includes(part)) continue;
      console.log(await measure());
    }
  },
});
