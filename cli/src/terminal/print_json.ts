import type { Terminal } from "./terminal.ts";

/** Prints a document. */
export function printJson(document: unknown, terminal: Terminal): void {
  terminal.print(JSON.stringify(document, undefined, 2));
}
