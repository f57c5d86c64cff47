import { assert, assertEquals } from "@std/assert";
import { html, jsonInScript } from "../../../src/report/text/html.ts";
import {
  markdownCode,
  markdownText,
} from "../../../src/report/text/markdown.ts";
import {
  formatChange,
  formatInterval,
  formatNumber,
} from "../../../src/report/text/numbers.ts";
import { visible, visibleUpTo } from "../../../src/report/text/visible.ts";
import { HOSTILE_TEXTS } from "../_hostile_texts.ts";

for (
  const [text, wanted] of [
    ["a\nb", "a\\u{a}b"],
    ["\u202eabc", "\\u{202e}abc"],
    ["\ud83d", "\\u{d83d}"],
    ["👩‍🚀 卫星 é", "👩‍🚀 卫星 é"],
  ] as const
) {
  Deno.test(`visible() of ${JSON.stringify(text)} is ${wanted}`, () => {
    assertEquals(visible(text), wanted);
  });
}

Deno.test("visibleUpTo() cuts long texts, between characters", () => {
  assertEquals(visibleUpTo(5, "abcde"), "abcde");
  assertEquals(visibleUpTo(5, "abcdef"), "abcd…");
  assertEquals(visibleUpTo(3, "🛰🛰🛰🛰🛰🛰🛰🛰🛰"), "🛰🛰…");
  assertEquals(visibleUpTo(3, "🛰🛰🛰"), "🛰🛰🛰");
});

Deno.test("html escapes every text and no HTML", () => {
  assertEquals(
    String(html`<p title="${`"'`}">${"<b>&"}${html`<i>`}${undefined}${[
      html`1`,
      html`2`,
    ]}`),
    '<p title="&quot;&#39;">&lt;b&gt;&amp;<i>12',
  );
});

Deno.test("jsonInScript() ends no script and stays what it was", () => {
  const json = jsonInScript(HOSTILE_TEXTS);
  assert(!/[<>&\u2028\u2029]/.test(json));
  assertEquals(JSON.parse(json), HOSTILE_TEXTS);
});

for (
  const [text, wanted] of [
    ["a|b", "`a\\|b`"],
    ["`", "`` ` ``"],
    ["a``b", "```a``b```"],
    ["", "`  `"],
    ["@all", "`@all`"],
  ] as const
) {
  Deno.test(`markdownCode() of ${JSON.stringify(text)} is ${wanted}`, () => {
    assertEquals(markdownCode(text), wanted);
  });
}

for (
  const [text, wanted] of [
    ["agent-1 took 1.5 ms (+3 %)", "agent-1 took 1.5 ms (+3 %)"],
    ["@all #1", "\\@&#8203;all \\#&#8203;1"],
    ["1. first", "1\\. first"],
    ["- item", "\\- item"],
    ["<b>&amp;", "\\<b\\>\\&&#8203;amp;"],
    ["https://x", "https\\://x"],
  ] as const
) {
  Deno.test(`markdownText() of ${JSON.stringify(text)} is ${wanted}`, () => {
    assertEquals(markdownText(text), wanted);
  });
}

for (
  const [value, wanted] of [
    [0, "0"],
    [0.1234, "0.123"],
    [4.7, "4.70"],
    [99.96, "100"],
    [123.4, "123"],
    [12_345.6, "12,346"],
  ] as const
) {
  Deno.test(`formatNumber() of ${value} is ${wanted}`, () => {
    assertEquals(formatNumber(value), wanted);
  });
}

Deno.test("formatChange() and formatInterval() say ratios in per cent", () => {
  assertEquals(formatChange(1.2768), "+27.7 %");
  assertEquals(formatChange(0.9), "-10.0 %");
  assertEquals(formatChange(undefined), "");
  assertEquals(formatInterval([1.1, Infinity]), "+10.0 % to no limit");
});
