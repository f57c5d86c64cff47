import { styled } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { harmless } from "./harmless.ts";

/** Tells what makes a result doubtful, with its code where it has one. */
export function warn(text: string, terminal: Terminal, code?: string): void {
  const head = code === undefined ? "warning:" : `warning ${code}:`;
  terminal.tell(`${styled(head, "yellow", terminal)} ${harmless(text)}\n`);
}
