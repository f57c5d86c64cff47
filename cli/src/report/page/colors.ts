/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { COLOR_COUNT } from "./color_count.ts";

/** The value that the style sheet has now for a colour, as `--text`. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/** The colour of a group or satellite; they come round again. */
export function colorOfIndex(index: number): string {
  return colorOf(`--color-${index % COLOR_COUNT}`);
}

/** Red, green and blue of a colour that is written as `#rrggbb`. */
export function rgbOf(color: string): [number, number, number] {
  const all = parseInt(color.trim().slice(1), 16);
  return [all >> 16, all >> 8 & 255, all & 255];
}
