import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { githubAnnotations } from "../../src/report/mod.ts";
import { assertGolden } from "./_golden.ts";
import { HOSTILE, INCONCLUSIVE, PASS, REGRESSED } from "./_judgements.ts";

for (
  const [name, judgement] of Object.entries({
    regressed: REGRESSED,
    inconclusive: INCONCLUSIVE,
    hostile: HOSTILE,
  })
) {
  Deno.test(`githubAnnotations() of ${name} are the golden ones`, async () => {
    await assertGolden(`${name}.annotations.txt`, githubAnnotations(judgement));
  });
}

Deno.test("githubAnnotations() has nothing to say of a pass without warnings", () => {
  assertEquals(githubAnnotations(PASS), "");
});

Deno.test("githubAnnotations() gives a command a line, whatever names hold", () => {
  const lines = githubAnnotations(HOSTILE).split("\n");
  assertEquals(lines.pop(), "");
  for (const line of lines) {
    assertMatch(line, /^::(error|warning) title=[^:,\r]*::[^\r]*$/);
    assertEquals(line.match(/%(?!25|0A|3A|2C)/g), null, line);
    assertEquals(line.isWellFormed(), true);
  }
});

Deno.test("githubAnnotations() gives ten of a level at most, the last of which counts the others", () => {
  const lines = githubAnnotations(HOSTILE).trimEnd().split("\n");
  assertEquals(lines.length, 20);
  assertStringIncludes(lines[9]!, "::error title=12 more::");
});

Deno.test("githubAnnotations() makes no error of a row where the verdict can't be told", () => {
  const errors = githubAnnotations(INCONCLUSIVE).match(/^::error.*$/gm);
  assertEquals(errors, [
    "::error title=Can't tell::The machine is too busy to measure",
  ]);
});
