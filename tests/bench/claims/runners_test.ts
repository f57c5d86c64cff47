import { assertEquals, assertStringIncludes } from "@std/assert";
import { runTask } from "../_run_task.ts";

const FORMS = ["before", "after", "package"];

Deno.test("bench:deno runs the forms of a case under deno bench", async () => {
  const { code, stdout, stderr } = await runTask("bench:deno", [
    "lookups",
    "--json",
  ]);
  assertEquals(code, 0, stderr);
  const { benches } = JSON.parse(stdout);
  assertEquals(
    benches.map(({ name }: { name: string }) => name),
    FORMS.map((form) =>
      `compare 3 metric types in memory, by lookups: ${form}`
    ),
  );
});

Deno.test("bench:mitata runs the forms of a case in mitata's runner", async () => {
  const { code, stdout, stderr } = await runTask("bench:mitata", ["lookups"]);
  assertEquals(code, 0, stderr);
  for (const form of FORMS) assertStringIncludes(stdout, `lookups: ${form}`);
});
