import { pathToFileURL } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { bundleCode } from "../npm/_bundle_code.ts";
import { bundleTypes } from "../npm/_bundle_types.ts";
import { readPackage } from "../npm/_package.ts";
import { fromRoot } from "./_from_root.ts";
import { withResultsDir } from "./_results_dir.ts";

/** What a bundle prints in Node, or throws. */
const NEEDS_DENO = "@astraguard/hil-metrics needs Deno 2.9 or later";

const HAS_NODE = await hasNode();

/** What `deno task bundle` makes. */
let bundleDir = "";

Deno.test.beforeAll(async () => {
  bundleDir = await Deno.makeTempDir({ prefix: "hil_bundle_test_" });
  await succeed(["task", "-q", "bundle", "--outdir", bundleDir], fromRoot());
});

Deno.test.afterAll(async () => {
  await Deno.remove(bundleDir, { recursive: true });
});

async function hasNode(): Promise<boolean> {
  try {
    return (await run("node", ["--version"], ".")).success;
  } catch {
    return false;
  }
}

async function run(
  command: string,
  args: string[],
  cwd: string,
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs Deno, which must succeed, and returns what it prints. */
async function succeed(args: string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await run(Deno.execPath(), args, cwd);
  assert(success, stderr);
  return stdout;
}

/** Hands a test a directory with files of the bundle. */
async function withFiles(
  names: readonly string[],
  test: (directory: string) => Promise<void>,
): Promise<void> {
  await withResultsDir(async (directory) => {
    for (const name of names) {
      await Deno.copyFile(`${bundleDir}/${name}`, `${directory}/${name}`);
    }
    await test(directory);
  });
}

Deno.test("the bundle's main file is all that a script elsewhere needs", () =>
  withFiles(["hil_metrics.js"], async (elsewhere) => {
    await Deno.writeTextFile(
      `${elsewhere}/bench.js`,
      `import { LatencyCollector, MetricsStorage } from "./hil_metrics.js";
const collector = new LatencyCollector();
collector.recordFaultDetection("SAT1", 0.1, 75.5);
await new MetricsStorage("run_1", { resultsDir: "r" }).saveLatencyStats(collector);
const [run] = await MetricsStorage.getRecentRuns("r");
const { stats } = await new MetricsStorage(run, { resultsDir: "r" }).getRunMetrics();
console.log(run, stats.fault_detection.mean_ms);
`,
    );
    const printed = await succeed(
      ["run", "--no-remote", "--no-npm", "-R=.", "-W=.", "bench.js"],
      elsewhere,
    );
    assertEquals(printed, "run_1 75.5\n");
  }));

Deno.test("every file of the bundle says its version and licence", async () => {
  const { version } = await readPackage();
  for await (const { name } of Deno.readDir(bundleDir)) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(`${bundleDir}/${name}`);
    assertStringIncludes(
      text.slice(0, 300),
      `/*! @astraguard/hil-metrics ${version}, MIT licence`,
      name,
    );
  }
});

Deno.test("the bundle's types are those of its exports, and need no other file", () =>
  withFiles(["hil_metrics.js", "hil_metrics.d.ts"], async (elsewhere) => {
    const script = (unit: string) =>
      `import { LatencyCollector, RunStore, type RunMetrics } from "./hil_metrics.js";
const collector: LatencyCollector = new LatencyCollector();
collector.recordFaultDetection("SAT1", 0.1, ${unit});
const metrics: RunMetrics | null = await new RunStore("r").run("x").getRunMetrics();
const mean: number | undefined = metrics?.stats.fault_detection?.mean_ms;
console.log(mean);
`;
    await Deno.writeTextFile(`${elsewhere}/right.ts`, script("75.5"));
    await Deno.writeTextFile(`${elsewhere}/wrong.ts`, script('"75.5 ms"'));
    await succeed(["check", "-q", "hil_metrics.d.ts", "right.ts"], elsewhere);
    const { success, stderr } = await run(
      Deno.execPath(),
      ["check", "-q", "wrong.ts"],
      elsewhere,
    );
    assertEquals(success, false);
    assertStringIncludes(stderr, "TS2345");
    const types = await Deno.readTextFile(`${elsewhere}/hil_metrics.d.ts`);
    const [, exported] = /^export \{([^}]*)\};$/m.exec(types)!;
    // The file also exports what the other ones share with it.
    const module = await import(
      pathToFileURL(`${bundleDir}/hil_metrics.js`).href
    );
    // It also exports what its other files share with it.
    for (const name of Object.keys(await import("../mod.ts"))) {
      assert(name in module);
      assertMatch(exported!, new RegExp(`\\b${name}\\b`));
      assertMatch(types, new RegExp(`^declare (class|const) ${name}\\b`, "m"));
    }
  }));

for (
  const [how, file, code] of [
    ["runs", "hil_metrics.js", undefined],
    ["imports", "bench.mjs", 'import { RunStore } from "./hil_metrics.js";\n'],
  ] as const
) {
  Deno.test({
    name: `the bundle says that it needs Deno where Node ${how} it`,
    ignore: !HAS_NODE,
    fn: () =>
      withFiles(["hil_metrics.js"], async (elsewhere) => {
        await Deno.writeTextFile(
          `${elsewhere}/package.json`,
          '{ "type": "module" }',
        );
        if (code) await Deno.writeTextFile(`${elsewhere}/${file}`, code);
        const { success, stderr } = await run("node", [file], elsewhere);
        assertEquals(success, false);
        assertMatch(stderr, new RegExp(`^Error: ${NEEDS_DENO}`, "m"));
      }),
  });
}

Deno.test("the bundle has a file for each export, and one class of collectors", () =>
  withResultsDir(async (directory) => {
    const workDir = `${directory}/work`;
    await Deno.mkdir(workDir);
    const several = {
      ...await readPackage(),
      entries: new Map([
        ["errors", "src/model/errors.ts"],
        ["hil_metrics", "mod.ts"],
        ["collector", "src/record/latency_collector.ts"],
      ]),
    };
    for (
      const [name, text] of [
        ...await bundleCode(several, workDir),
        ...await bundleTypes(several, workDir),
      ]
    ) await Deno.writeTextFile(`${directory}/${name}`, text);
    await Deno.writeTextFile(
      `${directory}/bench.ts`,
      `import { LatencyCollector, StorageError } from "./hil_metrics.js";
import { columnsOf, LatencyCollector as Same } from "./collector.js";
import { STORAGE_ERRORS, StorageError as SameError } from "./errors.js";
const collector: LatencyCollector = new Same();
collector.recordFaultDetection("SAT1", 0.1, 75.5);
console.log(columnsOf(collector).length, Same === LatencyCollector);
console.log(StorageError === SameError, STORAGE_ERRORS.LOCKED.remedy.length > 0);
`,
    );
    assertEquals(
      await succeed(["run", "-q", "--check", "bench.ts"], directory),
      "1 true\ntrue true\n",
    );
  }));
