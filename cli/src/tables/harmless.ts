/**
 * A text that commands no terminal and turns no direction: names come from
 * files, and those may hold anything.
 */
export function harmless(text: string): string {
  // The joiner that composed characters are made with stays.
  return text.replace(/(?!\u200D)\p{C}/gu, "\uFFFD");
}
