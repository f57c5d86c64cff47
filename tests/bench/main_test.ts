import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runScript } from "./_run_script.ts";

Deno.test("bench --json prints one object and nothing else on standard output", async () => {
  const { code, stdout, stderr } = await runScript(
    "main.ts",
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
  const { code, stdout, stderr } = await runScript("main.ts", "sav");
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, 'There is no case "sav", only save, read');
});
