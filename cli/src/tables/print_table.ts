import { styled } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { shortened } from "./text_width.ts";
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
  terminal.print(styled(head!, "dim", terminal));
  for (const [row, line] of rows.entries()) {
    terminal.print(emphasize(line, row));
  }
  if (omitted.length === 0) return;
  const note = `not shown, too narrow: ${omitted.join(", ")}`;
  terminal.print(
    styled(
      shortened(note, terminal.columns, (it) => it.length),
      "dim",
      terminal,
    ),
  );
}
