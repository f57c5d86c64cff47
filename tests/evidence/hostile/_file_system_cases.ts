import { assertEquals } from "@std/assert";
import { MetricsStorage, type RunOrder } from "../../../mod.ts";
import type { FileOperations } from "../../../src/disk/file_operations.ts";
import { storeOn, systemFilesWith } from "../../_storage_on.ts";
import { withoutChecksum } from "../../_summary_text.ts";
import {
  type Bench,
  codeOrValue,
  describeTree,
  makePending,
  outcomes,
  sample,
  shell,
} from "./_sandbox.ts";
import { given, type HostileCase, refused } from "./_case.ts";

function list(
  bench: Bench,
  files: FileOperations,
  orderBy: RunOrder = "mtime",
): Promise<string[]> {
  return storeOn(files, bench.resultsDir).recentRuns({ orderBy });
}

function summaryOf(directory: string): string {
  return `${directory}/latency_summary.json`;
}

const EMPTY = {
  read: undefined,
  load: "RUN_NOT_FOUND",
  list: [],
  verify: ["missing-summary", "missing-csv"],
  save: "saved",
  repair: [],
  delete: true,
};

const REFUSED = Object.fromEntries(
  Object.keys(EMPTY).map((operation) => [operation, "UNSAFE_PATH"]),
);

/** What the whole results directory may be. */
const RESULTS: readonly (
  & Omit<HostileCase, "run">
  & { put: (path: string, bench: Bench) => Promise<unknown> }
)[] = [
  {
    name: "a results directory that is a file",
    wanted: given(REFUSED),
    put: (path) => Deno.writeTextFile(path, "x"),
  },
  {
    name: "a results directory that is a FIFO",
    wanted: given(REFUSED),
    put: (path) => shell("mkfifo", path),
  },
  {
    name: "a results directory that is a link to itself",
    wanted: given(REFUSED),
    put: (path) => Deno.symlink(path, path),
  },
  {
    name: "a results directory that is a link is followed: the user chose it",
    wanted: given(EMPTY),
    put: async (path) => {
      await Deno.mkdir(`${path}_moved`);
      await Deno.symlink(`${path}_moved`, path);
    },
  },
  {
    name: "a results directory that is a dangling link has no runs",
    wanted: given({
      ...EMPTY,
      save: "IO_FAILED",
      repair: ["missing-summary", "missing-csv"],
      delete: false,
    }),
    put: (path) => Deno.symlink("nowhere", path),
  },
  {
    name: "a results directory that is not there has no runs, and is made",
    wanted: given(EMPTY),
    put: () => Promise.resolve(),
  },
];

const HARD_LINKS: readonly HostileCase[] = [
  "latency_summary.json",
  "latency_raw.csv",
].map((file): HostileCase => ({
  name: `a hard link as ${file}: saving never changes its other name`,
  wanted: given([true, 3]),
  run: async (bench) => {
    const run = await bench.save();
    await Deno.remove(`${run}/${file}`);
    await Deno.link(`${bench.outside}/run/${file}`, `${run}/${file}`);
    await bench.save();
    const { ok } = await bench.storage().verifyRun();
    return [ok, (await bench.storage().loadMeasurements()).length];
  },
}));

const EXPORTS: readonly [
  name: string,
  place: (bench: Bench) => Promise<string> | string,
][] = [
  ["a directory", (bench) => bench.resultsDir],
  ["a FIFO", async (bench) => {
    await shell("mkfifo", `${bench.resultsDir}/x`);
    return `${bench.resultsDir}/x`;
  }],
  ["a device", () => "/dev/null"],
  ["a link to a file", async (bench) => {
    const path = `${bench.resultsDir}/x`;
    await Deno.symlink(`${bench.outside}/run/latency_raw.csv`, path);
    return path;
  }],
  ["a dangling link", async (bench) => {
    await Deno.symlink(`${bench.outside}/nowhere`, `${bench.resultsDir}/x`);
    return `${bench.resultsDir}/x`;
  }],
  ["a path below a file", (bench) => summaryOf(`${bench.outside}/run`) + "/x"],
  [
    "a path two below a file",
    (bench) => summaryOf(`${bench.outside}/run`) + "/x/y",
  ],
];

const IMPOSSIBLE_MTIMES: readonly [name: string, mtime: Date | null][] = [
  ["none", null],
  ["one that no Date can hold", new Date(NaN)],
];

