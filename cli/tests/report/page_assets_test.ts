import { assertEquals } from "@std/assert";
import { buildPage, PAGE_ASSETS } from "./build_page.ts";

Deno.test("page_assets.ts is what build_page.ts makes of the page and of uPlot", async () => {
  const text = await Deno.readTextFile(PAGE_ASSETS);
  // A comparison of 70 kB on two lines would print both.
  assertEquals(
    text === await buildPage(),
    true,
    "run cli/tests/report/build_page.ts",
  );
});
