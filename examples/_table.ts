/** Columns that the output takes at most. */
const MAX_WIDTH = 100;

const GAP = "  ";

const SHORTEST_LABEL = 8;

/** Lays out rows in columns: the first to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(harmless));
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const [labelWidth = 0, ...others] = widths;
  const taken = others.reduce((sum, width) => sum + GAP.length + width, 0);
  const room = Math.max(SHORTEST_LABEL, MAX_WIDTH - taken);
  widths[0] = Math.min(labelWidth, room);
  return cells.map((row) =>
    row.map((cell, column) =>
      column === 0
        ? shortened(cell, room).padEnd(widths[0]!)
        : cell.padStart(widths[column]!)
    ).join(GAP).trimEnd()
  );
}

/** A figure with two decimals, or "–" where there is none. */
export function formatFigure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  return Math.abs(value) < 1e6 ? value.toFixed(2) : value.toExponential(2);
}

/** A difference with its sign. */
export function formatDifference(value: number): string {
  const sign = value > 0 && Number.isFinite(value) ? "+" : "";
  return sign + formatFigure(value);
}

/** A text that fits, its start and end kept. */
export function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(-tail)}`;
}

/** Names come from files, and those may hold what commands a terminal. */
function harmless(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
