import type { SuiteStep } from "../measure/measure_suite.ts";
import { ALL_CASES } from "./all.ts";

/**
 * The cases with these names (all where none is given), each at these sizes
 * or at the report's.
 *
 * @throws {RangeError} There is no case of a name, or a size is not a whole
 * number above 0.
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
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 1);
  if (wrong !== undefined) {
    throw new RangeError(`A size is a whole number above 0: ${wrong}`);
  }
  return ALL_CASES
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .flatMap((benchCase) =>
      (sizes.length > 0 ? sizes : benchCase.sizes)
        .map((size) => ({ benchCase, size }))
    );
}
