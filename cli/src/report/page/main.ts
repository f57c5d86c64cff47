/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/**
 * The script of a report: draws each figure when it comes into sight, or all
 * of them to be printed. What it draws stands in tables too.
 *
 * @module
 */
import "./language.ts";
import type UPlot from "uplot";
import { distributionPlot } from "./distribution_plot.ts";
import type { PageData } from "./page_data.ts";
import type { Place } from "./plot.ts";
import { shiftPlot } from "./shift_plot.ts";
import { type Timeline, timelinePlot } from "./timeline_plot.ts";
import { trendPlot } from "./trend_plot.ts";

const data: PageData = JSON.parse(document.getElementById("data")!.textContent);
const plots: UPlot[] = [];

/** How far each button zooms, and moves. */
const CLOSER = 0.5;
const STEP = 0.5;

const ACTIONS: Readonly<Record<string, (it: Timeline) => void>> = {
  in: (it) => it.zoom(CLOSER),
  out: (it) => it.zoom(1 / CLOSER),
  back: (it) => it.move(-STEP),
  on: (it) => it.move(STEP),
  all: (it) => it.showAll(),
};

/** Draws the figure in an element that waits for one; but once. */
function draw(box: HTMLElement): void {
  const { plot: kind, index } = box.dataset;
  if (kind === undefined) return;
  delete box.dataset.plot;
  const readout = box.nextElementSibling as HTMLElement;
  const place: Place = { box, readout };
  const at = Number(index);
  const metric = data.metrics[at];
  if (kind === "distribution") {
    plots.push(distributionPlot(place, metric!.distribution));
  } else if (kind === "shift") {
    plots.push(shiftPlot(place, metric!.shift!));
  } else if (kind === "timeline") {
    const timeline = timelinePlot(place, metric!.timeline!, data);
    plots.push(timeline.made);
    listen(box.closest("figure")!, timeline);
  } else {
    plots.push(trendPlot(place, data.trends[at]!));
  }
}

function listen(figure: HTMLElement, timeline: Timeline): void {
  for (const button of figure.querySelectorAll<HTMLElement>("[data-action]")) {
    const action = ACTIONS[button.dataset.action!]!;
    button.addEventListener("click", () => action(timeline));
  }
  for (const list of figure.querySelectorAll("select")) {
    list.addEventListener("change", () => {
      const index = Number(list.value);
      if (list.name === "satellite") timeline.showSatellite(index);
      else timeline.showGroup(index);
    });
  }
}

function redraw(): void {
  for (const it of plots) it.redraw(false, true);
}

const waiting = document.querySelectorAll<HTMLElement>("[data-plot]");
const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    draw(target as HTMLElement);
  }
}, { rootMargin: "50%" });
for (const it of waiting) observer.observe(it);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// On paper all figures stand on white, and fit the page.
addEventListener("beforeprint", () => {
  document.documentElement.classList.add("paper");
  for (const it of waiting) draw(it);
  for (const it of plots) {
    const width = it.root.parentElement!.clientWidth;
    it.setSize({ width, height: it.height });
  }
  redraw();
});
addEventListener("afterprint", () => {
  document.documentElement.classList.remove("paper");
  redraw();
});
