import { styled } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { harmless } from "./harmless.ts";
import { type Column, layOut } from "./table.ts";

/** Prints a table that fits the terminal, and names what did not. */
export async function printTable(
  columns: readonly Column[],
  terminal: Terminal,
  emphasize: (line: string, row: number) => string = (line) => line,
): Promise<void> {
  const { lines: [head, ...rows], omitted } = await layOut(
    columns,
    terminal.columns,
  );
  const lines = rows.map((line, row) => emphasize(line, row));
  terminal.print([styled(head!, "dim", terminal), ...lines].join("\n"));
  if (omitted.length === 0) return;
  const note = harmless(`not shown, too narrow: ${omitted.join(", ")}`);
  terminal.print(styled(wrapped(note, terminal.columns), "dim", terminal));
}

/** A text in lines of at most so many columns, where its words allow it. */
function wrapped(text: string, columns: number): string {
  if (columns === Infinity) return text;
  return text.replace(new RegExp(`(.{1,${columns}})(?: |$)`, "gu"), "$1\n")
    .trimEnd();
}
