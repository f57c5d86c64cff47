/// <reference lib="dom" />
import axe from "axe-core";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { LatencyCollector, METRIC_TYPES } from "@astraguard/hil-metrics";
import { drawAll, TestBrowser } from "./_browser.ts";
import { benchRuns } from "./_example_runs.ts";
import { HOSTILE_TEXTS } from "./_hostile_texts.ts";
import { HOSTILE } from "./_judgements.ts";
import { history, judgedContent, pageOf } from "./_reports.ts";

let browser: TestBrowser;
const pages = new Map<string, string>();

Deno.test.beforeAll(async () => {
  const judged = await judgedContent();
  const baselines = judged.baselines!.slice(0, 1);
  const candidates = judged.candidates!.slice(0, 1);
  pages.set("a run", await pageOf({ candidates }));
  pages.set("two runs", await pageOf({ baselines, candidates }));
  pages.set("a judgement", await pageOf(judged));
  pages.set("a history", await pageOf({ histories: [history()] }));
  pages.set("hostile names", await pageOf(hostileContent()));
  browser = await TestBrowser.start();
});

Deno.test.afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

/** Names that a collector takes, and those of elsewhere, in every place. */
function hostileContent() {
  const names = HOSTILE_TEXTS.filter((it) =>
    it.trim() !== "" && it.isWellFormed() && !/\p{Cc}/u.test(it)
  );
  const measurements = new LatencyCollector();
  for (const [i, name] of names.entries()) {
    for (let j = 0; j < 20; j++) {
      measurements.record({
        metricType: names[i % 3]!,
        satelliteId: name,
        durationMs: 10 + j,
        scenarioTimeS: j,
        timestamp: j,
      });
    }
  }
  const runs = HOSTILE_TEXTS.map((name) => ({
    runId: name,
    timestamp: 0,
    measurements,
    labels: { [name]: name },
  }));
  return {
    title: HOSTILE_TEXTS.join(" "),
    baselines: runs.slice(0, 10),
    candidates: runs.slice(10),
    judgement: HOSTILE,
    histories: HOSTILE_TEXTS.slice(0, 3).map((name) => ({
      ...history(),
      metricType: name,
      satelliteId: name,
      figure: name,
      points: HOSTILE_TEXTS.map((runId) => ({ runId, value: 1 })),
      changePoints: [],
    })),
  };
}

const KINDS = [
  "a run",
  "two runs",
  "a judgement",
  "a history",
  "hostile names",
];

for (const kind of KINDS) {
  for (const colorScheme of ["light", "dark"] as const) {
    Deno.test(`a report of ${kind} draws all, prints and asks for nothing, fits 1400 pixels and has no flaw that axe finds, ${colorScheme}`, async () => {
      await using it = await browser.open(pages.get(kind)!, { colorScheme });
      await drawAll(it.page);
      const figures = await it.page.locator(".plot").count();
      assertEquals(await it.page.locator(".plot canvas").count(), figures);
      assert(figures > 0);
      await unfold(it.page);
      assertEquals(await widthOf(it.page), 1400);
      assertEquals(await flawsOf(it.page), []);
      assertEquals(await it.page.evaluate("globalThis.broken"), undefined);
      assertEquals([it.messages, it.requests], [[], []]);
    });
  }

  Deno.test(`a report of ${kind} fits 360 pixels`, async () => {
    await using it = await browser.open(pages.get(kind)!, { width: 360 });
    await drawAll(it.page);
    await unfold(it.page);
    assertEquals(await widthOf(it.page), 360);
    assertEquals(it.messages, []);
  });
}

for (
  const [what, durationsMs] of [
    ["without measurements", []],
    ["of one measurement", [5]],
    ["of measurements that are all the same", Array(50).fill(5)],
    ["of zeros", Array(50).fill(0)],
    ["of huge and tiny durations", [1e-9, 1e12, 1, 0]],
  ] as const
) {
  Deno.test(`a report of runs ${what} draws all and prints nothing`, async () => {
    const measurements = new LatencyCollector();
    for (const durationMs of durationsMs) {
      for (const metricType of METRIC_TYPES) {
        measurements.record({
          metricType,
          satelliteId: "SAT1",
          durationMs,
          scenarioTimeS: 0,
          timestamp: 0,
        });
      }
    }
    await using it = await browser.open(
      await pageOf({
        baselines: [{ runId: "a", measurements }],
        candidates: [{ runId: "b", measurements }],
      }),
    );
    await drawAll(it.page);
    const text = await it.page.locator("main").innerText();
    assertEquals(/NaN|Infinity|undefined/.exec(text), null);
    assertEquals(it.messages, []);
  });
}