/** Spaces after the JSON of a summary. */
const RESIZED: readonly [name: string, before: number, now: number][] = [
  ["grows", 0, 9],
  ["grows beyond 64 KiB", 0, 100_000],
  ["shrinks", 9, 0],
  ["shrinks from over 64 KiB", 100_000, 0],
];

const MTIMES: readonly [name: string, mtimeS: number][] = [
  ["before 1970", -86_400],
  ["of 1970", 0],
  ["of the year 2100", 4_102_444_800],
  ["of the year 2400", 13_569_465_600],
];

export const FILE_SYSTEM_CASES: readonly HostileCase[] = [
  ...RESULTS.map(({ put, ...it }): HostileCase => ({
    ...it,
    run: async (bench) => {
      await Deno.remove(bench.resultsDir);
      await put(bench.resultsDir, bench);
      return await outcomes(bench);
    },
  })),
  ...HARD_LINKS,
  {
    name: "a file of others as the lock file is refused and stays",
    wanted: given(["UNSAFE_PATH", "theirs"]),
    run: async (bench) => {
      await bench.save();
      const path = `${bench.resultsDir}/.staging/run`;
      await Deno.writeTextFile(path, "theirs");
      return [
        await codeOrValue(() => bench.save()),
        await Deno.readTextFile(path),
      ];
    },
  },
  {
    name: "a hard link that exportCsv() replaces keeps its other name's data",
    wanted: given(true),
    run: async (bench) => {
      const path = `${bench.resultsDir}/x.csv`;
      await Deno.link(`${bench.outside}/run/latency_raw.csv`, path);
      const { ino } = await Deno.lstat(path);
      await sample().exportCsv(path);
      return (await Deno.lstat(path)).ino !== ino;
    },
  },
  ...EXPORTS.map(([name, place]): HostileCase => ({
    name: `exportCsv() to ${name} is refused`,
    wanted: refused("UNSAFE_PATH"),
    run: async (bench) => await sample().exportCsv(await place(bench)),
  })),
  {
    name: "a link out of a dead process's stage is swept, not followed",
    wanted: given([0, 0, ["run"]]),
    run: async (bench) => {
      await bench.save();
      const staging = `${bench.resultsDir}/.staging`;
      const dead = `${staging}/stage-00000001-0000-4000-8000-000000000000`;
      await Deno.mkdir(dead);
      await Deno.symlink(bench.outside, `${dead}/deleted`);
      const { verification: { problems } } = await bench.storage().repairRun();
      return [
        problems.length,
        [...Deno.readDirSync(staging)].length,
        await MetricsStorage.getRecentRuns(bench.resultsDir),
      ];
    },
  },
  {
    name: "links in a run beside its files are deleted with it, not followed",
    wanted: given([true, null]),
    run: async (bench) => {
      const run = await bench.save();
      await Deno.symlink(bench.outside, `${run}/notes`);
      await Deno.symlink("loop", `${run}/loop`);
      const storage = bench.storage();
      return [await storage.deleteRun(), await storage.getRunMetrics()];
    },
  },
  {
    name: "files in a run beside its own are kept by a save",
    wanted: given("mine"),
    run: async (bench) => {
      const run = await bench.save();
      await Deno.writeTextFile(`${run}/notes.txt`, "mine");
      await bench.save();
      return await Deno.readTextFile(`${run}/notes.txt`);
    },
  },
  {
    name: "a file in .commit that is not ours stops a save and stays",
    wanted: given(["UNSAFE_PATH", "mine"]),
    run: async (bench) => {
      const run = await bench.save();
      await makePending(run);
      await Deno.writeTextFile(`${run}/.commit/notes.txt`, "mine");
      const save = () => bench.storage().saveLatencyStats(sample());
      return [
        await codeOrValue(save),
        await Deno.readTextFile(`${run}/.commit/notes.txt`),
      ];
    },
  },
  {
    name: "a path over PATH_MAX is refused before anything is made",
    wanted: refused("TOO_LARGE", "too long"),
    run: (bench) =>
      bench.storage("run", {
        resultsDir: bench.resultsDir + "/xxxxxxxxx".repeat(500),
      }).saveLatencyStats(sample()),
  },
  {
    name: "a NUL in the results directory fails and saves nowhere",
    wanted: refused("IO_FAILED"),
    run: (bench) =>
      bench.storage("run", { resultsDir: `${bench.resultsDir}\0/x` })
        .saveLatencyStats(sample()),
  },
  {
    name: "names that are not UTF-8 are not listed, nor in the way",
    wanted: given([["run"], true, true]),
    run: async (bench) => {
      const run = await bench.save();
      await shell(
        "bash",
        "-c",
        `cp -r "$1" "$1"$'_\\xff' && touch "$1/"$'\\xfe' "$2/"$'\\xfd'`,
        "bash",
        run,
        `${bench.resultsDir}/.staging`,
      );
      const storage = bench.storage();
      const { verification } = await storage.repairRun();
      return [
        await MetricsStorage.getRecentRuns(bench.resultsDir),
        verification.ok,
        await storage.deleteRun(),
      ];
    },
  },
  {
    name: "a run that vanishes while runs are listed is left out",
    wanted: given(["b"]),
    run: async (bench) => {
      const vanishing = await bench.save("a");
      await bench.save("b");
      return await list(
        bench,
        systemFilesWith({
          async *readDir(path) {
            const entries = await Array.fromAsync(Deno.readDir(path));
            await Deno.remove(vanishing, { recursive: true });
            yield* entries;
          },
        }),
      );
    },
  },
  {
    name: "a run that becomes a FIFO while runs are listed is left out",
    wanted: given(["b"]),
    run: async (bench) => {
      const changing = await bench.save("a");
      await bench.save("b");
      return await list(
        bench,
        systemFilesWith({
          async *readDir(path) {
            const entries = await Array.fromAsync(Deno.readDir(path));
            await Deno.remove(changing, { recursive: true });
            await shell("mkfifo", changing);
            yield* entries;
          },
        }),
      );
    },
  },
  {
    name: "a results directory that vanishes while listed has no runs",
    wanted: given([]),
    run: async (bench) => {
      await bench.save();
      return await list(
        bench,
        systemFilesWith({
          // deno-lint-ignore require-yield
          async *readDir(path) {
            await Deno.remove(path.toString(), { recursive: true });
            throw new Deno.errors.NotFound(`readdir '${path}'`);
          },
        }),
      );
    },
  },
  {
    name: "a listing that fails half-way is an error and not half a list",
    wanted: refused("IO_FAILED", "disk is gone"),
    run: async (bench) => {
      await bench.save();
      return await list(
        bench,
        systemFilesWith({
          async *readDir(path) {
            yield* Deno.readDir(path);
            throw new Error("the disk is gone");
          },
        }),
      );
    },
  },
  {
    name: "a summary that vanishes between look and read is none",
    wanted: given(null),
    run: async (bench) => {
      await bench.save();
      const files = systemFilesWith({
        readFileSync: (path) => {
          Deno.removeSync(path);
          return Deno.readFileSync(path);
        },
      });
      return await bench.storageOn(files)
        .getRunMetrics({ useCache: false });
    },
  },
  {
    name: "a summary that keeps vanishing fails and does not go on for ever",
    wanted: refused("IO_FAILED", "keeps moving"),
    run: async (bench) => {
      await bench.save();
      const files = systemFilesWith({
        readFileSync: () => {
          throw new Deno.errors.NotFound();
        },
      });
      return await bench.storageOn(files)
        .getRunMetrics({ useCache: false });
    },
  },
  ...RESIZED.map(([name, before, now]): HostileCase => ({
    name: `a summary that ${name} between look and read is read whole`,
    wanted: given(3),
    run: async (bench) => {
      const path = summaryOf(await bench.save());
      const json = Deno.readTextFileSync(path);
      Deno.writeTextFileSync(path, json + " ".repeat(before));
      const files = systemFilesWith({
        readFileSync: (path) => {
          Deno.writeTextFileSync(path, json + " ".repeat(now));
          return Deno.readFileSync(path);
        },
      });
      const metrics = await bench.storageOn(files)
        .getRunMetrics({ useCache: false });
      return metrics?.total_measurements;
    },
  })),
  {
    name: "a directory that takes a summary's place between look and read",
    wanted: refused("UNSAFE_PATH"),
    run: async (bench) => {
      await bench.save();
      const files = systemFilesWith({
        readFileSync: (path) => {
          Deno.removeSync(path);
          Deno.mkdirSync(path);
          return Deno.readFileSync(path);
        },
      });
      return await bench.storageOn(files)
        .getRunMetrics({ useCache: false });
    },
  },
  {
    name: "runs of one mtime are listed by name, descending",
    wanted: given(["c", "b", "a"]),
    run: async (bench) => {
      for (const runId of ["b", "c", "a"]) {
        await Deno.utime(summaryOf(await bench.save(runId)), 1e9, 1e9);
      }
      return await MetricsStorage.getRecentRuns(bench.resultsDir);
    },
  },
  ...IMPOSSIBLE_MTIMES.map(([name, mtime]): HostileCase => ({
    name: `a run whose mtime is ${name} is listed as the oldest`,
    wanted: given(["a", "b"]),
    run: async (bench) => {
      await bench.save("a");
      await bench.save("b");
      return await list(
        bench,
        systemFilesWith({
          lstatSync: (path) => ({
            ...Deno.lstatSync(path),
            ...(path.toString().includes("/b/") ? { mtime } : {}),
          }),
        }),
      );
    },
  })),
  ...MTIMES.map(([name, mtimeS]): HostileCase => ({
    name: `a run with an mtime ${name} is listed by it, and read`,
    wanted: given([mtimeS < 1e9 ? ["b", "a"] : ["a", "b"], 3]),
    run: async (bench) => {
      await Deno.utime(summaryOf(await bench.save("b")), 1e9, 1e9);
      await Deno.utime(summaryOf(await bench.save("a")), mtimeS, mtimeS);
      const storage = bench.storage("a");
      await storage.getRunMetrics({ useCache: "revalidate" });
      const again = await storage.getRunMetrics({ useCache: "revalidate" });
      return [
        await MetricsStorage.getRecentRuns(bench.resultsDir),
        again?.total_measurements,
      ];
    },
  })),
  {
    name: "a clock set back between saves: the later save is what is read",
    wanted: given([5, "1990", true]),
    run: async (bench) => {
      const at = (year: number, rows: number) => {
        const clock = () => Date.UTC(year, 5) / 1000;
        const collector = sample();
        for (let i = collector.length; i < rows; i++) {
          collector.recordFaultDetection("SAT1", i, i);
        }
        return bench.storage("run", { clock }).saveLatencyStats(collector);
      };
      const { summary } = await at(2090, 4);
      await Deno.utime(summary, 3.8e9, 3.8e9);
      await bench.storage().getRunMetrics();
      await at(1990, 5);
      await Deno.utime(summary, 6e8, 6e8);
      const metrics = await bench.storage()
        .getRunMetrics({ useCache: "revalidate" });
      const { ok } = await bench.storage().verifyRun();
      return [metrics!.total_measurements, metrics!.timestamp.slice(0, 4), ok];
    },
  },
  {
    name: "a summary changed in place under its old mtime is read anew",
    wanted: given("nur"),
    run: async (bench) => {
      const path = summaryOf(await bench.save());
      await Deno.utime(path, 1e9, 1e9);
      await bench.storage().getRunMetrics({ useCache: "revalidate" });
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(
        path,
        withoutChecksum(text).replace('"run"', '"nur"'),
      );
      await Deno.utime(path, 1e9, 1e9);
      const metrics = await bench.storage()
        .getRunMetrics({ useCache: "revalidate" });
      return metrics?.run_id;
    },
  },
  {
    name: "a deletion that cannot clean up says that it is done",
    wanted: given(["COMMITTED_NOT_PUBLISHED", null]),
    run: async (bench) => {
      await bench.save();
      const files = systemFilesWith({
        remove: (path, options) =>
          path.toString().endsWith("/deleted")
            ? Promise.reject(new Deno.errors.PermissionDenied())
            : Deno.remove(path, options),
      });
      const storage = bench.storageOn(files);
      return [
        await codeOrValue(() => storage.deleteRun()),
        await storage.getRunMetrics(),
      ];
    },
  },
  {
    name: "a save that fails, and cannot clean up, says why it failed",
    wanted: refused("NO_SPACE"),
    run: async (bench) => {
      const full = Object.assign(new Error("full"), { code: "ENOSPC" });
      const files = systemFilesWith({
        rename: () => Promise.reject(full),
        remove: () => Promise.reject(new Deno.errors.PermissionDenied()),
      });
      const before = describeTree(bench.outside);
      try {
        return await bench.storageOn(files).saveLatencyStats(sample());
      } finally {
        assertEquals(describeTree(bench.outside), before);
      }
    },
  },
];
