/** The keys of both, as the union of two sets. */
export function unionOfSets(a: object, b: object): Set<string> {
  return new Set(Object.keys(a)).union(new Set(Object.keys(b)));
}
