/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type UPlot from "uplot";
import { axis, formatNumber } from "./plot.ts";

/** Marks within a decade; where there is no room for them, the first alone. */
const WITHIN_DECADE = [1, 2, 5];
const FEWEST_MARKS = 3;

const BOTTOM = 2;

/** Pixels from a mark to the next, to the right and upwards. */
const ACROSS = 40;
const UPWARDS = 20;

/** How many marks stand where decades are too far apart. */
const EVEN_MARKS = 5;

/**
 * An axis of durations, as they are or by their logarithms.
 *
 * Note: scales of uPlot that are logarithmic themselves reach from one power of
 * ten to another, and with other ends their marks never end.
 */
export function durationAxis(isLog: boolean, options: UPlot.Axis): UPlot.Axis {
  const isAcross = options.side === BOTTOM;
  const durationOf = (height: number): number => isLog ? 10 ** height : height;
  return axis("duration (ms)", {
    ...(isLog && {
      splits: ({ bbox }, _, low, high) => {
        const length = isAcross ? bbox.width / ACROSS : bbox.height / UPWARDS;
        return logMarks(low, high, length / devicePixelRatio);
      },
    }),
    values: (_, marks) => marks.map((it) => formatNumber(durationOf(it))),
    ...options,
  });
}

/** What is drawn for a duration. */
export function heightOf(durationMs: number, isLog: boolean): number {
  return isLog ? Math.log10(durationMs) : durationMs;
}

/** Some round durations between two logarithms, as logarithms. */
export function logMarks(low: number, high: number, most: number): number[] {
  const isTight = WITHIN_DECADE.length * (high - low) > most;
  const within = isTight ? [1] : WITHIN_DECADE;
  const marks: number[] = [];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    marks.push(...within.map((it) => decade + Math.log10(it)));
  }
  const seen = marks.filter((it) => it >= low && it <= high);
  return seen.length < FEWEST_MARKS ? evenMarks(low, high) : seen;
}

function evenMarks(low: number, high: number): number[] {
  const [from, to] = [10 ** low, 10 ** high];
  const power = 10 ** Math.floor(Math.log10((to - from) / EVEN_MARKS));
  const step = [...WITHIN_DECADE, 10].map((it) => it * power)
    .find((it) => (to - from) / it <= EVEN_MARKS)!;
  const marks: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) {
    marks.push(Math.log10(i * step));
  }
  return marks;
}
