// Types of the functions of @std/csv that this project uses.
export interface StringifyOptions {
  headers?: boolean;
  columns?: readonly string[];
}
export function parse(input: string): string[][];
export function stringify(
  data: readonly Readonly<Record<string, unknown> | unknown[]>[],
  options?: StringifyOptions,
): string;
