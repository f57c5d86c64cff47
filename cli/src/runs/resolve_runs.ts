import { type RunStore, StorageError } from "@astraguard/hil-metrics";
import { UsageError } from "../terminal/usage_error.ts";

/** How many runs an error names. */
const NAMED = 5;

const LATEST = /^latest(?:~(\d+))?$/;

/**
 * The runs that names stand for, each once: an id, `latest` or `latest~1` (the
 * one before it, by when it was saved), a baseline's name, or what the id of
 * one run alone begins with; looked for in this order.
 *
 * @throws {StorageError} `RUN_NOT_FOUND`: a name stands for no run.
 * @throws {UsageError} Several runs begin with it.
 */
export async function resolveRuns(
  store: RunStore,
  names: readonly string[],
): Promise<string[]> {
  const runIds = new Set<string>();
  for (const name of names) {
    for (const runId of await resolve(store, name)) runIds.add(runId);
  }
  return [...runIds];
}

/**
 * The one run that a name stands for.
 *
 * @throws {StorageError} As {@linkcode resolveRuns}.
 * @throws {UsageError} Several runs begin with it, or it is a baseline of
 * several.
 */
export async function resolveRun(
  store: RunStore,
  name: string,
): Promise<string> {
  const [runId, ...others] = await resolve(store, name);
  if (others.length === 0) return runId!;
  throw new UsageError(
    `"${name}" has ${others.length + 1} runs, and one is wanted`,
  );
}

/** Whether a name stands for a run before it could for a baseline. */
export async function isNameOfRun(
  store: RunStore,
  name: string,
): Promise<boolean> {
  return LATEST.test(name) || await isRun(store, name);
}

async function resolve(store: RunStore, name: string): Promise<string[]> {
  // Every id begins with it: a variable that is not set would be a run.
  if (name === "") throw new UsageError("A run has a name: this one is empty");
  const back = LATEST.exec(name);
  if (back !== null) return [await latest(store, name, Number(back[1] ?? 0))];
  if (await isRun(store, name)) return [name];
  const { baselines } = store.baselines.read();
  if (Object.hasOwn(baselines, name)) return [...baselines[name]!];
  const begun = await store.recentRuns({
    prefix: name,
    orderBy: "name",
    limit: NAMED + 1,
  });
  if (begun.length === 1) return begun;
  if (begun.length === 0) throw await notFound(store, name);
  const more = begun.length > NAMED ? ", …" : "";
  throw new UsageError(
    `Several runs begin with "${name}": ${
      begun.slice(0, NAMED).join(", ")
    }${more}`,
  );
}

async function isRun(store: RunStore, name: string): Promise<boolean> {
  try {
    return await store.run(name).getRunMetrics() !== null;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === "INVALID_RUN_ID") return false;
    // A damaged run is one; whoever reads it says what is wrong.
    if (error.code === "RUN_DAMAGED") return true;
    throw error;
  }
}

async function latest(
  store: RunStore,
  name: string,
  back: number,
): Promise<string> {
  const limit = Number.isSafeInteger(back + 1) ? back + 1 : Infinity;
  const runIds = await store.recentRuns({ limit });
  const runId = runIds[back];
  if (runId !== undefined) return runId;
  throw new StorageError(
    `Cannot find ${name}: there ${
      runIds.length === 1 ? "is 1 run" : `are ${runIds.length} runs`
    } in ${store.resultsDir}`,
    { code: "RUN_NOT_FOUND", path: store.resultsDir },
  );
}

async function notFound(store: RunStore, name: string): Promise<StorageError> {
  const all = await store.recentRuns({ limit: Infinity });
  const names = [
    "latest",
    ...all,
    ...Object.keys(store.baselines.read().baselines),
  ];
  const { closest, distance } = await import("fastest-levenshtein");
  const near = closest(name, names);
  const isNear = distance(name, near) <= Math.max(2, near.length / 4);
  const hint = isNear ? `; did you mean "${near}"?` : "";
  return new StorageError(
    `Cannot find run "${name}" in ${store.resultsDir}${hint}`,
    { code: "RUN_NOT_FOUND", path: store.resultsDir },
  );
}
