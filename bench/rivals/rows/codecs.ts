import { zstdDecompressSync } from "node:zlib";
import { encodeCsv } from "../../../src/formats/csv/csv_encoder.ts";
import type { CsvCodec } from "../../../src/formats/csv_codec.ts";
import { gzip } from "../../../src/formats/gzip.ts";
import { Xxh32 } from "../../../src/formats/xxh32.ts";
import { zstd } from "../../../src/formats/zstd.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { bootstrapRatio, median } from "../../lib/measure/bootstrap.ts";
import { collectGarbage } from "../collect_garbage.ts";
import { largeColumns } from "../../lib/data/large_run.ts";
import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";
import { threadMs, watchLoop } from "../../lib/measure/watch_loop.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What the loop may be held for, in milliseconds of CPU time. */
const GOAL_MS = 5;
const BOMB_GOAL_MS = 10;

/** How much time zstd may take, relative to the tool at the same level. */
const ZSTD_GOAL = 1.1;

/** What a file is read by. */
const CHUNK_BYTES = 512 * 1024;

const BOMB_BYTES = 256 * 1024 * 1024;

/** The speeds at the end of a line of `zstd -b`. */
const TOOL_SPEEDS = /([\d.]+) MB\/s, +([\d.]+) MB\/s/g;

function* cut(bytes: Bytes): Generator<Bytes> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    yield bytes.subarray(at, at + CHUNK_BYTES);
  }
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Bytes> {
  return await new Blob(await Array.fromAsync(chunks) as Bytes[]).bytes();
}

async function sizeOf(chunks: Chunks): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of chunks) sizeBytes += chunk.length;
  return sizeBytes;
}

/** Size and checksum, by which contents are told apart. */
async function answerOf(chunks: Chunks): Promise<number[]> {
  const hash = new Xxh32();
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    runAtOnce(hash.update(chunk));
    sizeBytes += chunk.length;
  }
  return [sizeBytes, parseInt(hash.digest(), 16)];
}

function racer(chunks: () => Chunks, content = chunks): Racer {
  return { run: () => sizeOf(chunks()), answer: () => answerOf(content()) };
}

/** Runs a tool; what it prints. `zstd -b` prints to either, by its version. */
async function run(tool: string, ...args: string[]): Promise<Bytes> {
  const { success, stdout, stderr } = await new Deno.Command(tool, { args })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return stdout.length > 0 ? stdout : stderr;
}

/** The tool's own measurement, in memory: of compressing, or the other way. */
function toolRacer(path: string, sizeBytes: number, way: 0 | 1): Racer {
  const timeMs = async (calls: number) => {
    const printed = new TextDecoder().decode(
      await run("zstd", "-b1", "-i1", path),
    );
    const speeds = [...printed.matchAll(TOOL_SPEEDS)].at(-1);
    if (!speeds) throw new Error(`zstd -b printed ${printed}`);
    return sizeBytes / Number(speeds[1 + way]) / 1000 * calls;
  };
  return { run: () => timeMs(1), timeMs, ...way === 0 && { goal: ZSTD_GOAL } };
}

async function measurePauses(
  what: string,
  chunks: () => Chunks,
  { rounds }: RowContext,
  goal = GOAL_MS,
): Promise<RivalFigure[]> {
  const own: { pauseMs: number; workMs: number }[] = [];
  const idlesMs: number[] = [];
  await sizeOf(chunks());
  for (let round = 0; round < rounds; round++) {
    collectGarbage();
    const pauses = await watchLoop(() => sizeOf(chunks()));
    own.push(pauses);
    collectGarbage();
    const idle = await watchLoop(() =>
      new Promise((resolve) => setTimeout(resolve, pauses.spentMs))
    );
    idlesMs.push(idle.pauseMs);
  }
  const pausesMs = own.map(({ pauseMs }) => pauseMs);
  const longest: RivalFigure = {
    what: `longest pause, ${what}`,
    unit: "ms",
    own: median(pausesMs),
    rival: {
      name: "idle loop, as long",
      value: median(idlesMs),
      ratio: bootstrapRatio(pausesMs, idlesMs),
    },
  };
  if (!threadMs) return [longest];
  return [longest, {
    what: `the same in CPU time, ${what}`,
    unit: "ms",
    own: median(own.map(({ workMs }) => workMs)),
    goal,
  }];
}

