/** A table of text; numbers stand to the right. */
export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** Indexes of the columns that stand to the right. */
  right?: readonly number[];
}

/** Lines up the columns for a terminal; `paint` may colour a padded cell. */
export function textTable(
  { head, rows, right = [] }: Table,
  paint: (cell: string) => string = (cell) => cell,
): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length))
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      paint(
        right.includes(column)
          ? cell.padStart(widths[column]!)
          : cell.padEnd(widths[column]!),
      )
    ).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The same as a Markdown table. */
export function markdownTable({ head, rows, right = [] }: Table): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const rule = head.map((_, column) => right.includes(column) ? "--:" : "---");
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
