import { MetricsStorage, RunStore } from "../../../mod.ts";
import { makeRunDirectories } from "../../lib/data/run_directories.ts";
import { bootstrapRatio, median } from "../../lib/measure/bootstrap.ts";
import { collectGarbage } from "../collect_garbage.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { naiveCsv } from "../naive_csv.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";
import { processModule, runProcess } from "../run_process.ts";
import {
  type Pauses,
  threadMs,
  watchLoop,
} from "../../lib/measure/watch_loop.ts";
import { watchSocket } from "../watch_socket.ts";

const GOAL_MS = 5;

/** Loads that go on together, whose turns are those of one queue. */
const LOADS_TOGETHER = 8;

const FIRST_SAVES = 9;

/** What first saves write: as text, and by columns. */
const FIRST_ROWS = [10_000, 100_000];

function idle(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function measurePauses(
  what: string,
  work: () => Promise<unknown>,
  { rounds }: RowContext,
  naive?: () => Promise<unknown>,
): Promise<RivalFigure[]> {
  const own: Pauses[] = [];
  // An idle loop over as long a time: what the machine does to any loop.
  const idles: Pauses[] = [];
  const naives: Pauses[] = [];
  const answersMs: number[] = [];
  const idleAnswersMs: number[] = [];
  await work();
  for (let round = 0; round < rounds; round++) {
    collectGarbage();
    const pauses = await watchLoop(work);
    own.push(pauses);
    collectGarbage();
    idles.push(await watchLoop(() => idle(pauses.spentMs)));
    collectGarbage();
    if (naive) naives.push(await watchLoop(naive));
    collectGarbage();
    answersMs.push(await watchSocket(work));
    idleAnswersMs.push(await watchSocket(() => idle(pauses.spentMs)));
  }
  const figures = (key: "pauseMs" | "workMs", label: string) => {
    const ownMs = own.map((it) => it[key]);
    const base = {
      what: `${label}, ${what}`,
      unit: "ms",
      own: median(ownMs),
    } as const;
    const beside = (name: string, rival: Pauses[]): RivalFigure => {
      const rivalMs = rival.map((it) => it[key]);
      const ratio = bootstrapRatio(ownMs, rivalMs);
      return { ...base, rival: { name, value: median(rivalMs), ratio } };
    };
    return [
      { ...base, goal: GOAL_MS },
      beside("idle loop, as long", idles),
      ...naives.length > 0 ? [beside("naive, asynchronous", naives)] : [],
    ];
  };
  return [
    ...figures("pauseMs", "longest pause"),
    ...threadMs ? figures("workMs", "the same in CPU time") : [],
    {
      what: `longest wait for a socket, ${what}`,
      unit: "ms",
      own: median(answersMs),
      rival: {
        name: "idle loop, as long",
        value: median(idleAnswersMs),
        ratio: bootstrapRatio(answersMs, idleAnswersMs),
      },
    },
  ];
}

/** The first save of a process, beside an event loop that goes already. */
async function measureFirstSave(
  rows: number,
  { directory, rounds }: RowContext,
): Promise<RivalFigure[]> {
  const pauses: Pauses[] = [];
  for (let round = 0; round < Math.max(rounds, FIRST_SAVES); round++) {
    const printed = await runProcess(
      processModule("first_pause.ts"),
      [`${rows}`, directory, crypto.randomUUID()],
    );
    pauses.push(JSON.parse(printed));
  }
  const figure = (key: "pauseMs" | "workMs", label: string): RivalFigure => ({
    what: `${label}, first save of a process, ${
      rows.toLocaleString("en")
    } rows`,
    unit: "ms",
    own: median(pauses.map((it) => it[key])),
    goal: GOAL_MS,
  });
  return [
    figure("pauseMs", "longest pause"),
    ...threadMs ? [figure("workMs", "the same in CPU time")] : [],
  ];
}

/** A batch of runs of so many rows, over those of the round before. */
async function measureBatch(
  count: number,
  rows: number,
  context: RowContext,
): Promise<RivalFigure[]> {
  const collector = largeRun(rows);
  const batch = Array.from(
    { length: count },
    (_, at) => ({ runId: `run_${at}`, collector }),
  );
  const store = new RunStore(`${context.directory}/batch_of_${count}`, {
    durability: "none",
  });
  return await measurePauses(
    `batch over ${count} runs of ${rows.toLocaleString("en")} rows`,
    () => store.saveRuns(batch),
    context,
  );
}

/** For how long the event loop is held. */
export const pause: RivalRow = {
  name: "pause",
  async measure(context) {
    const { rows, runs, directory } = context;
    const resultsDir = `${directory}/results`;
    const ofRows = `${rows.toLocaleString("en")} rows`;
    const collector = largeRun(rows);
    const storage = new MetricsStorage("run", {
      resultsDir,
      durability: "none",
    });
    const { raw } = await storage.saveLatencyStats(collector);
    const figures = [
      ...await measurePauses(
        `save of ${ofRows}`,
        () => storage.saveLatencyStats(collector),
        context,
        async () => {
          using file = await Deno.create(`${directory}/naive.csv`);
          const measurements = [...collector.measurements];
          for (const chunk of naiveCsv(measurements)) await file.write(chunk);
        },
      ),
      ...await measurePauses(
        `load of ${ofRows}`,
        () => storage.loadMeasurements(),
        context,
        async () =>
          (await Deno.readTextFile(raw)).split("\r\n")
            .map((line) => line.split(",")),
      ),
      ...await measurePauses(
        `${LOADS_TOGETHER} loads of ${ofRows} together`,
        () =>
          Promise.all(
            Array.from(
              { length: LOADS_TOGETHER },
              () => storage.loadMeasurements(),
            ),
          ),
        context,
      ),
    ];
    figures.push(
      ...await measureBatch(100, 1000, context),
      ...await measureBatch(10, Math.ceil(rows / 10), context),
    );
    for (const firstRows of FIRST_ROWS) {
      figures.push(...await measureFirstSave(firstRows, context));
    }
    const part = largeRun(Math.ceil(rows / 3));
    const plain = `${directory}/part.csv`;
    await part.exportCsv(plain);
    const size = Math.round(Deno.statSync(plain).size / 1e6);
    figures.push(
      ...await measurePauses(
        `compression of ${size} MB`,
        () =>
          part.exportCsv(`${directory}/part.csv.gz`, { compression: "gzip" }),
        context,
        async () => {
          const csv = new Blob([await Deno.readFile(plain)]).stream();
          const compressed = csv.pipeThrough(new CompressionStream("gzip"));
          await Deno.writeFile(`${directory}/naive.csv.gz`, compressed);
        },
      ),
    );
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
