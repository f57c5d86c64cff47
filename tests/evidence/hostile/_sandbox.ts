import {
  LatencyCollector,
  MetricsStorage,
  type MetricsStorageOptions,
  StorageError,
} from "../../../mod.ts";
import type { FileOperations } from "../../../src/disk/file_operations.ts";
import { storageOn } from "../../_storage_on.ts";

/** A time long ago: whatever is changed later has another. */
const LONG_AGO = new Date("2001-02-03T04:05:06Z");

/**
 * A results directory that a case may spoil, and the canary: a directory
 * beside it that has to stay as it is.
 */
export class Bench implements AsyncDisposable {
  readonly root: string;
  readonly resultsDir: string;
  /** Holds a run called `run` and one called `pending` with a cut-off save. */
  readonly outside: string;

  private constructor(root: string) {
    this.root = root;
    this.resultsDir = `${root}/results`;
    this.outside = `${root}/outside`;
  }

  static async make(): Promise<Bench> {
    const bench = new Bench(await Deno.makeTempDir({ prefix: "hostile_" }));
    await Deno.mkdir(bench.resultsDir);
    for (const runId of ["run", "pending"]) {
      await bench.save(runId, { resultsDir: bench.outside });
    }
    await makePending(`${bench.outside}/pending`);
    ageTree(bench.outside);
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Deno.Command("chmod", {
      args: ["-R", "u+rwX", this.root],
      stderr: "null",
    }).output();
    await Deno.remove(this.root, { recursive: true });
  }

  storage(runId = "run", options: MetricsStorageOptions = {}): MetricsStorage {
    const { resultsDir } = this;
    return new MetricsStorage(runId, {
      resultsDir,
      // The renames are the same, and a thousand of them take a second less.
      durability: "none",
      lockTimeoutMs: 100,
      ...options,
    });
  }

  /** The storage of `run` that goes through file operations of its own. */
  storageOn(files: FileOperations): MetricsStorage {
    const { resultsDir } = this;
    return storageOn(files, "run", {
      ...{ resultsDir, durability: "none", lockTimeoutMs: 100 },
    });
  }

  async save(
    runId = "run",
    options: MetricsStorageOptions = {},
  ): Promise<string> {
    await this.storage(runId, options).saveLatencyStats(sample());
    return `${options.resultsDir ?? this.resultsDir}/${runId}`;
  }

  /** A run with this summary, beside a CSV that any summary could have. */
  async withSummary(content: string | Uint8Array): Promise<MetricsStorage> {
    const directory = await this.save();
    await write(`${directory}/latency_summary.json`, content);
    return this.storage();
  }

  /** A run with this CSV, and no summary. */
  async withCsv(content: string | Uint8Array): Promise<MetricsStorage> {
    await Deno.mkdir(`${this.resultsDir}/run`);
    await write(`${this.resultsDir}/run/latency_raw.csv`, content);
    return this.storage();
  }

  /** Everything beside the results directory, to be compared. */
  canary(): string[] {
    return [...Deno.readDirSync(this.root)]
      .map(({ name }) => `${this.root}/${name}`)
      .filter((path) => !path.startsWith(this.resultsDir))
      .flatMap(describeTree);
  }
}

/** Three measurements of two types. */
export function sample(): LatencyCollector {
  const collector = new LatencyCollector({ clock: () => 1770645801.25 });
  collector.recordFaultDetection("SAT1", 120.5, 75.2);
  collector.recordAgentDecision("SAT1", 120.6, 131.7);
  collector.recordAgentDecision("SAT2", 120.7, 129);
  return collector;
}

/** Makes it look as if a save had died after its commit point. */
export async function makePending(runDirectory: string): Promise<void> {
  await Deno.mkdir(`${runDirectory}/.commit`);
  for (const name of ["latency_raw.csv", "latency_summary.json"]) {
    await Deno.copyFile(
      `${runDirectory}/${name}`,
      `${runDirectory}/.commit/${name}`,
    );
  }
}

export async function write(
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  await (typeof content === "string"
    ? Deno.writeTextFile(path, content)
    : Deno.writeFile(path, content));
}

/** Runs a program that makes what Deno cannot; throws if it fails. */
export async function shell(
  program: string,
  ...args: string[]
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args })
    .output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${program}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

/** Whether there is such a program. */
export function hasProgram(program: string): boolean {
  try {
    return new Deno.Command(program, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

/** What each operation gives, or the code of its error, in this order. */
export async function outcomes(
  bench: Bench,
): Promise<Record<string, unknown>> {
  const storage = bench.storage();
  const outcome: Record<string, unknown> = {};
  const operations: Record<string, () => unknown> = {
    read: async () =>
      (await storage.getRunMetrics({ useCache: false }))?.total_measurements,
    load: async () => (await storage.loadMeasurements()).length,
    list: () => MetricsStorage.getRecentRuns(bench.resultsDir),
    verify: async () =>
      (await storage.verifyRun()).problems.map(({ kind }) => kind),
    save: async () => {
      await storage.saveLatencyStats(sample());
      return "saved";
    },
    repair: async () => {
      const { verification } = await storage.repairRun();
      return verification.problems.map(({ kind }) => kind);
    },
    delete: () => storage.deleteRun(),
  };
  for (const [name, operation] of Object.entries(operations)) {
    outcome[name] = await codeOrValue(operation);
  }
  return outcome;
}

/** What it gives, or the code of the `StorageError` it throws. */
export async function codeOrValue(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    requireNamed(error);
    return error.code;
  }
}

/** Requires that the message says which run or path it is about. */
export function requireNamed(error: StorageError): void {
  const { message, path } = error;
  if (/\brun (?:id )?\S/i.test(message)) return;
  if (path !== undefined && message.includes(path)) return;
  throw new Error(`neither run nor path is named: ${message}`);
}

/** A line for each thing below a path: kind, size, mtime, names, contents. */
export function describeTree(path: string): string[] {
  const info = Deno.lstatSync(path);
  const kind = info.isDirectory ? "dir" : info.isFile ? "file" : "other";
  const size = info.isDirectory ? "" : info.size;
  const content = info.isFile
    ? Deno.readTextFileSync(path)
    : info.isSymlink
    ? Deno.readLinkSync(path)
    : "";
  const line = `${path} ${kind} ${size} ${info.mtime?.getTime()} ${content}`;
  if (!info.isDirectory) return [line];
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  return [line, ...names.flatMap((name) => describeTree(`${path}/${name}`))];
}

function ageTree(path: string): void {
  if (Deno.lstatSync(path).isDirectory) {
    for (const { name } of Deno.readDirSync(path)) ageTree(`${path}/${name}`);
  }
  Deno.utimeSync(path, LONG_AGO, LONG_AGO);
}
