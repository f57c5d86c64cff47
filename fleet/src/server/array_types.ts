/** Numbers of the types of arrays: of integer, text, bigint, double precision. */
const ARRAY_TYPES = [1007, 1009, 1016, 1022];

/**
 * How arrays are handed to a server; they come back as the text of them.
 *
 * Note: the client of `postgres` can ask each server for its types, but a
 * connection that is cut off meanwhile ends the process.
 */
export const arrayTypes = {
  array: {
    to: ARRAY_TYPES[0]!,
    from: ARRAY_TYPES,
    serialize: arrayText,
    parse: (text: string): string => text,
  },
};

/** An array as PostgreSQL reads it. */
function arrayText(values: readonly (string | number | null)[]): string {
  return `{${
    values.map((value) =>
      value === null
        ? "null"
        : typeof value === "number"
        ? value
        : `"${value.replace(/["\\]/g, "\\$&")}"`
    ).join(",")
  }}`;
}
