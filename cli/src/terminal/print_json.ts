import type { Terminal } from "./terminal.ts";

/** Prints a document, in which names command no terminal. */
export function printJson(document: unknown, terminal: Terminal): void {
  const text = JSON.stringify(document, undefined, 2);
  terminal.print(text.replace(/(?!\n)\p{C}/gu, escaped));
}

function escaped(character: string): string {
  return character.split("").map((unit) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  ).join("");
}
