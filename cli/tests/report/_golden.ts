import { assertEquals } from "@std/assert";

const GOLDEN = new URL("golden/", import.meta.url);

/** That a text is the one in `golden/`; with `UPDATE_GOLDEN` it becomes so. */
export async function assertGolden(name: string, text: string): Promise<void> {
  const file = new URL(name, GOLDEN);
  if (Deno.env.has("UPDATE_GOLDEN")) await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file), name);
}
