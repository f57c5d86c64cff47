import { fileURLToPath } from "node:url";
import { withScratch } from "../measure/scratch.ts";
import { Progress } from "../report/progress.ts";
import { formatDuration } from "../report/quantity.ts";
import { textTable } from "../report/table.ts";
import { measureCurves } from "./measure_curves.ts";
import {
  fitPowerLaw,
  largestPoints,
  type ScalingCurve,
} from "./scaling_curve.ts";
import { plotScaling } from "./scaling_plot.ts";

const USAGE = `Usage: deno task bench:scaling [--full]

Measures time against size and draws bench/scaling/scaling.svg; a slope of 1,
fitted to the three largest sizes, is linear growth.

  --full   go to ten million measurements and a hundred thousand runs
`;

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

if (import.meta.main) {
  const full = Deno.args.includes("--full");
  if (Deno.args.some((arg) => arg !== "--full")) {
    console.error(USAGE);
    Deno.exit(Deno.args.includes("--help") ? 0 : 2);
  }
  const rows = tenToThe(3, full ? 7 : 6);
  const runs = tenToThe(2, full ? 5 : 4);
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
  console.log(curvesText(curves));
  const path = fileURLToPath(new URL("scaling.svg", import.meta.url));
  await Deno.writeTextFile(
    path,
    plotScaling(
      curves,
      `slopes of the three largest sizes; saves replace a run, durability none; Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores`,
    ),
  );
}
