import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

async function benchJudge(...args: string[]) {
  const script = fileURLToPath(
    new URL("../../../bench/judge/main.ts", import.meta.url),
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=bench", "--no-lock", script, ...args],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("bench:judge fails where there is nothing to judge", async () => {
  const empty = await Deno.makeTempDir();
  try {
    const { code, stderr } = await benchJudge("real", "--runs", empty);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Nothing was judged");
  } finally {
    await Deno.remove(empty);
  }
});

Deno.test("bench:judge prints tables, or one JSON object", async () => {
  const { code, stdout } = await benchJudge(
    "real",
    "histories",
    "--judgements",
    "10",
    "--json",
  );
  assertEquals(code, 0);
  const { designs, trends } = JSON.parse(stdout);
  assertEquals(designs.length, 4);
  assert(trends.length > 0);
  const text = await benchJudge("real", "--judgements", "10");
  assertStringIncludes(text.stdout, "Unchanged runs");
});
