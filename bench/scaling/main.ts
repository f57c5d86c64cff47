import { fileURLToPath } from "node:url";
import { withScratch } from "../lib/measure/scratch.ts";
import { Progress } from "../lib/report/progress.ts";
import { formatDuration } from "../lib/report/quantity.ts";
import { textTable } from "../lib/report/table.ts";
import { runTask } from "../lib/task.ts";
import { measureCurves } from "./measure_curves.ts";
import {
  fitPowerLaw,
  largestPoints,
  type ScalingCurve,
} from "./scaling_curve.ts";
import { plotScaling } from "./scaling_plot.ts";

const USAGE = `Usage: deno task bench:scaling [options]

Measures time against size; a slope of 1, fitted to the three largest sizes, is
linear growth.

  --quick     go to a hundred thousand measurements and a thousand runs, rather
              than to a million and ten thousand
  --full      go to ten million measurements and a hundred thousand runs
  --results   draw bench/scaling/scaling.svg
  --help      print this
`;

/** The decades of the smallest and largest sizes. */
const SMALLEST = { rows: 3, runs: 2 } as const;
const LARGEST = {
  quick: { rows: 5, runs: 3 },
  usual: { rows: 6, runs: 4 },
  full: { rows: 7, runs: 5 },
} as const;

function tenToThe(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

function curvesText(curves: readonly ScalingCurve[]): string {
  return textTable({
    head: ["", "size", "time", "slope"],
    rows: curves.flatMap(({ name, unit, points }) =>
      points.map(({ size, durationMs }, i) => [
        name,
        `${size.toLocaleString("en")} ${unit}`,
        formatDuration(durationMs),
        i === 0 ? fitPowerLaw(largestPoints(points)).slope.toFixed(2) : "",
      ])
    ),
    right: [1, 2, 3],
  });
}

async function measure(size: keyof typeof LARGEST): Promise<ScalingCurve[]> {
  const rows = tenToThe(SMALLEST.rows, LARGEST[size].rows);
  const runs = tenToThe(SMALLEST.runs, LARGEST[size].runs);
  const progress = new Progress(rows.length + runs.length);
  const curves = await withScratch((directory) =>
    measureCurves({
      rows,
      runs,
      directory,
      onSize: (what) => progress.next(what),
    })
  );
  progress.clear();
  return curves;
}

async function draw(curves: readonly ScalingCurve[]): Promise<void> {
  const path = fileURLToPath(new URL("scaling.svg", import.meta.url));
  const { deno } = Deno.version;
  const cores = navigator.hardwareConcurrency;
  const plot = plotScaling(
    curves,
    `slopes of the three largest sizes; saves replace a run, durability none; Deno ${deno}, ${cores} cores`,
  );
  await Deno.writeTextFile(path, plot);
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: {
      quick: { type: "boolean" },
      full: { type: "boolean" },
      results: { type: "boolean" },
    },
    read({ quick = false, full = false, results = false }, [argument]) {
      if (argument !== undefined) {
        throw new RangeError(`It takes options only, not "${argument}"`);
      }
      if (quick && (full || results)) {
        throw new RangeError("--quick goes with neither --full nor --results");
      }
      return {
        size: full ? "full" : quick ? "quick" : "usual",
        results,
      } as const;
    },
    async run({ size, results }) {
      const curves = await measure(size);
      console.log(curvesText(curves));
      if (results) await draw(curves);
    },
  });
}
