import { assertEquals } from "@std/assert";
import {
  type Bench,
  describeTree,
  hasProgram,
  makePending,
  outcomes,
  shell,
} from "./_sandbox.ts";
import { given, type HostileCase } from "./_case.ts";

/** Something that may stand where a run's own things should. */
interface Thing {
  name: string;
  put: (path: string, bench: Bench) => Promise<unknown>;
  skipped?: string | undefined;
}

const LISTENER =
  "import os, socket, sys; os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).bind(sys.argv[2])";

const ODD: readonly Thing[] = [
  { name: "a FIFO", put: (path) => shell("mkfifo", path) },
  {
    name: "a socket",
    // Its path may be longer than the 107 bytes that an address has.
    put: (path) => {
      const cut = path.lastIndexOf("/");
      const [directory, name] = [path.slice(0, cut), path.slice(cut + 1)];
      return shell("python3", "-S", "-c", LISTENER, directory, name);
    },
    skipped: hasProgram("python3") ? undefined : "there is no python3",
  },
  {
    name: "a device",
    put: (path) => shell("mknod", path, "c", "1", "5"),
    skipped: Deno.uid() === 0 ? undefined : "only root makes devices",
  },
  {
    name: "a link to a device",
    put: (path) => Deno.symlink("/dev/zero", path),
  },
  { name: "a dangling link", put: (path) => Deno.symlink("nowhere", path) },
  {
    name: "a dangling link out of the results directory",
    put: (path, { outside }) => Deno.symlink(`${outside}/nowhere`, path),
  },
  {
    name: "a link to itself",
    put: (path) => Deno.symlink(path, path),
  },
];

const NO_DIRECTORY: readonly Thing[] = [
  { name: "a file", put: (path) => Deno.writeTextFile(path, "x") },
  {
    name: "a link to another run",
    put: (path) => Deno.symlink("../results/other", path),
  },
  {
    name: "a link to a run outside",
    put: (path, { outside }) => Deno.symlink(`${outside}/run`, path),
  },
  {
    name: "a link to a run outside with a commit to finish",
    put: (path, { outside }) => Deno.symlink(`${outside}/pending`, path),
  },
  ...ODD,
];

const NO_FILE: readonly Thing[] = [
  { name: "a directory", put: (path) => Deno.mkdir(path) },
  {
    name: "a link to another run's file",
    put: (path, { resultsDir }) =>
      Deno.symlink(`${resultsDir}/other/${path.split("/").at(-1)}`, path),
  },
  {
    name: "a link to a file outside",
    put: (path, { outside }) =>
      Deno.symlink(`${outside}/run/${path.split("/").at(-1)}`, path),
  },
  ...ODD,
];

const REFUSED = "UNSAFE_PATH";

/** A place in the results directory, and what comes of it being taken. */
interface Place {
  name: string;
  path: string;
  things: readonly Thing[];
  wanted: Readonly<Record<string, unknown>>;
  /** Whether the run has a commit to finish. */
  pending?: boolean;
}

const PLACES: readonly Place[] = [
  {
    name: "the run's directory",
    path: "run",
    things: NO_DIRECTORY,
    wanted: {
      read: REFUSED,
      load: REFUSED,
      list: ["other"],
      verify: ["unsafe-path", "unsafe-path"],
      save: REFUSED,
      repair: REFUSED,
      delete: REFUSED,
    },
  },
  {
    name: "the summary",
    path: "run/latency_summary.json",
    things: NO_FILE,
    wanted: {
      read: REFUSED,
      load: REFUSED,
      list: ["other"],
      verify: ["unsafe-path"],
      save: REFUSED,
      repair: ["unsafe-path"],
      delete: REFUSED,
    },
  },
  {
    name: "the CSV",
    path: "run/latency_raw.csv",
    things: NO_FILE,
    wanted: {
      read: 3,
      load: REFUSED,
      list: ["run", "other"],
      verify: ["unsafe-path"],
      save: REFUSED,
      repair: ["unsafe-path"],
      delete: REFUSED,
    },
  },
  {
    name: "the commit (which nobody has made: the pair in place is read)",
    path: "run/.commit",
    things: NO_DIRECTORY,
    wanted: {
      read: 3,
      load: 3,
      list: ["run", "other"],
      verify: ["unsafe-path"],
      save: REFUSED,
      repair: REFUSED,
      delete: REFUSED,
    },
  },
  {
    name: "the summary of a commit to finish",
    path: "run/.commit/latency_summary.json",
    things: NO_FILE,
    pending: true,
    wanted: {
      read: REFUSED,
      load: REFUSED,
      list: ["run", "other"],
      verify: ["unfinished-commit", "unsafe-path"],
      save: REFUSED,
      repair: REFUSED,
      delete: REFUSED,
    },
  },
  {
    name: "the CSV of a commit to finish",
    path: "run/.commit/latency_raw.csv",
    things: NO_FILE,
    pending: true,
    wanted: {
      read: 3,
      load: REFUSED,
      list: ["run", "other"],
      verify: ["unfinished-commit", "unsafe-path"],
      save: REFUSED,
      repair: REFUSED,
      delete: REFUSED,
    },
  },
  {
    name: "the staging directory, while a commit is to be finished",
    path: ".staging",
    things: NO_DIRECTORY,
    pending: true,
    wanted: {
      read: 3,
      load: 3,
      list: ["run", "other"],
      verify: ["unfinished-commit"],
      save: REFUSED,
      repair: REFUSED,
      delete: REFUSED,
    },
  },
  {
    name: "the lock file, while a commit is to be finished",
    path: ".staging/run",
    things: NO_FILE,
    pending: true,
    wanted: {
      read: 3,
      load: 3,
      list: ["run", "other"],
      verify: ["unfinished-commit"],
      save: REFUSED,
      repair: REFUSED,
      delete: REFUSED,
    },
  },
];

async function tryAll(
  bench: Bench,
  { path, pending = false }: Place,
  thing: Thing,
): Promise<unknown> {
  await ageSummary(await bench.save("other"));
  const run = await bench.save();
  if (pending) await makePending(run);
  const place = `${bench.resultsDir}/${path}`;
  await Deno.remove(place, { recursive: true }).catch(() => {});
  await thing.put(place, bench);
  const before = runsOf(bench);
  const outcome = await outcomes(bench);
  // All that writes is refused, so that both runs are as they were.
  assertEquals(runsOf(bench), before);
  return outcome;
}

function runsOf({ resultsDir }: Bench): string[] {
  return [
    ...describeTree(`${resultsDir}/run`),
    ...describeTree(`${resultsDir}/other`),
  ];
}

/** So that the order of the list is certain. */
async function ageSummary(directory: string): Promise<void> {
  await Deno.utime(`${directory}/latency_summary.json`, 1, 1);
}

export const IN_THE_WAY_CASES: readonly HostileCase[] = PLACES.flatMap((
  place,
) =>
  place.things.map((thing): HostileCase => ({
    name: `${thing.name} in place of ${place.name}`,
    wanted: given(place.wanted),
    run: (bench) => tryAll(bench, place, thing),
    skipped: thing.skipped,
  }))
);
