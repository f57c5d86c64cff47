import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));

async function run(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=bench", MAIN, ...args],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("bench --json prints one object and nothing else on standard output", async () => {
  const { code, stdout, stderr } = await run(
    "lookups",
    "--runs",
    "5",
    "--json",
  );
  assertEquals(code, 0, stderr);
  const { claims, figures } = JSON.parse(stdout);
  assert(claims.length > 0);
  for (const { name, claimed, measured, interval, verdict } of claims) {
    assertEquals(typeof name, "string");
    assertEquals(claimed.length, 2);
    assertEquals(typeof measured, "number");
    assertEquals(interval.length, 2);
    assertEquals(typeof verdict, "string");
  }
  assertEquals(figures[0].forms.before.roundsMs.length, 5);
  assertStringIncludes(stderr, "[1/1]");
});

Deno.test("bench names the cases there are when asked for another", async () => {
  const { code, stdout, stderr } = await run("sav");
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, 'There is no case "sav", only save, read');
});
