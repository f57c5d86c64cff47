import type { FileOperations } from "../disk/file_operations.ts";
import type { LockQueues } from "../run/run_access.ts";
import { SummaryCache } from "./summary_cache.ts";

/** What this process knows of a results directory, however it is spelled. */
export class DirectoryState {
  /** Summaries that were read. */
  readonly summaries = new SummaryCache();
  /** Who waits for whom to change a run. */
  readonly queues: LockQueues = new Map();
  /** Whether its staging directory has been swept. */
  isSwept = false;
  /** The time in the last id that was given, in Unix milliseconds. */
  lastIdMs = 0;
  /** The paths that have led here. */
  readonly paths = new Set<string>();
}

/** Directories by device and inode, apart for each set of file operations. */
type States = Map<string, WeakRef<DirectoryState>>;

/** The one piece of state that the stores of a process share. */
const registry = new WeakMap<FileOperations, States>();

/**
 * The state of the directory that is at this path now; `undefined` for none.
 * It is kept as long as somebody has it.
 */
export function stateOf(
  path: string,
  files: FileOperations,
): DirectoryState | undefined {
  let info;
  try {
    info = files.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const states = statesOf(files);
  // An inode number may be that of a directory that is gone.
  const identity = `${info.dev}:${info.ino}:${info.birthtime?.getTime()}`;
  const toCome = states.get(toComeAt(path))?.deref();
  const state = states.get(identity)?.deref() ?? toCome ?? new DirectoryState();
  if (toCome !== undefined) {
    state.lastIdMs = Math.max(state.lastIdMs, toCome.lastIdMs);
    states.delete(toComeAt(path));
  }
  if (!state.paths.has(path)) {
    forget(states, path);
    state.paths.add(path);
    states.set(identity, new WeakRef(state));
  }
  return state;
}

/** The state of a directory that is going to be made at this path. */
export function stateToCome(
  path: string,
  files: FileOperations,
): DirectoryState {
  const states = statesOf(files);
  const state = states.get(toComeAt(path))?.deref() ?? new DirectoryState();
  states.set(toComeAt(path), new WeakRef(state));
  return state;
}

/** What stands for an identity before there is one. */
function toComeAt(path: string): string {
  return `to come: ${path}`;
}

function statesOf(files: FileOperations): States {
  const states: States = registry.get(files) ?? new Map();
  registry.set(files, states);
  return states;
}

/** Forgets what was read at this path while another directory was there. */
function forget(states: States, path: string): void {
  for (const [identity, reference] of states) {
    const state = reference.deref();
    if (state === undefined) states.delete(identity);
    else if (state.paths.delete(path)) state.summaries.clear();
  }
}
