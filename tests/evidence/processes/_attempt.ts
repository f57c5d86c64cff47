// A process under a limit: does the steps it is given one after the other and
// prints what came of each, as a JSON array.
import { MetricsStorage, StorageError } from "../../../mod.ts";
import {
  collectGeneration,
  loadGeneration,
  readGeneration,
} from "./_generation.ts";

/** Something to try. */
export type Step =
  | { do: "save"; runIds: string[]; generation: number }
  | { do: "read" | "load" | "delete" | "verify" | "repair"; runId: string }
  | { do: "list" | "staging" | "export" | "exhaust" | "outlive" }
  | { do: "fill"; freeBytes: number }
  | { do: "files"; freeInodes: number };

/** What came of a step. */
export type Outcome = { value: unknown } | { code: string; message: string };

/** A file that takes what is left of the disk, beside the results. */
const BALLAST = "ballast";

async function attempt(step: Step, directory: string): Promise<unknown> {
  const options = { resultsDir: `${directory}/results` };
  const of = (runId: string) => new MetricsStorage(runId, options);
  switch (step.do) {
    case "save": {
      const collector = collectGeneration(step.generation);
      const saves = step.runIds.map(async (runId) =>
        await outcomeOf(async () => {
          await of(runId).saveLatencyStats(collector);
          return step.generation;
        })
      );
      const outcomes = await Promise.all(saves);
      return outcomes.length === 1 ? unwrap(outcomes[0]!) : outcomes;
    }
    case "read":
      return await readGeneration(of(step.runId));
    case "load":
      return await loadGeneration(of(step.runId));
    case "delete":
      return await of(step.runId).deleteRun();
    case "verify":
      return (await of(step.runId).verifyRun()).problems.map((it) => it.kind);
    case "repair":
      await of(step.runId).repairRun();
      return await readGeneration(of(step.runId));
    case "list":
      return (await MetricsStorage.getRecentRuns(options.resultsDir)).sort();
    case "staging":
      return [...Deno.readDirSync(`${directory}/results/.staging`)].length;
    case "export":
      await collectGeneration(1).exportCsv(`${directory}/x.csv.gz`, {
        compression: "gzip",
      });
      return true;
    case "exhaust":
      return exhaust(directory);
    case "outlive":
      // What the system sends to whoever writes past the file size limit.
      Deno.addSignalListener("SIGXFSZ", () => {});
      return true;
    case "fill":
      return fill(`${directory}/${BALLAST}`, step.freeBytes);
    case "files":
      return makeFiles(`${directory}/${BALLAST}`, step.freeInodes);
  }
}

/** Takes all space of the disk but so many bytes. */
function fill(path: string, freeBytes: number): number {
  using file = Deno.openSync(path, { create: true, write: true });
  file.seekSync(0, Deno.SeekMode.End);
  const page = new Uint8Array(4096);
  const sizeBytes = writeUntilFull(file, page) - freeBytes;
  file.truncateSync(sizeBytes);
  return sizeBytes;
}

function writeUntilFull(file: Deno.FsFile, page: Uint8Array): number {
  try {
    while (true) file.writeSync(page);
  } catch {
    return file.statSync().size;
  }
}

/** Takes all inodes of the disk but so many. */
function makeFiles(path: string, freeInodes: number): number {
  let count = 0;
  try {
    for (;; count++) Deno.writeTextFileSync(`${path}${count}`, "");
  } catch {
    // None is left.
  }
  for (let freed = 0; freed < freeInodes; freed++) {
    Deno.removeSync(`${path}${--count}`);
  }
  return count;
}

const held: Deno.FsFile[] = [];

/** Takes all file descriptors, and keeps them. */
function exhaust(path: string): boolean {
  try {
    while (true) held.push(Deno.openSync(path));
  } catch {
    return held.length > 0;
  }
}

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { code: error.code, message: error.message };
  }
}

function unwrap(outcome: Outcome): unknown {
  if ("value" in outcome) return outcome.value;
  throw new StorageError(outcome.message, {
    code: outcome.code as StorageError["code"],
  });
}

if (import.meta.main) {
  const [directory, steps] = Deno.args;
  const outcomes: Outcome[] = [];
  for (const step of JSON.parse(steps!) as Step[]) {
    outcomes.push(await outcomeOf(() => attempt(step, directory!)));
  }
  console.log(JSON.stringify(outcomes));
}
