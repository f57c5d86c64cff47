import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { Outcome, Step } from "./_attempt.ts";
import { rowsOf } from "./_generation.ts";
import { withoutChecksum } from "../../_summary_text.ts";

/** How a process is limited. */
interface Limits {
  /** A command that runs the one after it. */
  wrap?: string[];
  /** Deno's flags; by default those for the directory. */
  permissions?: string[];
}

const ATTEMPT = new URL("./_attempt.ts", import.meta.url).href;

/** In blocks of 512 or 1024 bytes. */
const FILE_SIZE_LIMIT = "ulimit -f 64";

/** A generation of 2000 rows, over 100 kB; 1 has few. */
const LARGE = firstGeneration((rows) => rows === 2_000);
const SMALL = firstGeneration((rows) => rows < 100);

/** A mount namespace of its own: what is mounted in it ends with it. */
const NAMESPACE = [
  "unshare",
  ...(Deno.uid() === 0 ? [] : ["--user", "--map-root-user"]),
  "--mount",
];

/**
 * Root without capabilities is to a file system what any owner of a directory
 * is: the modes count.
 */
const ORDINARY = Deno.uid() === 0
  ? ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]
  : [];

/** Where it shows whether the limits can be set here. */
const UNWRITABLE = await Deno.makeTempDir();
await Deno.chmod(UNWRITABLE, 0o555);
const [CAN_MOUNT, CAN_DROP, CAN_ULIMIT] = await Promise.all([
  works([...NAMESPACE, "mount", "-t", "tmpfs", "none", UNWRITABLE]),
  works([...ORDINARY, "sh", "-c", 'test ! -w "$0"', UNWRITABLE]),
  works(["sh", "-c", `ulimit -n 40 && ${FILE_SIZE_LIMIT}`]),
]);
await Deno.remove(UNWRITABLE);

function firstGeneration(isWanted: (rows: number) => boolean): number {
  let generation = 1;
  while (!isWanted(rowsOf(generation))) generation++;
  return generation;
}

async function works([command, ...args]: string[]): Promise<boolean> {
  try {
    const options = { args, stdout: "null", stderr: "null" } as const;
    return (await new Deno.Command(command!, options).output()).success;
  } catch {
    return false;
  }
}

/** The command that has a small disk at the directory. */
function smallDisk(directory: string, options: string): string[] {
  const mount = `mount -t tmpfs -o ${options} none "$0" && exec "$@"`;
  return [...NAMESPACE, "sh", "-c", mount, directory];
}

function limited(limit: string): string[] {
  return ["sh", "-c", `${limit} && exec "$@"`, "sh"];
}

