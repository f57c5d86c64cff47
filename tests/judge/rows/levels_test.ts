import { assertAlmostEquals, assertEquals } from "@std/assert";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { FIGURE_NAMES } from "../../../src/judge/figures/judged_figure.ts";
import {
  changedRows,
  levelsOf,
  type RowName,
} from "../../../src/judge/rows/levels.ts";

const ROWS: readonly RowName[] = ["detection", "decision"].flatMap((
  metricType,
) =>
  [undefined, "SAT1", "SAT2"].flatMap((satelliteId) =>
    FIGURE_NAMES.map((figure) => ({ metricType, satelliteId, figure }))
  )
);

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, it) => total + it, 0);
}

Deno.test("levelsOf() divides a level among all rows, however many", () => {
  for (const candidates of [1, 3]) {
    for (const rows of [ROWS, ROWS.slice(0, 6), ROWS.slice(0, 3)]) {
      const { shares } = runAtOnce(levelsOf(rows, candidates));
      assertAlmostEquals(sum(shares), 1, 1e-12);
    }
  }
});

Deno.test("levelsOf() gives rows over all satellites four fifths", () => {
  const { shares } = runAtOnce(levelsOf(ROWS, 3));
  const ofAll = ROWS.flatMap((it, i) =>
    it.satelliteId === undefined ? [shares[i]!] : []
  );
  assertAlmostEquals(sum(ofAll), 0.8, 1e-12);
  const shareOf = (figure: string) =>
    shares[ROWS.findIndex((it) => it.figure === figure)]!;
  assertAlmostEquals(shareOf("p50") / shareOf("p95"), 4, 1e-12);
});

Deno.test("a satellite is asked about at the whole level once its metric has changed", () => {
  const levels = runAtOnce(levelsOf(ROWS, 3));
  const at = (metricType: string, satelliteId: string | undefined) =>
    ROWS.findIndex((it) =>
      it.metricType === metricType && it.satelliteId === satelliteId &&
      it.figure === "p50"
    );
  const level = 0.01;
  const probabilities = new Float64Array(ROWS.length).fill(1);
  const satellite = at("decision", "SAT2");
  probabilities[satellite] = 0.99 * level * levels.sharesWithin![satellite]!;
  assertEquals(
    runAtOnce(changedRows(ROWS, probabilities, levels, level)).includes(true),
    false,
  );
  probabilities[at("detection", undefined)] = 0;
  assertEquals(
    runAtOnce(changedRows(ROWS, probabilities, levels, level))[satellite],
    false,
  );
  probabilities[at("decision", undefined)] = 0;
  assertEquals(
    runAtOnce(changedRows(ROWS, probabilities, levels, level))[satellite],
    true,
  );
});
