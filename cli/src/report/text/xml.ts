import { visible } from "./visible.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/**
 * Text from data as it stands in XML, in an element or an attribute. What XML
 * forbids (most controls, halves of surrogate pairs) is spelled out.
 */
export function escapeXml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (it) => ENTITIES[it]!);
}
