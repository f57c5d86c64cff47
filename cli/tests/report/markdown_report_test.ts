import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { markdownReport } from "../../src/report/mod.ts";
import { assertGolden } from "./_golden.ts";
import { HOSTILE_TEXTS } from "./_hostile_texts.ts";
import { HOSTILE, INCONCLUSIVE, PASS, REGRESSED } from "./_judgements.ts";

for (
  const [name, judgement] of Object.entries({
    regressed: REGRESSED,
    pass: PASS,
    inconclusive: INCONCLUSIVE,
    hostile: HOSTILE,
  })
) {
  Deno.test(`markdownReport() of ${name} is the golden one`, async () => {
    const text = markdownReport(judgement, { title: "Agent build 118" });
    await assertGolden(`${name}.md.txt`, text);
  });
}

Deno.test("markdownReport() keeps a row a line and a cell a cell, whatever names hold", () => {
  const lines = markdownReport(HOSTILE).split("\n");
  const rows = lines.filter((it) => it.startsWith("| `"));
  assertEquals(rows.length, HOSTILE_TEXTS.length);
  for (const row of rows) {
    assertEquals(row.match(/(?<!\\)\|/g)?.length, 9, row);
  }
});

Deno.test("markdownReport() mentions nobody, refers to nothing and links nowhere", () => {
  // Code shows what it holds as it is.
  const text = markdownReport(HOSTILE).replaceAll("&#8203;", "\u200b").replace(
    /(`+)(?!`).*?(?<!`)\1(?!`)/g,
    "",
  );
  assertEquals(
    text.match(/[@#!](?=\w)|\bGH-\d|https?:\/\/|www\.\w|[^\\]\]\(/g),
    null,
  );
  assertEquals(text.match(/<(?!\/?(details|summary)>)(?<!\\<)/g), null);
});

Deno.test("markdownReport() fits a comment of GitHub, and says what it left out", () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    ...REGRESSED.rows[i % 2 === 0 ? 0 : 4]!,
    satelliteId: `SAT${i}`,
  }));
  const text = markdownReport({ ...REGRESSED, rows });
  assert(text.length <= 65_536);
  assert(text.length > 55_000);
  assertStringIncludes(text, "more rows left out.");
  assert(text.endsWith("</details>\n"));
});
