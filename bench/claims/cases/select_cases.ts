import { ALL_CASES } from "./all.ts";
import type { SuiteStep } from "./bench_case.ts";

/**
 * The cases with these names (all where none is given), each at these sizes
 * or at its own.
 *
 * @throws {RangeError} There is no case of a name.
 */
export function selectCases(
  names: readonly string[],
  sizes: readonly number[],
): SuiteStep[] {
  const known = ALL_CASES.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `There is no case "${unknown}", only ${known.join(", ")}`,
    );
  }
  return ALL_CASES
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .flatMap((benchCase) =>
      (sizes.length > 0 ? [...new Set(sizes)] : benchCase.sizes)
        .map((size) => ({ benchCase, size }))
    );
}
