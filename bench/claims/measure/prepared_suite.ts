import type { Forms, SuiteStep } from "../cases/bench_case.ts";
import { verifySameAnswer } from "../cases/verify.ts";

/** A case ready to be registered with a benchmark runner. */
export interface PreparedCase {
  title: string;
  forms: Forms;
}

/**
 * Makes cases ready, checked and all at once, for a runner that decides for
 * itself when to call which form. Their directories are removed when the
 * process ends.
 */
export async function prepareSuite(
  steps: readonly SuiteStep[],
): Promise<PreparedCase[]> {
  const prepared: PreparedCase[] = [];
  for (const { benchCase, size } of steps) {
    const { title, inMemory, prepare } = benchCase;
    const directory = inMemory ? "" : await temporaryDirectory();
    const { forms } = await prepare({ size, directory });
    await verifySameAnswer(forms);
    prepared.push({ title: title(size), forms });
  }
  return prepared;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "hil-metrics-bench-" });
  const remove = () => Deno.removeSync(directory, { recursive: true });
  globalThis.addEventListener("unload", remove);
  return directory;
}
