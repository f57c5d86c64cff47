import type { Terminal } from "./terminal.ts";

/** How text stands out, where the terminal can. */
export type Emphasis = "bold" | "dim" | "red" | "green" | "yellow";

const CODES: Readonly<Record<Emphasis, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

/** The text as it stands out. */
export function styled(
  text: string,
  emphasis: Emphasis,
  { hasColour }: Pick<Terminal, "hasColour">,
): string {
  const [on, off] = CODES[emphasis];
  return hasColour ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}
