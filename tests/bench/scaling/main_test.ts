import { assertEquals, assertStringIncludes } from "@std/assert";
import { runTask } from "../_run_task.ts";

const PLOT = new URL("../../../bench/scaling/scaling.svg", import.meta.url);

Deno.test("bench:scaling prints its curves, and draws no plot unasked", async () => {
  const { mtime } = await Deno.stat(PLOT);
  const { code, stdout, stderr } = await runTask("bench:scaling", ["--quick"]);
  assertEquals(code, 0, stderr);
  for (const curve of ["load", "save", "statistics", "list"]) {
    assertStringIncludes(stdout, `\n${curve} `);
  }
  assertEquals((await Deno.stat(PLOT)).mtime, mtime);
});
