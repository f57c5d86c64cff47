import { COLOR_COUNT } from "../page/color_count.ts";
import { type Html, html, named } from "../text/html.ts";

/** A figure that the page's script draws. */
export interface PlotFigure {
  /** Which plot it is. */
  readonly kind: "distribution" | "shift" | "timeline" | "trend";
  /** Its place among the metrics or histories. */
  readonly index: number;
  readonly title: string;
  /** What it shows, for who does not see it. */
  readonly label: string;
  /** How it is to be read. */
  readonly note: string;
  /** What stands between title and plot. */
  readonly before?: Html;
}

/** A title, a place to draw in, and a line for what is pointed at. */
export function plotFigure(
  { kind, index, title, label, note, before }: PlotFigure,
): Html {
  return html`
    <figure><figcaption><h3>${title}</h3>${note}</figcaption>${before}
    <div class="plot" data-plot="${kind}" data-index="${index}" role="img" aria-label="${label}; its figures stand in a table below"></div><p class="readout" aria-hidden="true"></p></figure>
  `;
}

/** Names by their colours; of more than there are colours, the first. */
export function key(names: readonly string[], first = 0): Html {
  if (names.length > COLOR_COUNT) {
    return html`
      <p
        class="note">${names
          .length} satellites share ${COLOR_COUNT} colours; choose one to see it alone.</p>
    `;
  }
  return html`<ul class="key">${
    names.map((name, i) =>
      html`<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="fill-${
        first + i
      }" width="1" height="1"/></svg>${named(name)}</li>`
    )
  }</ul>`;
}
