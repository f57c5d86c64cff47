import { assertEquals, assertStringIncludes } from "@std/assert";
import { withResultsDir } from "../../../tests/_results_dir.ts";
import { run, saveRuns } from "../_run.ts";

Deno.test("report writes a page of runs, their judgement and history", async () => {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { a: 100, b: 101, c: 102, now: 150 });
    const at = ["--results", resultsDir];
    const file = `${resultsDir}/page.html`;
    const pages: string[] = [];
    for (
      const args of [
        ["now"],
        ["now", "-b", "a", "b", "c", "--budget", "max<=500"],
        ["--history", "10", "--title", "All <runs>"],
      ]
    ) {
      const { code, out } = await run(["report", ...args, ...at, "-o", file]);
      assertEquals([code, out], [0, `${file}\n`]);
      pages.push(await Deno.readTextFile(file));
    }
    assertEquals(pages[0]!.includes("<title>now</title>"), true);
    assertEquals(pages[1]!.includes("max&lt;=500"), true);
    assertEquals(pages[2]!.includes("All &lt;runs&gt;"), true);
    assertEquals((await run(["report", ...at])).code, 2);
    assertEquals((await run(["report", "none", ...at, "-o", file])).code, 4);
  });
});

Deno.test("gate writes its judgement as HTML, Markdown, JUnit XML and annotations", async () => {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { a: 100, b: 101, c: 102, now: 150 });
    const file = (name: string) => `${resultsDir}/${name}`;
    const { code, out } = await run([
      ...["gate", "now", "-b", "a", "b", "c", "--results", resultsDir],
      ...["--budget", "agent_decision max<=100", "--github"],
      ...["--report", file("r.html"), "--markdown", file("r.md")],
      ...["--junit", file("r.xml")],
    ]);
    assertEquals(code, 1);
    assertStringIncludes(out, "::error title=");
    const page = await Deno.readTextFile(file("r.html"));
    assertEquals(/^\s*<!doctype html>/i.test(page), true);
    assertStringIncludes(await Deno.readTextFile(file("r.md")), "regressed");
    assertStringIncludes(await Deno.readTextFile(file("r.xml")), "<testsuites");
  });
});
