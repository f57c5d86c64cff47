import { lookAt } from "../disk/look_at.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { StorageError } from "../model/errors.ts";
import { isRunId, type RunPaths } from "./run_paths.ts";

/** Which runs are kept, and under which names others are compared with them. */
export interface BaselinesDocument {
  /** Tells such a document. */
  readonly format: "hil-metrics-baselines";
  /** Of the format. */
  readonly version: 1;
  /** The runs of each baseline, by its name. */
  readonly baselines: { readonly [name: string]: readonly string[] };
  /** Runs that are kept besides, in the order in which they were pinned. */
  readonly pinned: readonly string[];
}

const NAME = ".baselines.json";

const NOTHING: BaselinesDocument = {
  format: "hil-metrics-baselines",
  version: 1,
  baselines: {},
  pinned: [],
};

/** Where the baselines of a results directory are. */
export function baselinesPath(resultsDir: string): string {
  return `${resultsDir}/${NAME}`;
}

/**
 * The baselines of a results directory; none where there is no such file.
 *
 * @throws {StorageError} `RUN_DAMAGED`: it is not what was written.
 * `UNSAFE_PATH`: something else than a file is there.
 */
export function readBaselines(
  resultsDir: string,
  files: FileOperations,
): BaselinesDocument {
  const path = baselinesPath(resultsDir);
  const found = lookAt(path, files);
  if (found === undefined) return NOTHING;
  if (!found.isFile) {
    throw new StorageError(
      `Cannot read the baselines: "${path}" is not a regular file`,
      { code: "UNSAFE_PATH", path },
    );
  }
  const text = new TextDecoder().decode(files.readFileSync(path));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw damagedBaselines(path, "it is not JSON", cause);
  }
  const flaw = flawOf(document);
  if (flaw !== undefined) throw damagedBaselines(path, flaw);
  return document as BaselinesDocument;
}

/** What keeps a run: the names of its baselines, and whether it is pinned. */
export function keepersOf(
  { baselines, pinned }: BaselinesDocument,
  runId: string,
): string[] {
  return [
    ...(pinned.includes(runId) ? ["it is pinned"] : []),
    ...Object.entries(baselines)
      .filter(([_name, runIds]) => runIds.includes(runId))
      .map(([name]) => `it is part of baseline "${name}"`),
  ];
}

/**
 * Requires that nothing keeps a run.
 *
 * @throws {StorageError} `PINNED`, or as {@linkcode readBaselines}.
 */
export function requireNotKept(paths: RunPaths, files: FileOperations): void {
  const document = readBaselines(paths.resultsDir, files);
  const keepers = keepersOf(document, paths.runId);
  if (keepers.length === 0) return;
  throw new StorageError(
    `Cannot delete run "${paths.runId}": ${keepers.join(", and ")} ` +
      `(${baselinesPath(paths.resultsDir)})`,
    { code: "PINNED", path: baselinesPath(paths.resultsDir) },
  );
}

function flawOf(document: unknown): string | undefined {
  const { format, version, baselines, pinned } = (document ?? {}) as Partial<
    BaselinesDocument
  >;
  if (format !== "hil-metrics-baselines") return "it holds something else";
  if (version !== 1) return `it is of version ${version}, this reads version 1`;
  const areIds = (it: unknown) =>
    Array.isArray(it) && it.every((id) => isRunId(id));
  if (!areIds(pinned)) return "`pinned` is no list of run ids";
  if (typeof baselines !== "object" || baselines === null) {
    return "`baselines` is no object";
  }
  const wrong = Object.entries(baselines).find(([, it]) => !areIds(it));
  if (wrong !== undefined) {
    return `baseline ${JSON.stringify(wrong[0])} is no list of run ids`;
  }
  const empty = Object.entries(baselines).find(([, it]) => it.length === 0);
  return empty && `baseline ${JSON.stringify(empty[0])} has no runs`;
}

function damagedBaselines(
  path: string,
  reason: string,
  cause?: unknown,
): StorageError {
  return new StorageError(
    `Cannot read the baselines: ${reason}; restore the file, or remove it ` +
      `and name them again (${path})`,
    { code: "RUN_DAMAGED", path, cause },
  );
}
