import { type Bench, makePending, outcomes, shell } from "./_sandbox.ts";
import { given, type HostileCase } from "./_case.ts";

const DENIED = "PERMISSION_DENIED";

const ALL_DENIED = {
  read: DENIED,
  load: DENIED,
  list: DENIED,
  verify: DENIED,
  save: DENIED,
  repair: DENIED,
  delete: DENIED,
};

const PLAIN = {
  read: 3,
  load: 3,
  list: ["run"],
  verify: [],
  save: "saved",
  repair: [],
  delete: true,
};

/** A mode, what has it, and what comes of it. */
const MODES: readonly [
  name: string,
  mode: string,
  path: string,
  wanted: unknown,
][] = [
  ["a results directory of mode 000", "000", "", ALL_DENIED],
  [
    "a results directory of mode 555: its runs are read and replaced",
    "555",
    "",
    {
      ...PLAIN,
      delete: DENIED,
    },
  ],
  ["a run directory of mode 000", "000", "run", { ...ALL_DENIED, list: [] }],
  ["a run directory of mode 555: it is read and kept", "555", "run", {
    ...PLAIN,
    save: DENIED,
    delete: DENIED,
  }],
  [
    "a summary of mode 000: it is listed and can be replaced",
    "000",
    "run/latency_summary.json",
    {
      ...PLAIN,
      read: DENIED,
      load: DENIED,
      verify: DENIED,
      // The new one has that mode, too.
      repair: DENIED,
    },
  ],
  ["a CSV of mode 000: it can be replaced", "000", "run/latency_raw.csv", {
    ...PLAIN,
    load: DENIED,
    verify: DENIED,
    repair: DENIED,
  }],
  [
    "files of mode 444: they are replaced, not written",
    "444",
    "run/latency_raw.csv",
    PLAIN,
  ],
  [
    "a staging directory of mode 000: what is there is read",
    "000",
    ".staging",
    {
      ...PLAIN,
      save: DENIED,
      repair: DENIED,
      delete: DENIED,
    },
  ],
  ["a lock file of mode 000: what is there is read", "000", ".staging/run", {
    ...PLAIN,
    save: DENIED,
    repair: DENIED,
    delete: DENIED,
  }],
  ["a commit of mode 000", "000", "run/.commit", {
    ...ALL_DENIED,
    list: ["run"],
  }],
];

async function tryAll(
  bench: Bench,
  mode: string,
  path: string,
): Promise<unknown> {
  const run = await bench.save();
  if (path.endsWith(".commit")) await makePending(run);
  if (path === ".staging/run") {
    await Deno.writeTextFile(`${bench.resultsDir}/${path}`, "");
  }
  await shell("chmod", mode, `${bench.resultsDir}/${path}`);
  return await outcomes(bench);
}

/** For an ordinary user: root is refused nothing. */
export const MODE_CASES: readonly HostileCase[] = MODES.map((
  [name, mode, path, wanted],
): HostileCase => ({
  name,
  wanted: given(wanted),
  run: (bench) => tryAll(bench, mode, path),
}));
