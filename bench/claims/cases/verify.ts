import { assertEquals } from "@std/assert";
import type { Forms } from "./bench_case.ts";

/** Runs every form once and throws unless all come to what the first does. */
export async function verifySameAnswer(forms: Forms): Promise<void> {
  let first: { name: string; got: unknown } | undefined;
  for (const [name, { run, answer }] of Object.entries(forms)) {
    const returned = await run();
    const got = answer ? await answer(returned) : returned;
    first ??= { name, got };
    assertEquals(
      got,
      first.got,
      `"${name}" does not do what "${first.name}" does`,
    );
  }
}
