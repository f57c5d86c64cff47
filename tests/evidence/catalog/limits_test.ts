import { RunCatalog } from "@astraguard/hil-metrics/catalog";
import { assertEquals } from "@std/assert";
import { saveRun } from "../../catalog/_runs.ts";
import { tree, withResultsDir } from "../../_results_dir.ts";
import type { Ask } from "./_asker.ts";

const ASKER = new URL("./_asker.ts", import.meta.url).href;

/** Root without capabilities: the modes count. */
const ORDINARY = Deno.uid() === 0
  ? ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]
  : [];

/** What is mounted in a mount namespace of its own ends with it. */
const SMALL_DISK = [
  "unshare",
  ...(Deno.uid() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--mount", "sh", "-c"],
  'mount -t tmpfs -o size=512k none "$0" && exec "$@"',
];

const UNWRITABLE = await Deno.makeTempDir();
await Deno.chmod(UNWRITABLE, 0o555);
const CAN_DROP = await works([
  ...[...ORDINARY, "sh", "-c", 'test ! -w "$0"', UNWRITABLE],
]);
const CAN_MOUNT = await works([...SMALL_DISK, UNWRITABLE, "true"]);
await Deno.remove(UNWRITABLE);

async function works([command, ...args]: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command!, { args }).output()).success;
  } catch {
    return false;
  }
}

/** What a process gets that may read the directory, and no more unless told. */
async function askAll(
  resultsDir: string,
  asks: readonly Ask[],
  { wrap = [], mayWrite = false }: { wrap?: string[]; mayWrite?: boolean } = {},
): Promise<string[]> {
  const [command, ...args] = [
    ...wrap,
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt"],
    `--allow-read=${resultsDir}`,
    ...(mayWrite ? [`--allow-write=${resultsDir}`] : []),
    ...[ASKER, resultsDir, ...asks],
  ];
  const { code, stdout, stderr } = await new Deno.Command(command!, { args })
    .output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Makes a results directory with a run and a catalog. */
async function prepare(resultsDir: string): Promise<void> {
  await saveRun(resultsDir, "a");
  using catalog = RunCatalog.open(resultsDir);
  await catalog.refresh();
}

Deno.test("RunCatalog answers who may only read, and leaves nothing behind", () =>
  withResultsDir(async (resultsDir) => {
    await prepare(resultsDir);
    const before = await tree(resultsDir);
    assertEquals(await askAll(resultsDir, ["ask", "list"]), ["fresh a", "a"]);
    assertEquals(await tree(resultsDir), before);
  }));

Deno.test("RunCatalog tells who may only read that it is stale, and a store lists", () =>
  withResultsDir(async (resultsDir) => {
    await prepare(resultsDir);
    await saveRun(resultsDir, "b");
    const before = await tree(resultsDir);
    assertEquals(await askAll(resultsDir, ["ask", "list", "refresh"]), [
      "stale a",
      "b,a",
      "PERMISSION_DENIED",
    ]);
    assertEquals(await tree(resultsDir), before);
  }));

Deno.test("RunCatalog leaves nothing behind where it may not be made", () =>
  withResultsDir(async (resultsDir) => {
    await saveRun(resultsDir, "a");
    const before = await tree(resultsDir);
    assertEquals(await askAll(resultsDir, ["ask", "list", "refresh"]), [
      "none ",
      "a",
      "PERMISSION_DENIED",
    ]);
    assertEquals(await tree(resultsDir), before);
  }));

Deno.test({
  name: "RunCatalog answers from a directory that nobody may write",
  ignore: !CAN_DROP,
  fn: () =>
    withResultsDir(async (resultsDir) => {
      await prepare(resultsDir);
      const paths = [resultsDir, `${resultsDir}/.catalog`];
      const files = ["catalog.sqlite", "changes", "seal"]
        .map((name) => `${resultsDir}/.catalog/${name}`);
      for (const path of paths) await Deno.chmod(path, 0o555);
      for (const path of files) await Deno.chmod(path, 0o444);
      const options = { wrap: ORDINARY, mayWrite: true };
      const asks: Ask[] = ["ask", "list", "save", "ask"];
      assertEquals(await askAll(resultsDir, asks, options), [
        "fresh a",
        "a",
        "PERMISSION_DENIED",
        "fresh a",
      ]);
      await Deno.chmod(resultsDir, 0o755);
      await saveRun(resultsDir, "b");
      const [asked, listed] = await askAll(
        resultsDir,
        ["ask", "list"],
        options,
      );
      assertEquals([asked, listed], ["stale a", "b,a"]);
      await Deno.chmod(`${resultsDir}/.catalog`, 0o755);
    }),
});

Deno.test({
  name:
    "a save that may not write the log of changes succeeds, and no catalog passes for fresh",
  ignore: !CAN_DROP,
  fn: () =>
    withResultsDir(async (resultsDir) => {
      await prepare(resultsDir);
      await Deno.chmod(`${resultsDir}/.catalog/changes`, 0o444);
      const options = { wrap: ORDINARY, mayWrite: true };
      const asks: Ask[] = ["save", "ask", "list", "refresh", "ask"];
      assertEquals(await askAll(resultsDir, asks, options), [
        "saved",
        "none ",
        "saved,a",
        "refreshed",
        "fresh saved,a",
      ]);
    }),
});

Deno.test({
  name:
    "RunCatalog without space goes stale or is not there, and is made when there is",
  ignore: !CAN_MOUNT,
  fn: () =>
    withResultsDir(async (resultsDir) => {
      const options = { wrap: [...SMALL_DISK, resultsDir], mayWrite: true };
      const asks: Ask[] = [
        ...["save", "refresh", "ask", "fill", "ask", "list"] as const,
        ...["save", "list", "free", "save", "refresh", "ask"] as const,
      ];
      assertEquals(await askAll(resultsDir, asks, options), [
        "saved",
        "refreshed",
        "fresh saved",
        "filled",
        "own saved",
        "saved",
        "NO_SPACE",
        "saved",
        "freed",
        "saved",
        "refreshed",
        "fresh saved",
      ]);
    }),
});