function sizeFigure(what: string, own: Bytes, name: string, file: Bytes) {
  const value = file.length;
  const ratio = own.length / value;
  return {
    what: `size, ${what}`,
    unit: "bytes",
    own: own.length,
    rival: { name, value, ratio: { value: ratio, low: ratio, high: ratio } },
  } as const;
}

/** A codec beside its tool, which is left out where it is missing. */
async function measureCodec(
  codec: CsvCodec,
  csv: Bytes,
  rivals: (path: string) => Promise<{
    compress: Record<string, Racer>;
    decompress: Record<string, Racer>;
  }>,
  context: RowContext,
): Promise<RivalFigure[]> {
  const { directory, skip } = context;
  const { name } = codec;
  // gzip has no choice of levels.
  const level = codec === zstd ? ["-1"] : [];
  const path = `${directory}/run.csv`;
  const zeros = `${directory}/zeros`;
  await Deno.writeFile(path, csv);
  await Deno.writeFile(zeros, new Uint8Array(BOMB_BYTES));
  const file = await joined(codec.compress(cut(csv)));
  const compress = () => codec.compress(cut(csv));
  const decompress = () => codec.decompress(cut(file));
  const size = `${Math.round(csv.length / 1e6)} MB, ${name}`;
  const figures: RivalFigure[] = [];
  try {
    const toolFile = await run(name, ...level, "-qc", path);
    const others = await rivals(path);
    figures.push(
      ...await race({
        what: `compress ${size}`,
        package: racer(compress, decompress),
        rivals: {
          ...others.compress,
          [`the ${name} tool, a process`]: {
            run: () => run(name, ...level, "-qc", path),
            answer: () => answerOf(codec.decompress([toolFile])),
          },
        },
      }, context),
      ...await race({
        what: `decompress ${size}`,
        package: racer(decompress),
        rivals: others.decompress,
      }, context),
      sizeFigure(size, file, `the ${name} tool`, toolFile),
      ...await measurePauses(
        `decompress the tool's ${size}`,
        () => codec.decompress(cut(toolFile)),
        context,
      ),
    );
    const bomb = await run(name, "-9", "-qc", zeros);
    figures.push(
      ...await measurePauses(
        `bomb of ${BOMB_BYTES / 2 ** 20} MiB, ${name}`,
        () => codec.decompress(cut(bomb)),
        context,
        BOMB_GOAL_MS,
      ),
    );
  } catch (error) {
    skip(`the ${name} tool: ${error}`);
  }
  return [
    ...figures,
    ...await measurePauses(`compress ${size}`, compress, context),
    ...await measurePauses(`decompress ${size}`, decompress, context),
  ];
}

/** The codecs: how fast, how small, and for how long they hold the loop. */
export const codecs: RivalRow = {
  name: "codecs",
  async measure(context) {
    // Copied one by one, since their memory is used again.
    const chunks = Array.from(
      encodeCsv(largeColumns(context.rows)),
      (chunk) => chunk.slice(),
    );
    const csv = await new Blob(chunks).bytes();
    const deflated = (bytes: Bytes) =>
      new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
    const inflated = (bytes: Bytes) =>
      new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return [
      ...await measureCodec(zstd, csv, async (path) => {
        const whole = await run("zstd", "-1", "-qc", path);
        return {
          compress: { "zstd -b1, in memory": toolRacer(path, csv.length, 0) },
          decompress: {
            "zstd -b1, in memory": toolRacer(path, csv.length, 1),
            "node:zlib, at once": racer(() => [zstdDecompressSync(whole)]),
          },
        };
      }, context),
      ...await measureCodec(gzip, csv, async () => {
        const whole = await joined(deflated(csv));
        return {
          compress: {
            "CompressionStream": racer(
              () => deflated(csv),
              () => inflated(whole),
            ),
          },
          decompress: { "DecompressionStream": racer(() => inflated(whole)) },
        };
      }, context),
    ];
  },
};
