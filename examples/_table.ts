/** Columns that the output takes at most. */
const MAX_WIDTH = 80;

const GAP = "  ";

const SHORTEST_LABEL = 8;

/** Lays out rows in columns: the first to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const [labelWidth = 0, ...others] = widths;
  const taken = others.reduce((sum, width) => sum + GAP.length + width, 0);
  const room = Math.max(SHORTEST_LABEL, MAX_WIDTH - taken);
  widths[0] = Math.min(labelWidth, room);
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0
        ? shortened(cell, room).padEnd(widths[0]!)
        : cell.padStart(widths[column]!)
    ).join(GAP).trimEnd()
  );
}

/** A figure in at most seven characters, or "–" where there is none. */
export function formatFigure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < 1000) return value.toFixed(2);
  return size < 1e5 ? value.toFixed(0) : value.toExponential(0);
}

/** A difference with its sign. */
export function formatDifference(value: number): string {
  return signed(value, formatFigure(value));
}

/** A percentage with its sign. */
export function formatPercentage(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size < 1000
    ? value.toFixed(1)
    : size < 1e5
    ? value.toFixed(0)
    : value.toExponential(0);
  return `${signed(value, text)} %`;
}

/** A text that fits and is harmless, its start and end kept. */
export function shortened(text: string, width = MAX_WIDTH): string {
  const whole = harmless(text);
  if (whole.length <= width) return whole;
  const tail = Math.floor((width - 1) / 2);
  return `${whole.slice(0, width - 1 - tail)}…${whole.slice(-tail)}`;
}

/** Names come from files, and those may hold what commands a terminal. */
export function harmless(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}

function signed(value: number, text: string): string {
  return value > 0 && Number.isFinite(value) ? `+${text}` : text;
}
