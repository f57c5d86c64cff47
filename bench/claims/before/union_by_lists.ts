/** The keys of both, by way of two lists and their concatenation. */
export function unionByLists(a: object, b: object): Set<string> {
  return new Set([...Object.keys(a)].concat([...Object.keys(b)]));
}
