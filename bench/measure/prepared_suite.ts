import type { BenchCase, Forms } from "../cases/bench_case.ts";
import { verifySameAnswer } from "../cases/verify.ts";

/** A case ready to be registered with a benchmark runner. */
export interface PreparedCase {
  title: string;
  forms: Forms;
}

/**
 * Makes cases ready at the report's sizes, checked and all at once, for a
 * runner that decides for itself when to call which form. Their directories
 * are removed when the process ends.
 */
export async function prepareSuite(
  cases: readonly BenchCase[],
): Promise<PreparedCase[]> {
  const prepared: PreparedCase[] = [];
  for (const { title, sizes, inMemory, prepare } of cases) {
    for (const size of sizes) {
      const directory = inMemory ? "" : await temporaryDirectory();
      const { forms } = await prepare({ size, directory, original: undefined });
      await verifySameAnswer(forms);
      prepared.push({ title: title(size), forms });
    }
  }
  return prepared;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "hil-metrics-bench-" });
  const remove = () => Deno.removeSync(directory, { recursive: true });
  globalThis.addEventListener("unload", remove);
  return directory;
}
