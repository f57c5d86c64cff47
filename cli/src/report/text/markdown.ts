import { visibleUpTo } from "./visible.ts";

/** Longer names and sentences are cut: a comment holds only so much. */
const MOST_CHARACTERS = 400;
const MOST_IN_CODE = 120;

/**
 * What has a meaning in Markdown, which a backslash before it takes: marks, what
 * begins a list or another block, and what makes a link of an address.
 */
const MARK = /[\\`*_[\]<>&|~!#@$^]|:(?=\/)|^[-+=]|(?<=^\d+)[.)]|(?<=\bwww)\./gi;

/**
 * What GitHub and GitLab make a mention or a reference of after Markdown was
 * read, so that a backslash does not help: `@name`, `#12`, `!12`, `GH-12`.
 */
const REFERENCE = /[@#!$~%&^](?=["\w])|\bGH(?=-\d)/gi;

/** Takes no room, and keeps a reference from being one. */
const APART = "&#8203;";

/** Text from data as a Markdown paragraph or cell shows it, and no more. */
export function markdownText(text: string): string {
  return visibleUpTo(MOST_CHARACTERS, text)
    .replace(REFERENCE, (it) => `${it}\0`)
    .replace(MARK, (it) => `\\${it}`)
    .replaceAll("\0", APART);
}

/**
 * A name from data as code in a cell of a table: nothing in it is a mention, a
 * link or a mark, and its bars do not end the cell.
 */
export function markdownCode(name: string): string {
  const shown = visibleUpTo(MOST_IN_CODE, name);
  const runs = shown.match(/`+/g) ?? [];
  const fence = "`".repeat(
    runs.reduce((longest, it) => Math.max(longest, it.length), 0) + 1,
  );
  // Without spaces the ends would join the fence; one on each side is dropped.
  const pad = /^$|^[ `]|[ `]$/.test(shown) ? " " : "";
  return `${fence}${pad}${shown.replaceAll("|", "\\|")}${pad}${fence}`;
}
