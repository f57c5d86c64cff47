import { StorageError } from "@astraguard/hil-metrics";

/** How often a stage may be swept away between being made and locked. */
const TRIES = 8;

const PREFIX = "pull-";

/**
 * A directory in which a run is put together before anybody sees it. Its lock is
 * the system's (`flock`): a stage that nobody holds was left by the dead, and is
 * swept away by the next one.
 */
export class Stage implements AsyncDisposable {
  /** Its path. */
  readonly path: string;
  readonly #lock: Deno.FsFile;

  private constructor(path: string, lock: Deno.FsFile) {
    this.path = path;
    this.#lock = lock;
  }

  /** Makes a stage in a results directory, and sweeps those that were left. */
  static async make(resultsDir: string): Promise<Stage> {
    const parent = `${resultsDir}/.fleet`;
    await Deno.mkdir(parent, { recursive: true });
    await sweep(parent);
    for (let tries = 0; tries < TRIES; tries++) {
      const path = `${parent}/${PREFIX}${crypto.randomUUID()}`;
      await Deno.mkdir(path);
      const lock = await lockOf(path);
      if (lock !== undefined) return new Stage(path, lock);
    }
    throw new StorageError(
      `Cannot pull into "${resultsDir}": every stage made there was taken away`,
      { code: "LOCKED", path: parent },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeIfThere(this.path);
    this.#lock.close();
  }
}

/** Removes a directory with all that is in it, if it is there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function sweep(parent: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    if (!isDirectory || !name.startsWith(PREFIX)) continue;
    const path = `${parent}/${name}`;
    using lock = await lockOf(path);
    if (lock !== undefined) await removeIfThere(path);
  }
}

/** The lock of a directory, unless somebody else has it or it is gone. */
async function lockOf(path: string): Promise<Deno.FsFile | undefined> {
  let directory: Deno.FsFile;
  try {
    directory = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const isHeld = await directory.tryLock(true);
  // It may have been swept away in between.
  if (isHeld && await isThere(path)) return directory;
  directory.close();
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isDirectory;
  } catch {
    return false;
  }
}
