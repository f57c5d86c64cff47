import { assertEquals } from "@std/assert";
import type { Forms } from "./bench_case.ts";

/** Runs every form once and throws unless all come to what `before` does. */
export async function verifySameAnswer(forms: Forms): Promise<void> {
  let wanted: unknown;
  for (const [name, { run, answer }] of Object.entries(forms)) {
    const result = await run();
    const got = answer ? await answer() : result;
    if (name === "before") wanted = got;
    else assertEquals(got, wanted, `"${name}" does not do what "before" does`);
  }
}
