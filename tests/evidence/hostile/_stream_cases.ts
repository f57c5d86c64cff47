import { RunStore } from "../../../mod.ts";
import { HEAD_BYTES } from "../../../src/formats/journal/frame.ts";
import { JournalEncoder } from "../../../src/formats/journal/journal_encoder.ts";
import {
  type Bench,
  codeOrValue,
  describeTree,
  sample,
  shell,
} from "./_sandbox.ts";
import { given, type HostileCase, refused } from "./_case.ts";

function storeOf(bench: Bench): RunStore {
  return new RunStore(bench.resultsDir, { durability: "none" });
}

/** Leaves a journal of two batches of three rows; returns its path. */
async function abandon(bench: Bench, runId = "run"): Promise<string> {
  await using writer = await storeOf(bench).openRun(runId);
  await writer.append(sample());
  await writer.append(sample());
  return `${bench.resultsDir}/.streams/${runId}/journal`;
}

/** A journal with other bytes. */
async function change(
  bench: Bench,
  changed: (bytes: Uint8Array) => Uint8Array,
): Promise<string> {
  const path = await abandon(bench);
  await Deno.writeFile(path, changed(await Deno.readFile(path)));
  return path;
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 0x10;
  return copy;
}

/** A journal that begins with this. */
function withHeader(header: object): Uint8Array {
  const encoder = new JournalEncoder(1);
  encoder.addHeader(header as never);
  return encoder.frames.slice();
}

/** What recovery says, that it changes nothing, and that others go on. */
async function recoverBeside(bench: Bench): Promise<unknown> {
  const store = storeOf(bench);
  await abandon(bench, "other");
  const streams = `${bench.resultsDir}/.streams`;
  const codes: string[] = [];
  const ids = await store.recover({
    onUnreadable: ({ code }) => codes.push(code),
  });
  const before = describeTree(streams);
  const again = await codeOrValue(() => store.recover());
  const isKept = describeTree(streams).join() === before.join();
  return { ids, codes, again, isKept };
}

function named(code: string): ReturnType<typeof given> {
  return given({ ids: ["other"], codes: [code], again: code, isKept: true });
}

/** Journals that are not what a writer left, and what they are named. */
const DAMAGED: readonly [name: string, (bytes: Uint8Array) => Uint8Array][] = [
  ["a flipped bit in its header", (bytes) => flipped(bytes, HEAD_BYTES + 5)],
  ["a flipped bit in a series", (bytes) => flipped(bytes, 100)],
  ["a flipped bit in rows", (bytes) => flipped(bytes, bytes.length - 300)],
  ["another version", (bytes) => {
    const copy = bytes.slice();
    copy[3] = 0x32;
    return copy;
  }],
  ["text in it", () => new TextEncoder().encode("timestamp,metric_type\r\n")],
  ["zeros in it", (bytes) => bytes.slice().fill(0)],
  ["no run id", () => withHeader({})],
  ["a run id that leaves the directory", () => withHeader({ run_id: "../x" })],
  [
    "labels that are numbers",
    () => withHeader({ run_id: "run", labels: { a: 1 } }),
  ],
  [
    "labels that are too long",
    () => withHeader({ run_id: "run", labels: { a: "x".repeat(70_000) } }),
  ],
];

/** What may stand where streams are, and what that is named. */
const IN_THE_WAY: readonly [string, (bench: Bench) => Promise<unknown>][] = [
  ["a link to a journal as journal", async (bench) => {
    const path = await abandon(bench);
    await Deno.rename(path, `${bench.root}/results_journal`);
    await Deno.symlink(`${bench.root}/results_journal`, path);
  }],
  ["a FIFO as journal", async (bench) => {
    const path = await abandon(bench);
    await Deno.remove(path);
    await shell("mkfifo", path);
  }],
  ["a directory as journal", async (bench) => {
    const path = await abandon(bench);
    await Deno.remove(path);
    await Deno.mkdir(path);
  }],
  ["a link as CSV beside a journal", async (bench) => {
    const path = await abandon(bench);
    await Deno.symlink(
      `${bench.outside}/run/latency_raw.csv`,
      path.replace("journal", "latency_raw.csv"),
    );
  }],
  ["somebody's file beside a journal", async (bench) => {
    const path = await abandon(bench);
    await Deno.writeTextFile(path.replace("journal", "notes.txt"), "mine");
  }],
  ["a link as stream", async (bench) => {
    await Deno.mkdir(`${bench.resultsDir}/.streams`);
    await Deno.symlink(
      `${bench.outside}/run`,
      `${bench.resultsDir}/.streams/run`,
    );
  }],
  ["a file as stream", async (bench) => {
    await Deno.mkdir(`${bench.resultsDir}/.streams`);
    await Deno.writeTextFile(`${bench.resultsDir}/.streams/run`, "");
  }],
];

