/** What a command has to say. */
export interface Answer {
  /** What `--json` prints. */
  readonly json: unknown;
  /** What is printed else. */
  readonly text: string;
  /** What the process exits with. */
  readonly code: number;
}

/** Rows as a table, each column as wide as it has to be. */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
): string {
  const texts = [head, ...rows.map((row) => row.map(cellText))];
  const widths = head.map((_, i) =>
    Math.max(...texts.map((row) => row[i]!.length))
  );
  const isNumber = head.map((_, i) =>
    rows.every((row) => typeof row[i] === "number")
  );
  return texts.map((row) =>
    row.map((text, i) =>
      isNumber[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)
    ).join("  ").trimEnd()
  ).join("\n");
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "number" && !Number.isInteger(value)) {
    return `${Number(value.toPrecision(6))}`;
  }
  return printable(String(value));
}

/** Without what would move the cursor of a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\ufffd");
}