/** Does the steps in a process of its own. */
async function attempt(
  directory: string,
  steps: Step[],
  limits: Limits = {},
): Promise<Outcome[]> {
  const { code, stdout, stderr } = await processOf(directory, steps, limits);
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function processOf(
  directory: string,
  steps: Step[],
  { wrap = [], permissions }: Limits,
): Promise<Deno.CommandOutput> {
  const [command, ...args] = [
    ...wrap,
    Deno.execPath(),
    "run",
    ...["--quiet", "--no-code-cache"],
    ...(permissions ??
      [`--allow-read=${directory}`, `--allow-write=${directory}`]),
    ATTEMPT,
    directory,
    JSON.stringify(steps),
  ];
  return await new Deno.Command(command!, { args }).output();
}

/** The value of each step, or the code of its error. */
function brief(outcomes: Outcome[]): unknown[] {
  return outcomes.map((it) => "value" in it ? it.value : it.code);
}

/** A test with a directory of its own, ignored where its limit cannot be set. */
function testLimit(
  name: string,
  { missing, run }: {
    missing?: string | undefined;
    run: (directory: string) => Promise<void>;
  },
): void {
  Deno.test({
    name: missing === undefined ? name : `${name} (ignored: ${missing})`,
    ignore: missing !== undefined,
    fn: async () => {
      const directory = await Deno.makeTempDir({ prefix: "hil_limit_" });
      try {
        await run(directory);
      } finally {
        await new Deno.Command("chmod", { args: ["-R", "u+rwx", directory] })
          .output();
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

/** Saves `old` and `cut`, the latter with an unfinished commit of LARGE. */
async function prepareRuns(directory: string): Promise<void> {
  await attempt(directory, [
    { do: "save", runIds: ["old", "cut"], generation: SMALL },
    { do: "save", runIds: ["new"], generation: LARGE },
  ]);
  const results = `${directory}/results`;
  await Deno.rename(`${results}/new`, `${results}/cut/.commit`);
  // Its id is part of the summary.
  const path = `${results}/cut/.commit/latency_summary.json`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(
    path,
    withoutChecksum(text).replace('"new"', '"cut"'),
  );
}

/** What a process finds that may read all of that and change nothing. */
const READ_ONLY: [Step, unknown][] = [
  [{ do: "save", runIds: ["old"], generation: LARGE }, "PERMISSION_DENIED"],
  [{ do: "save", runIds: ["another"], generation: 1 }, "PERMISSION_DENIED"],
  [{ do: "delete", runId: "old" }, "PERMISSION_DENIED"],
  [{ do: "read", runId: "old" }, SMALL],
  [{ do: "load", runId: "old" }, SMALL],
  [{ do: "verify", runId: "old" }, []],
  [{ do: "read", runId: "cut" }, LARGE],
  [{ do: "load", runId: "cut" }, LARGE],
  [{ do: "verify", runId: "cut" }, ["unfinished-commit"]],
  [{ do: "list" }, ["cut", "old"]],
  [{ do: "staging" }, 0],
];

const NO_MOUNT = CAN_MOUNT ? undefined : "needs a mount namespace";
const NO_DROP = CAN_DROP ? undefined : "needs an ordinary user";
const NO_ULIMIT = CAN_ULIMIT ? undefined : "needs ulimit";

/**
 * Tries to save over a run and to save a new one with room for 0, 1, 2...
 *
 * @returns How often saving over the run failed.
 */
async function saveWithMoreAndMoreRoom(
  directory: string,
  { disk, roomFor, most }: {
    disk: string;
    roomFor: (amount: number) => Step;
    most: number;
  },
): Promise<number> {
  const tries = (amount: number): Step[] => [
    roomFor(amount),
    { do: "save", runIds: ["old"], generation: LARGE },
    { do: "read", runId: "old" },
    { do: "load", runId: "old" },
    { do: "verify", runId: "old" },
    { do: "staging" },
    { do: "save", runIds: ["another"], generation: LARGE },
    { do: "load", runId: "another" },
    { do: "staging" },
    // Deleting makes a stage and a lock file, for which there may be no room.
    roomFor(most),
    { do: "delete", runId: "another" },
    { do: "list" },
  ];
  const amounts = Array.from({ length: most }, (_, amount) => amount);
  const outcomes = brief(
    await attempt(directory, [
      { do: "save", runIds: ["old"], generation: SMALL },
      ...amounts.flatMap(tries),
    ], { wrap: smallDisk(directory, disk) }),
  );
  assertEquals(outcomes.shift(), SMALL);
  let failures = 0;
  let old = SMALL;
  for (const amount of amounts) {
    const [, ...found] = outcomes.splice(0, tries(amount).length);
    const isOver = found[0] !== "NO_SPACE";
    const isNew = found[5] !== "NO_SPACE";
    if (isOver) old = LARGE;
    else failures++;
    assertEquals(found.toSpliced(8, 1), [
      isOver ? LARGE : "NO_SPACE",
      old,
      old,
      [],
      0,
      isNew ? LARGE : "NO_SPACE",
      isNew ? LARGE : 0,
      0,
      isNew,
      ["old"],
    ], `room for ${amount}`);
  }
  assertEquals(old, LARGE, "there was never enough room");
  return failures;
}

testLimit(
  "MetricsStorage.saveLatencyStats() fails with NO_SPACE and leaves the old run at every page a disk may lack",
  {
    missing: NO_MOUNT,
    run: async (directory) => {
      const failures = await saveWithMoreAndMoreRoom(directory, {
        disk: "size=2m",
        roomFor: (pages) => ({ do: "fill", freeBytes: pages * 4096 }),
        most: 72,
      });
      assert(failures > 20, `${failures} failures`);
    },
  },
);

testLimit(
  "MetricsStorage.saveLatencyStats() fails with NO_SPACE and leaves the old run at every inode a disk may lack",
  {
    missing: NO_MOUNT,
    run: async (directory) => {
      const failures = await saveWithMoreAndMoreRoom(directory, {
        disk: "size=2m,nr_inodes=32",
        roomFor: (freeInodes) => ({ do: "files", freeInodes }),
        most: 8,
      });
      assert(failures >= 3, `${failures} failures`);
    },
  },
);

testLimit(
  "MetricsStorage.saveLatencyStats() leaves the old run where the file size limit ends the process",
  {
    missing: NO_ULIMIT,
    run: async (directory) => {
      await attempt(directory, [
        { do: "save", runIds: ["old"], generation: SMALL },
      ]);
      const left: Step[] = [
        { do: "load", runId: "old" },
        { do: "verify", runId: "old" },
        { do: "list" },
      ];
      for (const runId of ["old", "another"]) {
        const save: Step = { do: "save", runIds: [runId], generation: LARGE };
        const { signal } = await processOf(directory, [save], {
          wrap: limited(FILE_SIZE_LIMIT),
        });
        assertEquals(signal, "SIGXFSZ");
        assertEquals(brief(await attempt(directory, left)), [
          SMALL,
          [],
          ["old"],
        ]);
      }
      const swept: Step[] = [
        { do: "save", runIds: ["another"], generation: SMALL },
        { do: "staging" },
      ];
      assertEquals(brief(await attempt(directory, swept)), [SMALL, 0]);
    },
  },
);

testLimit(
  "MetricsStorage.saveLatencyStats() fails with NO_SPACE where the process outlives the file size limit",
  {
    missing: NO_ULIMIT,
    run: async (directory) => {
      const wrap = limited(FILE_SIZE_LIMIT);
      const steps: [Step, unknown][] = [
        [{ do: "outlive" }, true],
        [{ do: "save", runIds: ["old"], generation: SMALL }, SMALL],
        [{ do: "save", runIds: ["old"], generation: LARGE }, "NO_SPACE"],
        [{ do: "save", runIds: ["another"], generation: LARGE }, "NO_SPACE"],
        [{ do: "load", runId: "old" }, SMALL],
        [{ do: "verify", runId: "old" }, []],
        [{ do: "list" }, ["old"]],
        [{ do: "staging" }, 0],
      ];
      const outcomes = await attempt(directory, steps.map(([it]) => it), {
        wrap,
      });
      assertEquals(brief(outcomes), steps.map(([, wanted]) => wanted));
    },
  },
);

testLimit(
  "MetricsStorage.saveLatencyStats() saves or fails with IO_FAILED when descriptors run out",
  {
    missing: NO_ULIMIT,
    run: async (directory) => {
      const runIds = Array.from({ length: 40 }, (_, index) => `run_${index}`);
      const steps: Step[] = [
        { do: "save", runIds, generation: SMALL },
        { do: "save", runIds: ["run_0"], generation: LARGE },
      ];
      const wrap = limited("ulimit -n 40");
      const [together, alone] = await attempt(directory, steps, { wrap });
      assertEquals(alone, { value: LARGE });
      const outcomes = brief((together as { value: Outcome[] }).value);
      const failed = outcomes.filter((it) => it !== SMALL);
      assert(failed.length > 0, "there were enough descriptors");
      assertEquals([...new Set(failed)], ["IO_FAILED"]);
      const loaded = brief(
        await attempt(
          directory,
          runIds.slice(1).map((runId) => ({
            do: "load",
            runId,
          })),
        ),
      );
      for (const [index, outcome] of outcomes.slice(1).entries()) {
        assertEquals(loaded[index], outcome === SMALL ? SMALL : 0);
      }
    },
  },
);

testLimit(
  "MetricsStorage and LatencyCollector fail with IO_FAILED where no descriptor is left from the start",
  {
    missing: NO_ULIMIT,
    run: async (directory) => {
      await prepareRuns(directory);
      const steps: Step[] = [
        { do: "exhaust" },
        { do: "export" },
        { do: "load", runId: "old" },
        { do: "list" },
        { do: "verify", runId: "old" },
        { do: "repair", runId: "old" },
        { do: "read", runId: "old" },
        { do: "save", runIds: ["old"], generation: LARGE },
      ];
      const wrap = limited("ulimit -n 64");
      const [isExhausted, ...others] = brief(
        await attempt(directory, steps, { wrap }),
      );
      assertEquals(isExhausted, true);
      assertEquals([...new Set(others)], ["IO_FAILED"]);
    },
  },
);

testLimit(
  "MetricsStorage.saveLatencyStats() makes nothing where it may not sync what is above",
  {
    run: async (directory) => {
      const results = `${directory}/results`;
      const permissions = [
        `--allow-read=${results}`,
        `--allow-write=${results}`,
      ];
      const step: Step = { do: "save", runIds: ["new"], generation: SMALL };
      for (let tries = 0; tries < 2; tries++) {
        const [outcome] = await attempt(directory, [step], { permissions });
        assert("code" in outcome!);
        assertEquals(outcome.code, "PERMISSION_DENIED");
        assertStringIncludes(outcome.message, `"${directory}"`);
        await assertRejects(() => Deno.lstat(results), Deno.errors.NotFound);
      }
      await Deno.mkdir(results);
      assertEquals(await attempt(directory, [step], { permissions }), [
        { value: SMALL },
      ]);
    },
  },
);

testLimit(
  "MetricsStorage reads a read-only directory and fails with PERMISSION_DENIED to change it",
  {
    missing: NO_DROP,
    run: async (directory) => {
      await prepareRuns(directory);
      const results = `${directory}/results`;
      for (const name of ["/cut/.commit", "/cut", "/old", "/.staging", ""]) {
        await Deno.chmod(`${results}${name}`, 0o555);
      }
      const steps = READ_ONLY.map(([it]) => it);
      const outcomes = await attempt(directory, steps, { wrap: ORDINARY });
      assertEquals(brief(outcomes), READ_ONLY.map(([, wanted]) => wanted));
    },
  },
);

testLimit(
  "MetricsStorage reads a read-only file system and fails with PERMISSION_DENIED to change it",
  {
    missing: NO_MOUNT,
    run: async (directory) => {
      await prepareRuns(directory);
      const bind =
        'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ' +
        'exec "$@"';
      const wrap = [...NAMESPACE, "sh", "-c", bind, directory];
      const steps = READ_ONLY.map(([it]) => it);
      const outcomes = await attempt(directory, steps, { wrap });
      assertEquals(brief(outcomes), READ_ONLY.map(([, wanted]) => wanted));
    },
  },
);

testLimit("MetricsStorage fails with PERMISSION_DENIED where it may not look", {
  missing: NO_DROP,
  run: async (directory) => {
    await prepareRuns(directory);
    const results = `${directory}/results`;
    await Deno.chmod(`${results}/old`, 0o000);
    const steps: Step[] = [
      { do: "list" },
      { do: "read", runId: "old" },
      { do: "load", runId: "old" },
      { do: "verify", runId: "old" },
      { do: "read", runId: "cut" },
    ];
    const denied = "PERMISSION_DENIED";
    assertEquals(
      brief(await attempt(directory, steps, { wrap: ORDINARY })),
      [["cut"], denied, denied, denied, LARGE],
    );
    await Deno.chmod(results, 0o000);
    assertEquals(
      brief(await attempt(directory, steps, { wrap: ORDINARY })),
      [denied, denied, denied, denied, denied],
    );
  },
});

testLimit("MetricsStorage names the permission that Deno lacks", {
  run: async (directory) => {
    await prepareRuns(directory);
    const [read, save] = await attempt(directory, [
      { do: "read", runId: "old" },
      { do: "save", runIds: ["old"], generation: LARGE },
    ], { permissions: [`--allow-read=${directory}`] });
    assertEquals(read, { value: SMALL });
    assert("code" in save!);
    assertEquals(save.code, "PERMISSION_DENIED");
    assertStringIncludes(save.message, "--allow-write");
    const blind = await attempt(directory, [
      { do: "read", runId: "old" },
      { do: "list" },
    ], { permissions: [] });
    for (const outcome of blind) {
      assert("code" in outcome);
      assertEquals(outcome.code, "PERMISSION_DENIED");
      assertStringIncludes(outcome.message, "--allow-read");
    }
  },
});

testLimit(
  "MetricsStorage names a run that is a mount, and leaves it as it is",
  {
    missing: NO_MOUNT,
    run: async (directory) => {
      await prepareRuns(directory);
      const mount = 'mount -t tmpfs none "$0/results/old" && exec "$@"';
      const outcomes = await attempt(directory, [
        { do: "save", runIds: ["old"], generation: LARGE },
        { do: "list" },
      ], { wrap: [...NAMESPACE, "sh", "-c", mount, directory] });
      const [save, list] = outcomes;
      assert(save !== undefined && "code" in save);
      assertEquals(save.code, "UNSAFE_PATH");
      assertStringIncludes(save.message, "it is a mount");
      assertStringIncludes(save.message, `${directory}/results/old`);
      assertEquals(list, { value: ["cut"] });
      assertEquals(
        brief(await attempt(directory, [{ do: "verify", runId: "old" }])),
        [[]],
      );
    },
  },
);

testLimit(
  "MetricsStorage reads and replaces runs of an overlay's lower layer, and names what it cannot delete",
  {
    missing: NO_MOUNT,
    run: async (directory) => {
      await prepareRuns(directory);
      const overlay = [
        'cd "$0" && mkdir t && mount -t tmpfs none t && mkdir t/up t/work',
        "mount -t overlay none -o lowerdir=results,upperdir=t/up,workdir=t/work results",
        'exec "$@"',
      ].join(" && ");
      const [read, save, again, deletion] = await attempt(directory, [
        { do: "load", runId: "old" },
        { do: "save", runIds: ["old"], generation: LARGE },
        { do: "load", runId: "old" },
        { do: "delete", runId: "old" },
      ], { wrap: [...NAMESPACE, "sh", "-c", overlay, directory] });
      assertEquals([read, save, again], [
        { value: SMALL },
        { value: LARGE },
        { value: LARGE },
      ]);
      // Whether a directory of a lower layer can be moved is the kernel's choice.
      if (deletion !== undefined && "code" in deletion) {
        assertEquals(deletion.code, "UNSAFE_PATH");
        assertStringIncludes(deletion.message, "overlay layer");
      } else assertEquals(deletion, { value: true });
    },
  },
);