Deno.test("axe finds a flaw where there is one", async () => {
  const page = pages.get("a run")!.replace(' lang="en"', "");
  await using it = await browser.open(page);
  assertEquals((await flawsOf(it.page)).map(({ id }) => id), ["html-has-lang"]);
});

Deno.test("a report says its verdict first, in words", async () => {
  await using it = await browser.open(pages.get("a judgement")!);
  const text = await it.page.locator("main").innerText();
  assertMatch(
    text,
    /^3 candidates beside 10 baselines\s+Regressed\s+agent_decision /,
  );
  assertMatch(await it.page.title(), /^Regressed: /);
});

Deno.test("a report's tables hold the figures of the runs", async () => {
  const [run] = await benchRuns("decision_plus_30_percent", 1);
  const { agent_decision } = run!.measurements.getStats();
  await using it = await browser.open(pages.get("a run")!);
  const cells = await it.page
    .locator("h2#overview + .scroll tr", { hasText: "agent_decision" })
    .locator("td").allInnerTexts();
  const { count, mean_ms, max_ms } = agent_decision!;
  assertEquals(
    [cells[0], cells[1], cells.at(-1)],
    [String(count), mean_ms.toPrecision(3), max_ms.toPrecision(3)],
  );
});

Deno.test("a report has a table for every figure", async () => {
  await using it = await browser.open(pages.get("a judgement")!);
  const summaries = await it.page.locator("summary").allInnerTexts();
  for (const name of ["fault_detection", "agent_decision", "Whole chains"]) {
    assert(summaries.includes(`Quantiles of ${name} as a table`), name);
    assert(summaries.includes(`Satellites of ${name} as a table`), name);
  }
  assert(summaries.includes("Stages of whole chains as a table"));
  assert(summaries.includes("agent_decision p95 as a table"));
});

Deno.test("a timeline zooms by its buttons and by a drag, and shows all again", async () => {
  await using it = await browser.open(pages.get("a judgement")!);
  const figure = it.page.locator("figure", { has: it.page.getByRole("button") })
    .first();
  await figure.scrollIntoViewIfNeeded();
  const canvas = figure.locator("canvas");
  await canvas.waitFor();
  const press = (name: string) =>
    figure.getByRole("button", { name, exact: true }).click();
  const whole = await pictureOf(canvas);
  await press("Zoom in");
  const closer = await pictureOf(canvas);
  assertNotEquals(closer, whole);
  await press("On");
  assertNotEquals(await pictureOf(canvas), closer);
  await press("Back");
  assertEquals(await pictureOf(canvas), closer);
  await press("Show all");
  assertEquals(await pictureOf(canvas), whole);
  const over = figure.locator(".u-over");
  const { x, y, width, height } = (await over.boundingBox())!;
  await it.page.mouse.move(x + width / 4, y + height / 2);
  await it.page.mouse.down();
  await it.page.mouse.move(x + width / 2, y + height / 2, { steps: 5 });
  await it.page.mouse.up();
  await it.page.mouse.move(0, 0);
  assertNotEquals(await pictureOf(canvas), whole);
  await over.dblclick();
  await it.page.mouse.move(0, 0);
  assertEquals(await pictureOf(canvas), whole);
  assertEquals(it.messages, []);
});

Deno.test("a timeline shows one satellite, and one side's runs", async () => {
  await using it = await browser.open(pages.get("a judgement")!);
  const figure = it.page.locator("figure", { has: it.page.getByRole("button") })
    .first();
  await figure.scrollIntoViewIfNeeded();
  const canvas = figure.locator("canvas");
  await canvas.waitFor();
  const pictures = new Set([await pictureOf(canvas)]);
  await figure.getByLabel("Satellite").selectOption("ASTRA-002");
  pictures.add(await pictureOf(canvas));
  await figure.getByLabel("Runs").selectOption("Candidates");
  pictures.add(await pictureOf(canvas));
  assertEquals(pictures.size, 3);
});

Deno.test("a report tells what is pointed at", async () => {
  await using it = await browser.open(pages.get("a judgement")!);
  const figure = it.page.locator("figure").first();
  await figure.scrollIntoViewIfNeeded();
  await figure.locator(".u-over").hover();
  assertMatch(
    await figure.locator(".readout").innerText(),
    /^p50: Baselines [\d.]+ ms, Candidates [\d.]+ ms$/,
  );
});

