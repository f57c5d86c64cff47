import { visible } from "./visible.ts";

/** A piece of HTML, as opposed to text that has to be escaped. */
export class Html {
  /** Takes what is HTML already. */
  constructor(readonly source: string) {}

  /** The HTML itself. */
  toString(): string {
    return this.source;
  }
}

/** What may stand in a template. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML from a template: every text in it is escaped, `undefined` is nothing. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly HtmlValue[]
): Html {
  let source = strings[0]!;
  for (const [i, value] of values.entries()) {
    source += sourceOf(value) + strings[i + 1]!;
  }
  return new Html(source);
}

/**
 * A name from data, whose direction of writing stays its own; one that nobody
 * would see is told of.
 */
export function named(name: string): Html {
  return html`<bdi>${name.trim() === "" ? "(blank)" : name}</bdi>`;
}

/** Text as it stands in an element or in an attribute within quotes. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (it) => ENTITIES[it]!);
}

/**
 * A value as JSON that may stand in a `script` element, which ends at the first
 * `</script`, whatever is around it.
 */
export function jsonInScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sourceOf(value: HtmlValue): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.source;
  if (typeof value === "object") return value.map(sourceOf).join("");
  return escapeHtml(String(value));
}
