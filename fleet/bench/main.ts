import { threeDigits } from "../../bench/lib/report/quantity.ts";
import { textTable } from "../../bench/lib/report/table.ts";
import { fillFleet } from "./filled_fleet.ts";
import type { FleetRow } from "./fleet_row.ts";
import { measureGrowth } from "./growth.ts";
import { measureIngest } from "./ingest.ts";
import { holdOfQuestions, measureQuestions } from "./questions.ts";
import { measureSketches } from "./sketches.ts";

console.log(measureSketches());
console.log(tableOf(await measureIngest()));
await using filled = await fillFleet();
console.log(tableOf(await measureQuestions(filled)));
console.log(
  `Questions held the event loop for ${
    threeDigits(await holdOfQuestions(filled))
  } ms at most`,
);
console.log(await measureGrowth());

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
