/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import UPlot from "uplot";
import { colorOf } from "./colors.ts";

/** Where a plot stands, and the line below it that says what is pointed at. */
export interface Place {
  readonly box: HTMLElement;
  readonly readout: HTMLElement;
}

/** What a plot adds to what all have in common. */
export type PlotOptions = Omit<UPlot.Options, "width" | "height">;

const HEIGHT = 260;
const FONT = "12px system-ui, sans-serif";

/** Makes a plot as wide as its place, which follows it. */
export function plot(
  { box }: Place,
  options: PlotOptions,
  data: UPlot.AlignedData,
): UPlot {
  const made = new UPlot(
    {
      legend: { show: false },
      ...options,
      width: box.clientWidth,
      height: HEIGHT,
    },
    data,
    box,
  );
  new ResizeObserver(() => {
    if (box.clientWidth !== made.width && box.clientWidth > 0) {
      made.setSize({ width: box.clientWidth, height: HEIGHT });
    }
  }).observe(box);
  return made;
}

/** An axis in the colours of the page, which may change. */
export function axis(label: string, options: UPlot.Axis = {}): UPlot.Axis {
  const line = { stroke: () => colorOf("--grid"), width: 1 };
  return {
    label,
    font: FONT,
    labelFont: FONT,
    labelSize: 20,
    stroke: () => colorOf("--muted"),
    grid: line,
    ticks: { ...line, size: 4 },
    ...options,
  };
}

/** A number to four digits. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

/** A quantile as it is called: `p95`, `p99.9`. */
export function nameOfQuantile(probability: number): string {
  return `p${Number((100 * probability).toFixed(3))}`;
}
