import type { Form } from "../../lib/measure/form.ts";
import type { Workload } from "../cases/bench_case.ts";
import { verifySameAnswer } from "../cases/verify.ts";
import type { Original, OriginalVersion } from "./original.ts";

/** The names of the forms that are the original itself. */
export const ORIGINAL_FORMS: Readonly<Record<OriginalVersion, string>> = {
  before: "Python before",
  after: "Python after",
};

/**
 * Adds the original to a case: a form for each of its versions and what is
 * counted of them. What a version cannot do, or does otherwise, is left out and
 * its reason told.
 */
export async function addOriginal(
  workload: Workload,
  original: Original,
  leaveOut: (reason: string) => void,
): Promise<Workload> {
  const { operation, counts = {} } = workload.original ?? {};
  const forms: Record<string, Form> = { ...workload.forms };
  const allCounts = structuredClone(workload.counts ?? {});
  for (const version of original.versions) {
    const name = ORIGINAL_FORMS[version];
    try {
      if (operation) {
        const form = await original.form(version, await operation(version));
        const [first] = Object.entries(workload.forms);
        await verifySameAnswer(Object.fromEntries([first!, [name, form]]));
        forms[name] = form;
      }
      for (const [cost, counting] of Object.entries(counts)) {
        const form = await original.form(version, counting);
        (allCounts[cost] ??= {})[name] = await form.run() as number;
      }
    } catch (error) {
      const [line] = (error as Error).message.split("\n");
      const reason = line!.replace(/^Values are not equal: /, "");
      leaveOut(`${name}: ${reason}`);
    }
  }
  return { forms, counts: allCounts };
}