Deno.test("a report is used by keyboard: links, tables, buttons and lists in their order", async () => {
  await using it = await browser.open(pages.get("two runs")!);
  await drawAll(it.page);
  await it.page.evaluate(() => scrollTo(0, 0));
  const wanted = await it.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(
      "a[href], summary, select, button, [tabindex='0']",
    )].filter((it) => it.checkVisibility()).map((it) => it.innerText)
  );
  const reached: string[] = [];
  for (const _ of wanted) {
    await it.page.keyboard.press("Tab");
    reached.push(
      await it.page.evaluate(() =>
        (document.activeElement as HTMLElement).innerText
      ),
    );
  }
  assertEquals(reached, wanted);
  assert(wanted.length > 30);
  const summary = it.page.locator("summary").first();
  await summary.focus();
  await it.page.keyboard.press("Enter");
  assert(
    await it.page.locator("details").first().getAttribute("open") !== null,
  );
});

Deno.test("a report is printed on white, whole, though nobody has scrolled", async () => {
  await using it = await browser.open(pages.get("a judgement")!, {
    colorScheme: "dark",
  });
  const pdf = await it.page.pdf({ format: "A4" });
  assert(pdf.length > 10_000);
  assertEquals(await it.page.locator("[data-plot]").count(), 0);
  await it.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await it.page.emulateMedia({ media: "print" });
  assertEquals(
    await it.page.evaluate(() =>
      getComputedStyle(document.body).backgroundColor
    ),
    "rgb(255, 255, 255)",
  );
  await it.page.setViewportSize({ width: 718, height: 1000 });
  assertEquals(await widthOf(it.page), 718);
  assertEquals(it.messages, []);
});

Deno.test("a report's axes have the colours of a dark page", async () => {
  await using light = await browser.open(pages.get("a run")!);
  await using dark = await browser.open(pages.get("a run")!, {
    colorScheme: "dark",
  });
  // Somewhere among the marks of the axis is their colour.
  const brightestOf = (page: typeof light.page) =>
    page.locator("canvas").first().evaluate((it) => {
      const canvas = it as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")!
        .getImageData(0, 0, 40, canvas.height);
      let brightest = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]! > 200) brightest = Math.max(brightest, data[i]!);
      }
      return brightest;
    });
  await drawAll(light.page);
  await drawAll(dark.page);
  assert(await brightestOf(light.page) < 130);
  assert(await brightestOf(dark.page) > 150);
  await light.page.emulateMedia({ colorScheme: "dark" });
  // It is told of that, and then draws, when it comes to it.
  for (let frames = 0; frames < 600; frames++) {
    if (await brightestOf(light.page) > 150) return;
    await light.page.evaluate(() => new Promise(requestAnimationFrame));
  }
  assert(false, "the light page's axes stay as they were");
});

Deno.test("a report shows hostile names as they are, with what is not seen spelled out", async () => {
  await using it = await browser.open(pages.get("hostile names")!);
  const text = await it.page.locator("main").innerText();
  assertStringIncludes(text, HOSTILE_TEXTS[0]!);
  assertStringIncludes(text, "rtl\\u{202e}gnp.exe");
  assertStringIncludes(text, "\\u{d83d} half \\u{dc00}");
});

Deno.test("a report says that a run is incomplete, and what its labels are", async () => {
  const [run] = await benchRuns("unchanged", 1);
  const page = await pageOf({
    candidates: [{ ...run!, incomplete: true, labels: { host: "rig-2" } }],
  });
  assertStringIncludes(page, "</bdi> is incomplete: it ended before its end.");
  assertStringIncludes(page, "<bdi>host</bdi>: <bdi>rig-2</bdi>");
});

Deno.test("a report's policy lets no script run but its own", async () => {
  const page = pages.get("a run")!.replace(
    "</main>",
    "<script>globalThis.broken = 1</script></main>",
  );
  await using it = await browser.open(page);
  assertEquals(await it.page.evaluate("globalThis.broken"), undefined);
  assertEquals(it.messages.length, 1);
});

type Page = Awaited<ReturnType<TestBrowser["open"]>>["page"];

async function widthOf(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth);
}

async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const it of document.querySelectorAll("details")) it.open = true;
  });
}

/** What axe finds; its own script would be against the page's policy. */
async function flawsOf(page: Page): Promise<{ id: string; nodes: string[] }[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe.source });
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as {
      axe: { run(): Promise<axe.AxeResults> };
    }).axe.run();
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) =>
        `${html.slice(0, 300)} ${failureSummary}`
      ),
    }));
  });
  await session.detach();
  return found;
}

async function pictureOf(canvas: ReturnType<Page["locator"]>): Promise<string> {
  await canvas.page().evaluate(() => new Promise(requestAnimationFrame));
  return await canvas.evaluate((it) => (it as HTMLCanvasElement).toDataURL());
}
