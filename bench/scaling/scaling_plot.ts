import {
  fitPowerLaw,
  largestPoints,
  type ScalingCurve,
} from "./scaling_curve.ts";

interface Axis {
  /** Decades from and to. */
  from: number;
  to: number;
  start: number;
  pixelsPerDecade: number;
}

const WIDTH = 760;
const HEIGHT = 480;
const LEFT = 72;
const RIGHT = 200;
const TOP = 52;
const BOTTOM = 64;
const LABEL_HEIGHT = 30;

const COLORS = ["#0969da", "#bc4c00", "#1a7f37", "#8250df"];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function axis(
  values: readonly number[],
  start: number,
  pixels: number,
): Axis {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return { from, to, start, pixelsPerDecade: pixels / (to - from) };
}

function place({ from, start, pixelsPerDecade }: Axis, value: number): number {
  return start + (Math.log10(value) - from) * pixelsPerDecade;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function powerOfTen(exponent: number): string {
  return `10${
    [...`${exponent}`].map((it) => SUPERSCRIPTS[Number(it)]).join("")
  }`;
}

function duration(exponent: number): string {
  const [scale, unit] = exponent >= 3
    ? [3, "s"]
    : exponent >= 0
    ? [0, "ms"]
    : [-3, "µs"];
  return `${10 ** (exponent - scale)} ${unit}`;
}

function decades({ from, to }: Axis): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function drawGrid(x: Axis, y: Axis): string {
  const bottom = HEIGHT - BOTTOM;
  const right = WIDTH - RIGHT;
  const columns = decades(x).map((exponent) => {
    const at = fixed(place(x, 10 ** exponent));
    return `
  <path d="M${at} ${TOP}V${bottom}" stroke="#d0d7de"/>
  <text x="${at}" y="${bottom + 20}" text-anchor="middle">${
      powerOfTen(exponent)
    }</text>`;
  });
  const rows = decades(y).map((exponent) => {
    const at = fixed(place(y, 10 ** exponent));
    return `
  <path d="M${LEFT} ${at}H${right}" stroke="#d0d7de"/>
  <text x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${
      duration(exponent)
    }</text>`;
  });
  return [...columns, ...rows].join("");
}

function drawCurve(
  { points }: ScalingCurve,
  color: string,
  x: Axis,
  y: Axis,
): string {
  const largest = largestPoints(points);
  const { slope, factor } = fitPowerLaw(largest);
  const ends = [largest[0]!, largest.at(-1)!].map(({ size }) =>
    `${fixed(place(x, size))} ${fixed(place(y, factor * size ** slope))}`
  );
  const dots = points.map(({ size, durationMs }) => `
  <circle cx="${fixed(place(x, size))}" cy="${
    fixed(place(y, durationMs))
  }" r="3.5" fill="${color}"/>`);
  return `
  <path d="M${ends[0]}L${
    ends[1]
  }" stroke="${color}" stroke-width="1.5" stroke-dasharray="5 4"/>${
    dots.join("")
  }`;
}

/** Moves the labels apart, from the top one down, where they would overlap. */
function labelHeights(wanted: readonly number[]): number[] {
  const heights: number[] = [];
  let free = -Infinity;
  for (
    const i of wanted.keys().toArray().sort((a, b) => wanted[a]! - wanted[b]!)
  ) {
    heights[i] = Math.max(wanted[i]!, free);
    free = heights[i] + LABEL_HEIGHT;
  }
  return heights;
}

function drawLabel(
  { name, unit, points }: ScalingCurve,
  color: string,
  labelY: number,
): string {
  const at = WIDTH - RIGHT + 14;
  return `
  <text x="${at}" y="${
    fixed(labelY)
  }" fill="${color}" font-weight="bold">${name} (${unit})</text>
  <text x="${at}" y="${fixed(labelY + 14)}" fill="${color}">slope ${
    fitPowerLaw(largestPoints(points)).slope.toFixed(2)
  }</text>`;
}

/** The curves as SVG, both axes logarithmic, each with the power law of its largest. */
export function plotScaling(
  curves: readonly ScalingCurve[],
  subtitle: string,
): string {
  const points = curves.flatMap((it) => it.points);
  const x = axis(points.map((it) => it.size), LEFT, WIDTH - LEFT - RIGHT);
  const y = axis(
    points.map((it) => it.durationMs),
    HEIGHT - BOTTOM,
    -(HEIGHT - TOP - BOTTOM),
  );
  const colors = curves.map((_, i) => COLORS[i % COLORS.length]!);
  const labels = labelHeights(
    curves.map((it) => place(y, it.points.at(-1)!.durationMs)),
  );
  return `<!-- deno-fmt-ignore-file -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#24292f">
  <rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
  <text x="${LEFT}" y="22" font-size="14" font-weight="bold">Time against size</text>
  <text x="${LEFT}" y="40" fill="#57606a">${subtitle}</text>${drawGrid(x, y)}${
    curves.map((it, i) => drawCurve(it, colors[i]!, x, y)).join("")
  }${curves.map((it, i) => drawLabel(it, colors[i]!, labels[i]!)).join("")}
  <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${
    HEIGHT - 16
  }" text-anchor="middle">measurements, or runs for the listing</text>
</svg>
`;
}
