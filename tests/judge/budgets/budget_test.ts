import { assertEquals, assertThrows } from "@std/assert";
import {
  parseBudget,
  parseBudgets,
} from "../../../src/judge/budgets/budget.ts";

Deno.test("parseBudget() reads metric, satellite, figure and limit", () => {
  const cases: [string, unknown[]][] = [
    ["agent_decision p(95)<300", [
      "agent_decision",
      undefined,
      "p95",
      false,
      300,
    ]],
    ["agent_decision[ASTRA-001] p(95)<=300ms", [
      "agent_decision",
      "ASTRA-001",
      "p95",
      true,
      300,
    ]],
    ['"odd [name]"["a]b"] med < 1.5 s', [
      "odd [name]",
      "a]b",
      "p50",
      false,
      1500,
    ]],
    ["downlink[*] avg<5", ["downlink", "*", "mean", false, 5]],
    ["[SAT1] p99.9<+12.5%", [undefined, "SAT1", "p99.9", false, "1.125"]],
    ["p(99)<+5%", [undefined, undefined, "p99", false, "1.05"]],
    [" max <= 500 ", [undefined, undefined, "max", true, 500]],
    ["mean max<-10%", ["mean", undefined, "max", false, "0.9"]],
  ];
  for (const [text, wanted] of cases) {
    const { metricType, satellites, figure, isLimitIncluded, limit } =
      parseBudget(text);
    const satellite = satellites.kind === "one"
      ? satellites.satelliteId
      : satellites.kind === "each"
      ? "*"
      : undefined;
    const value = limit.kind === "absolute" ? limit.value : `${limit.ratio}`;
    assertEquals(
      [metricType, satellite, figure.name, isLimitIncluded, value],
      wanted,
      text,
    );
  }
});

Deno.test("parseBudget() points at the character it cannot read", () => {
  const cases: [string, number, string][] = [
    ["", 1, "a name"],
    ["agent_decision p(95)<", 22, "a limit, as 300 or +5%"],
    ["agent_decision p(95) 300", 22, "< or <="],
    ["agent_decision q<3", 16, "a figure: mean, p(95), max or tail"],
    ["agent_decision p(101)<3", 18, "a percentile above 0 and below 100"],
    ["agent_decision p(x)<3", 18, "a percentile, as 95"],
    ["p(95<3", 5, ")"],
    ["p(99)<5%", 7, "+ or - before per cent"],
    ["max<+5", 7, "% after a change"],
    ["max<-100%", 5, "a change above -100%"],
    ["max<5 parsecs", 7, "nothing more"],
    ["a[b max<5", 10, "]"],
    ["a[* max<5", 5, "]"],
    ["max>5", 4, "< or <="],
    [`max<${"9".repeat(400)}`, 5, "a limit that is a number"],
    [`max<+${"9".repeat(400)}%`, 5, "a limit that is a number"],
  ];
  for (const [text, character, wanted] of cases) {
    const { message } = assertThrows(() => parseBudget(text), RangeError);
    const [first, second, third] = message.split("\n");
    assertEquals(
      first,
      `Cannot read the budget: expected ${wanted} at character ${character}`,
      text,
    );
    assertEquals(second, text);
    assertEquals(third, `${" ".repeat(character - 1)}^`);
  }
});

Deno.test("parseBudget() counts characters, and points past tabs and emoji", () => {
  const { message } = assertThrows(() => parseBudget("\t🛰 max>5"), RangeError);
  const [first, , third] = message.split("\n");
  assertEquals(
    [first, third],
    ["Cannot read the budget: expected < or <= at character 7", "\t     ^"],
  );
});

Deno.test("parseBudgets() takes strings, or a line each", () => {
  const texts = (budgets: string | string[]) =>
    parseBudgets(budgets).map(({ text }) => text);
  assertEquals(texts("max<5\n\np(95)<3\n"), ["max<5", "p(95)<3"]);
  assertEquals(texts(["max<5"]), ["max<5"]);
  assertEquals(parseBudgets(undefined), []);
  for (const wrong of [5, [5], {}]) {
    assertThrows(() => parseBudgets(wrong as unknown as string), TypeError);
  }
});
