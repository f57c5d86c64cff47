import { assert, assertEquals } from "@std/assert";
import { runTask } from "../_run_task.ts";

Deno.test("bench:rivals --json prints the figures of the rows that were named", async () => {
  const { code, stdout, stderr } = await runTask("bench:rivals", [
    "summary",
    "--quick",
    "--json",
  ]);
  assertEquals(code, 0, stderr);
  const { figures, skipped } = JSON.parse(stdout);
  assertEquals(skipped, []);
  assert(figures.length > 0);
  for (const { what, own } of figures) {
    assert(what.startsWith("summary, "), what);
    assert(own > 0, what);
  }
});
