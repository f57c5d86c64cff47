import type { SatelliteRows } from "../figures/grouped_runs.ts";
import type { MetricFigures } from "../figures/metric_figures.ts";
import { quantileOf, sortedDurations } from "../figures/sorted_durations.ts";
import type { Pace } from "../../event_loop/pace.ts";
import { Html, named } from "../text/html.ts";
import { formatNumber } from "../text/numbers.ts";
import {
  type Column,
  folded,
  TABLE_END,
  tableRow,
  tableStart,
} from "./tables.ts";

const FIGURES: readonly (readonly [name: string, quantile: number])[] = [
  ["p50", 0.5],
  ["p95", 0.95],
  ["max", 1],
];

/** The figures of a timeline as a table: each satellite in each group. */
export async function satelliteTable(
  { name, groups }: MetricFigures,
  pace: Pace,
): Promise<Html> {
  const bySatellite = new Map<string, SatelliteRows[][]>();
  for (const [i, { runs }] of groups.entries()) {
    for (const rows of runs.flatMap(({ satellites }) => satellites)) {
      let found = bySatellite.get(rows.satelliteId);
      if (found === undefined) {
        found = groups.map(() => []);
        bySatellite.set(rows.satelliteId, found);
      }
      found[i]!.push(rows);
    }
  }
  const columns: Column[] = [
    { head: "Satellite" },
    ...groups.flatMap((group) => {
      const of = groups.length === 1 ? "" : `${group.name}: `;
      return [
        { head: `${of}count`, isNumber: true },
        ...FIGURES.map(([figure]) => ({
          head: `${of}${figure} (ms)`,
          isNumber: true,
        })),
      ];
    }),
  ];
  const caption = `Satellites of ${name} as a table`;
  let text = String(tableStart(caption, columns));
  for (const [satelliteId, inGroups] of bySatellite) {
    const cells: (string | Html)[] = [named(satelliteId)];
    for (const ofGroup of inGroups) {
      const ascendingMs = await sortedDurations(ofGroup, pace);
      cells.push(String(ascendingMs.length));
      for (const [, quantile] of FIGURES) {
        cells.push(
          ascendingMs.length === 0
            ? ""
            : formatNumber(quantileOf(ascendingMs, quantile)),
        );
      }
    }
    text += tableRow(columns, cells);
    if (pace.isOver) await pace.turn();
  }
  return folded(caption, new Html(text + TABLE_END));
}
