import { Html, html, type HtmlValue } from "../text/html.ts";

/** A column of a table. */
export interface Column {
  readonly head: HtmlValue;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

/** A cell: what stands in it, or that with a class of its own. */
export type Cell = HtmlValue | {
  readonly of: HtmlValue;
  readonly kind: string;
};

/** A table in a frame that scrolls; the first cell of a row is its head. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Html {
  return html`${tableStart(caption, columns)}${
    rows.map((row) => tableRow(columns, row))
  }${TABLE_END}`;
}

/** The same, folded away under its caption: the figures of a plot. */
export function foldedTable(
  summary: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Html {
  return folded(summary, table(summary, columns, rows));
}

/** What is folded away under a summary. */
export function folded(summary: string, content: Html): Html {
  return html`
    <details><summary>${summary}</summary>
    ${content}</details>
  `;
}

/** What stands before the rows of a table. */
export function tableStart(caption: string, columns: readonly Column[]): Html {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${columns.map(({ head, isNumber }) =>
            html`
              <th scope="col" ${classOf(isNumber)}>${head}</th>
            `
          )}</tr>
        </thead>
        <tbody>
  `;
}

/** What stands after them. */
export const TABLE_END: Html = new Html("</tbody>\n</table></div>\n");

/** A row. */
export function tableRow(
  columns: readonly Column[],
  row: readonly Cell[],
): Html {
  return html`
    <tr>${row.map((cell, i) => {
      const { of, kind } = isPlain(cell) ? { of: cell, kind: "" } : cell;
      return i === 0
        ? html`<th scope="row">${of}</th>`
        : html`<td${classOf(columns[i]?.isNumber, kind)}>${of}</td>`;
    })}</tr>
  `;
}

function isPlain(cell: Cell): cell is HtmlValue {
  return typeof cell !== "object" || cell instanceof Html ||
    Array.isArray(cell);
}

function classOf(isNumber: boolean | undefined, kind = ""): Html | undefined {
  const names = [isNumber ? "number" : "", kind].filter((it) => it !== "");
  return names.length === 0 ? undefined : html`
    class="${names.join(" ")}"
  `;
}
