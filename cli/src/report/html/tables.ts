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
    ${rows.map((row) => rowOf(columns, row))}</tbody>
      </table>
    </div>
  `;
}

/** The same, folded away under its caption: the figures of a plot. */
export function foldedTable(
  summary: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Html {
  return html`
    <details><summary>${summary}</summary>
    ${table(summary, columns, rows)}</details>
  `;
}

function rowOf(columns: readonly Column[], row: readonly Cell[]): Html {
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
