import { harmless } from "./harmless.ts";
import { padded, shortened, widthFor } from "./text_width.ts";

/** A column of a table. */
export interface Column {
  /** What stands above it. */
  readonly head: string;
  /** Of cells that hold figures, to the right. */
  readonly align: "left" | "right";
  /**
   * Where not all columns fit, those of the highest number go first; those of
   * 0 stay.
   */
  readonly rank: number;
  /** One for each row. */
  readonly cells: readonly string[];
}

/** A table that fits. */
export interface Table {
  /** The heads, and a line for each row. */
  readonly lines: readonly string[];
  /** Heads of the columns that did not fit. */
  readonly omitted: readonly string[];
}

const GAP = "  ";

/** Text is never cut shorter than this. */
const SHORTEST = 8;

/** Nor than this while there is a column that can go. */
const READABLE = 24;

/**
 * Lays out columns in so many columns of a terminal: whole columns go, then
 * text to the left is shortened, that of the highest number first. Nothing else
 * is cut.
 */
export async function layOut(
  columns: readonly Column[],
  width: number,
): Promise<Table> {
  const drafts = columns.map(({ head, cells, ...rest }) => {
    return { head, texts: [head, ...cells].map(harmless), ...rest };
  });
  const widthOf = await widthFor(drafts.flatMap(({ texts }) => texts));
  let shown = drafts.map((it) => {
    const widest = it.texts.reduce(
      (max, text) => Math.max(max, widthOf(text)),
      0,
    );
    return { ...it, width: widest };
  });
  const omitted: string[] = [];
  const total = () =>
    shown.reduce((sum, it) => sum + it.width, GAP.length * (shown.length - 1));
  const least = () =>
    total() -
    shown.reduce((sum, it) => sum + it.width - shrunk(it, READABLE), 0);
  while (least() > width) {
    const rank = Math.max(...shown.map((it) => it.rank));
    if (rank === 0) break;
    const at = shown.findLastIndex((it) => it.rank === rank);
    omitted.unshift(shown[at]!.head);
    shown = shown.toSpliced(at, 1);
  }
  const byRank = shown.toSorted((a, b) => b.rank - a.rank);
  for (const shortest of [READABLE, SHORTEST]) {
    for (const column of byRank) {
      const excess = total() - width;
      if (excess <= 0) break;
      const { width: wide } = column;
      column.width = Math.max(shrunk(column, shortest), wide - excess);
    }
  }
  const lines = shown[0]!.texts.map((_, row) =>
    shown.map(({ texts, width, align }) =>
      padded(shortened(texts[row]!, width, widthOf), width, align, widthOf)
    ).join(GAP).trimEnd()
  );
  return { lines, omitted };
}

/** How narrow a column can become. */
function shrunk(
  { align, width }: { align: "left" | "right"; width: number },
  shortest: number,
): number {
  return align === "left" ? Math.min(width, shortest) : width;
}