export const STREAM_CASES: readonly HostileCase[] = [
  ...DAMAGED.map(([name, changed]): HostileCase => ({
    name: `a journal with ${name} is named and left alone`,
    wanted: named("RUN_DAMAGED"),
    run: async (bench) => {
      await change(bench, changed);
      return await recoverBeside(bench);
    },
  })),
  ...IN_THE_WAY.map(([name, put]): HostileCase => ({
    name: `${name} is named and left alone`,
    wanted: named("UNSAFE_PATH"),
    run: async (bench) => {
      await put(bench);
      return await recoverBeside(bench);
    },
  })),
  {
    name: "a link as .streams is refused",
    wanted: given(["UNSAFE_PATH", "UNSAFE_PATH"]),
    run: async (bench) => {
      await Deno.symlink(bench.outside, `${bench.resultsDir}/.streams`);
      const store = storeOf(bench);
      return [
        await codeOrValue(() => store.openRun("new")),
        await codeOrValue(() => store.recover()),
      ];
    },
  },
  {
    name: "a stream of a run that is called as a summary is",
    wanted: refused("INVALID_RUN_ID", "latency_summary.json"),
    run: (bench) => storeOf(bench).openRun("latency_summary.json"),
  },
  {
    name: "a journal cut off at any byte gives all whole batches",
    wanted: given([0, 3, 6]),
    run: async (bench) => {
      const store = storeOf(bench);
      const bytes = await Deno.readFile(await abandon(bench));
      const found = new Set<number>();
      const directory = `${bench.resultsDir}/.streams/run`;
      for (let length = 120; length <= bytes.length; length += 8) {
        await Deno.mkdir(directory, { recursive: true });
        const path = `${directory}/journal`;
        await Deno.writeFile(path, bytes.subarray(0, length));
        await store.recover();
        const loaded = await store.run("run").loadMeasurements();
        found.add(loaded.length);
        await store.run("run").deleteRun();
      }
      return [...found].sort();
    },
  },
  {
    name:
      "a pair without its journal that is not whole is named and left alone",
    wanted: named("RUN_DAMAGED"),
    run: async (bench) => {
      const journal = await abandon(bench);
      await Deno.remove(journal);
      const directory = await bench.save();
      for (const file of ["latency_raw.csv", "latency_summary.json"]) {
        const to = journal.replace("journal", file);
        await Deno.rename(`${directory}/${file}`, to);
        await Deno.writeTextFile(to, file.endsWith("csv") ? " " : "", {
          append: true,
        });
      }
      await Deno.remove(directory);
      return await recoverBeside(bench);
    },
  },
  {
    name: "a recovered run finds a name where its own and others are taken",
    wanted: given([`${"ü".repeat(122)}_recovered`, true]),
    run: async (bench) => {
      const store = storeOf(bench);
      const runId = "ü".repeat(127);
      await abandon(bench, runId);
      await store.run("x").saveLatencyStats(sample());
      await Deno.rename(
        `${bench.resultsDir}/x`,
        `${bench.resultsDir}/${runId}`,
      );
      const [id] = await store.recover();
      return [id, (await store.run(id!).verifyRun()).ok];
    },
  },
  {
    name: "no listing, reading or sweeping touches a journal",
    wanted: given([[], undefined, true]),
    run: async (bench) => {
      await abandon(bench);
      const before = describeTree(`${bench.resultsDir}/.streams`);
      const store = storeOf(bench);
      const storage = store.run("run");
      const ids = await store.recentRuns();
      const metrics = await storage.getRunMetrics() ?? undefined;
      await storage.repairRun();
      await storage.saveLatencyStats(sample());
      await storage.deleteRun();
      const after = describeTree(`${bench.resultsDir}/.streams`);
      return [ids, metrics, before.join() === after.join()];
    },
  },
];
