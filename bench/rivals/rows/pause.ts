import { MetricsStorage } from "../../../mod.ts";
import { makeRunDirectories } from "../../data/run_directories.ts";
import { bootstrapRatio, median } from "../../measure/bootstrap.ts";
import { collectGarbage } from "../collect_garbage.ts";
import { largeRun } from "../large_run.ts";
import { naiveCsv } from "../naive_csv.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";

const GOAL_MS = 5;

/** The longest time between two turns of the event loop while work goes on. */
async function longestPauseMs(
  work: () => Promise<unknown>,
): Promise<{ pauseMs: number; spentMs: number }> {
  let longestMs = 0;
  let lastMs = performance.now();
  const look = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  let going = true;
  const tick = () => {
    look();
    if (going) setImmediate(tick);
  };
  setImmediate(tick);
  const startMs = performance.now();
  await work();
  look();
  going = false;
  return { pauseMs: longestMs, spentMs: performance.now() - startMs };
}

function idle(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function measurePauses(
  what: string,
  work: () => Promise<unknown>,
  { rounds }: RowContext,
  naive?: () => Promise<unknown>,
): Promise<RivalFigure[]> {
  const own: number[] = [];
  // An idle loop over as long a time: what the machine does to any loop.
  const idles: number[] = [];
  const naives: number[] = [];
  await work();
  for (let round = 0; round < rounds; round++) {
    collectGarbage();
    const { pauseMs, spentMs } = await longestPauseMs(work);
    own.push(pauseMs);
    collectGarbage();
    idles.push((await longestPauseMs(() => idle(spentMs))).pauseMs);
    collectGarbage();
    if (naive) naives.push((await longestPauseMs(naive)).pauseMs);
  }
  const base = {
    what: `longest pause, ${what}`,
    unit: "ms",
    own: median(own),
  } as const;
  const beside = (name: string, rival: number[]) => ({
    ...base,
    rival: { name, value: median(rival), ratio: bootstrapRatio(own, rival) },
  });
  return [
    { ...base, goal: GOAL_MS },
    beside("idle loop, as long", idles),
    ...naives.length > 0 ? [beside("naive, asynchronous", naives)] : [],
  ];
}

/** For how long the event loop is held. */
export const pause: RivalRow = {
  name: "pause",
  async measure(context) {
    const { rows, runs, directory } = context;
    const resultsDir = `${directory}/results`;
    const size = `${rows.toLocaleString("en")} rows`;
    const collector = largeRun(rows);
    const storage = new MetricsStorage("run", {
      resultsDir,
      durability: "none",
    });
    const { raw } = await storage.saveLatencyStats(collector);
    const figures = [
      ...await measurePauses(
        `save of ${size}`,
        () => storage.saveLatencyStats(collector),
        context,
        async () => {
          using file = await Deno.create(`${directory}/naive.csv`);
          const measurements = [...collector.measurements];
          for (const chunk of naiveCsv(measurements)) await file.write(chunk);
        },
      ),
      ...await measurePauses(
        `load of ${size}`,
        () => storage.loadMeasurements(),
        context,
        async () =>
          (await Deno.readTextFile(raw)).split("\r\n")
            .map((line) => line.split(",")),
      ),
    ];
    const listed = `${directory}/listed`;
    await makeRunDirectories(listed, runs);
    figures.push(
      ...await measurePauses(
        `listing of ${runs.toLocaleString("en")} runs`,
        () => MetricsStorage.getRecentRuns(listed),
        context,
      ),
    );
    return figures;
  },
};
