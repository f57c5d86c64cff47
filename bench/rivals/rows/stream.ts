import { LatencyCollector, RunStore, type RunWriter } from "../../../mod.ts";
import { encodeCsv } from "../../../src/formats/csv/csv_encoder.ts";
import { columnsOf } from "../../../src/record/latency_collector.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { naiveCsv } from "../naive_csv.ts";
import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";
import { processModule, runProcess } from "../run_process.ts";

/** What a batch may take beside bare writes, and beside CSV text. */
interface Goals {
  readonly bare: number;
  readonly csv?: number;
}

const DURABLE: Readonly<Record<number, Goals>> = {
  100: { bare: 1.11, csv: 1 },
  1000: { bare: 1.11, csv: 0.5 },
  10_000: { bare: 1.11 },
};

const NOT_DURABLE: Readonly<Record<number, Goals>> = {
  100: { bare: 1.11, csv: 1 },
  1000: { bare: 1.33, csv: 0.2 },
  10_000: { bare: 1.67 },
};

const GOAL_CLOSE = 1.5;
const GOAL_MEMORY_BYTES = 64e6;
const GOAL_MEMORY_ROWS = 10;

/** A file begins anew when it has so many bytes: all rivals' do. */
const FILE_BYTES = 64 * 1024 * 1024;

/** Something that appends a batch; what comes before each is not timed. */
function racer(
  prepare: () => Promise<void> | void,
  append: () => Promise<unknown>,
  others: Partial<Racer> = {},
): Racer {
  const timeMs = async (calls: number): Promise<number> => {
    let spentMs = 0;
    for (let i = 0; i < calls; i++) {
      await prepare();
      const startMs = performance.now();
      await append();
      spentMs += performance.now() - startMs;
    }
    return spentMs;
  };
  return { run: () => timeMs(1), timeMs, ...others };
}

/** The rows of a batch, recorded anew into a collector that goes on. */
function refill(collector: LatencyCollector, batch: LatencyCollector): void {
  collector.reset();
  for (const measurement of batch) collector.record(measurement);
}

async function append(
  rows: number,
  durability: "fsync" | "none",
  goals: Goals,
  context: RowContext,
): Promise<RivalFigure[]> {
  const sync = durability === "fsync";
  const directory = await Deno.makeTempDir({ dir: context.directory });
  const batch = largeRun(rows);
  const measurements = [...batch];
  const collector = new LatencyCollector();
  const store = new RunStore(`${directory}/results`, { durability });
  const journal = `${directory}/results/.streams/run/journal`;
  let writer: RunWriter | undefined;
  const prepare = async () => {
    if (writer === undefined || Deno.statSync(journal).size > FILE_BYTES) {
      await writer?.abort();
      writer = await store.openRun("run");
      // The series are written once.
      await writer.append(batch);
    }
    refill(collector, batch);
  };
  await prepare();
  const beforeBytes = Deno.statSync(journal).size;
  await writer!.append(collector);
  const bytes = Deno.readFileSync(journal).slice(beforeBytes);

  const open = (name: string) =>
    Deno.openSync(`${directory}/${name}`, { append: true, create: true });
  using bare = open("bare");
  using csv = open("csv");
  const begin = (file: Deno.FsFile) => {
    if (file.statSync().size > FILE_BYTES) file.truncateSync();
    // What stands in the caches is the same for all.
    refill(collector, batch);
  };
  const write = async (file: Deno.FsFile, chunks: Iterable<Uint8Array>) => {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) {
        at += await file.write(chunk.subarray(at));
      }
    }
    if (sync) await file.syncData();
  };
  const figures = await race({
    what: `append ${rows.toLocaleString("en")} rows, durability ${durability}`,
    package: racer(prepare, () => writer!.append(collector), {
      answer: () => [bytes.length],
    }),
    rivals: {
      "bare writes of the same bytes": racer(
        () => begin(bare),
        () => write(bare, [bytes]),
        { goal: goals.bare, answer: () => [bytes.length] },
      ),
      "CSV text appended": racer(
        () => begin(csv),
        () => write(csv, naiveCsv(measurements)),
        { ...goals.csv !== undefined && { goal: goals.csv } },
      ),
      "CSV of the own encoder appended": racer(
        () => begin(csv),
        () => write(csv, encodeCsv(columnsOf(collector).snapshot())),
      ),
    },
  }, context);
  await writer!.abort();
  return figures;
}

async function close(context: RowContext): Promise<RivalFigure[]> {
  const { rows, directory } = context;
  const collector = largeRun(rows);
  const store = new RunStore(`${directory}/close`, { durability: "none" });
  let writer: RunWriter | undefined;
  const sizeOf = (runId: string) =>
    Deno.statSync(`${directory}/close/${runId}/latency_raw.csv`).size;
  const open = async () => {
    writer = await store.openRun("streamed");
    await writer.append(collector);
  };
  const save = () => store.run("saved").saveLatencyStats(collector);
  return await race({
    what: `close a stream of ${rows.toLocaleString("en")} rows`,
    package: racer(open, () => writer!.close(), {
      answer: async () => {
        await open();
        await writer!.close();
        return [sizeOf("streamed")];
      },
    }),
    rivals: {
      "own save from memory": racer(() => {}, save, {
        goal: GOAL_CLOSE,
        answer: async () => {
          await save();
          return [sizeOf("saved")];
        },
      }),
    },
  }, context);
}

async function memory({ rows, directory }: RowContext): Promise<RivalFigure[]> {
  const streamed = rows * GOAL_MEMORY_ROWS;
  const found = JSON.parse(
    await runProcess(
      processModule("stream_memory.ts"),
      [`${streamed}`, `${directory}/memory`],
      ["--v8-flags=--expose-gc"],
    ),
  ) as { usedBytes: number; rssBytes: number };
  const what = `memory of a stream of ${streamed.toLocaleString("en")} rows` +
    " and 1,000 series, and of closing it";
  const figure = (part: string, own: number): RivalFigure => ({
    ...{ what: `${what}: ${part}`, unit: "bytes", own },
    goal: GOAL_MEMORY_BYTES,
  });
  return [
    figure("heap and buffers", found.usedBytes),
    figure("resident", found.rssBytes),
  ];
}

/** Streaming beside the least that it could be, and what many benches do. */
export const stream: RivalRow = {
  name: "stream",
  async measure(context) {
    const figures: RivalFigure[] = [];
    for (
      const [durability, goals] of [
        ["none", NOT_DURABLE],
        ["fsync", DURABLE],
      ] as const
    ) {
      for (const [rows, goal] of Object.entries(goals)) {
        figures.push(...await append(Number(rows), durability, goal, context));
      }
    }
    figures.push(...await close(context));
    figures.push(...await memory(context));
    return figures;
  },
};
