import { FleetError } from "../model/fleet_error.ts";

/** What the results directory keeps of its fleet: of no use to anybody else. */
const DIRECTORY = ".fleet";

/** The pushes that this store has begun, a line each. */
const PUSHES = "pushes";

/** A hundred thousand of them; then the older half goes. */
const MAX_PUSHES_BYTES = 4 * 1024 * 1024;

/**
 * A process that this one starts has all of its open files for a moment, and
 * with them a lock that has just been given up.
 */
const LOCK_TRIES = 6;
const LOCK_PAUSE_MS = 5;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What stands in `.fleet/identity.json`. */
interface IdentityDocument {
  readonly version: 1;
  /** Drawn when the store first pushed, or was adopted. */
  readonly store_id: string;
  /** The results directory that this was written for. */
  readonly directory: DirectoryIdentity;
}

/**
 * What tells a directory from its copy: renamed, it is still the same; copied,
 * unpacked or moved to another file system, another one. (The number of its
 * device may change whenever the machine starts.)
 */
interface DirectoryIdentity {
  readonly inode: number | null;
  /** When it was made: Unix time in milliseconds. */
  readonly born_ms: number | null;
}

/**
 * Which store this is, as its fleet knows it. While it is held, no other process
 * pushes this store; the lock is the system's (`flock`) and ends with its holder.
 */
export class StoreIdentity implements Disposable {
  readonly #resultsDir: string;
  readonly #lock: Deno.FsFile;
  readonly #document: IdentityDocument;

  private constructor(
    resultsDir: string,
    lock: Deno.FsFile,
    document: IdentityDocument,
  ) {
    this.#resultsDir = resultsDir;
    this.#lock = lock;
    this.#document = document;
  }

  /**
   * Takes hold of a store's identity, or gives it one.
   *
   * @param isAdopted The directory is to be a new store, whatever it was.
   * @throws {FleetError} `BUSY`, `STORE_COPIED`
   */
  static async hold(
    resultsDir: string,
    isAdopted: boolean = false,
  ): Promise<StoreIdentity> {
    const directory = identityOf(await Deno.stat(resultsDir));
    await Deno.mkdir(`${resultsDir}/${DIRECTORY}`, { recursive: true });
    const lock = await Deno.open(`${resultsDir}/${DIRECTORY}/lock`, {
      ...{ write: true, create: true },
    });
    try {
      if (!await tryLock(lock)) {
        throw new FleetError(
          `Cannot push "${resultsDir}": another process is doing so`,
          { code: "BUSY" },
        );
      }
      const there = isAdopted ? undefined : await read(resultsDir);
      if (there !== undefined && !isSame(there.directory, directory)) {
        throw new FleetError(
          `Cannot push "${resultsDir}": it is a copy of another results ` +
            "directory, or was restored or moved to another file system",
          { code: "STORE_COPIED" },
        );
      }
      if (there !== undefined) {
        return new StoreIdentity(resultsDir, lock, there);
      }
      const made: IdentityDocument = {
        ...{ version: 1, store_id: crypto.randomUUID(), directory },
      };
      // Before the directory is synced, so that it is there for good, too.
      await Deno.writeTextFile(`${resultsDir}/${DIRECTORY}/${PUSHES}`, "", {
        append: true,
      });
      await write(resultsDir, made);
      await syncDirectory(resultsDir);
      return new StoreIdentity(resultsDir, lock, made);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Names the store in its fleet. */
  get storeId(): string {
    return this.#document.store_id;
  }

  /**
   * Whether this store has begun a push: if it has not begun the last one that
   * the server knows, somebody else has. (It may be an earlier one, where the
   * server was restored from a backup.)
   */
  async hasBegun(pushId: string): Promise<boolean> {
    return (await readIfThere(this.#pushes)).includes(pushId);
  }

  /**
   * Notes which push is about to begin, for good, before the server does: so
   * it is known even if nothing is heard of it.
   */
  async announce(pushId: string): Promise<void> {
    const path = this.#pushes;
    using file = await Deno.open(path, { append: true, create: true });
    await writeAll(file, `${pushId}\n`);
    await file.sync();
    if ((await file.stat()).size <= MAX_PUSHES_BYTES) return;
    const text = await readIfThere(path);
    await replaceFile(path, text.slice(text.length >> 1));
  }

  /**
   * Makes sure that the directory is still there, as no run of one that was
   * unmounted was deleted.
   *
   * @throws {FleetError} `STORE_COPIED`
   */
  async confirm(): Promise<void> {
    const there = await read(this.#resultsDir).catch(() => undefined);
    if (
      there?.store_id === this.storeId &&
      isSame(there.directory, identityOf(await Deno.stat(this.#resultsDir)))
    ) return;
    throw new FleetError(
      `Cannot push "${this.#resultsDir}": another directory has taken its place`,
      { code: "STORE_COPIED" },
    );
  }

  [Symbol.dispose](): void {
    this.#lock.close();
  }

  get #pushes(): string {
    return `${this.#resultsDir}/${DIRECTORY}/${PUSHES}`;
  }
}

function identityOf(info: Deno.FileInfo): DirectoryIdentity {
  return { inode: info.ino, born_ms: info.birthtime?.getTime() ?? null };
}

function isSame(a: DirectoryIdentity, b: DirectoryIdentity): boolean {
  return a.inode === b.inode && a.born_ms === b.born_ms;
}

async function tryLock(lock: Deno.FsFile): Promise<boolean> {
  for (let tries = 1; !await lock.tryLock(true); tries++) {
    if (tries === LOCK_TRIES) return false;
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
  }
  return true;
}

async function read(resultsDir: string): Promise<IdentityDocument | undefined> {
  const path = `${resultsDir}/${DIRECTORY}/identity.json`;
  const text = await readIfThere(path);
  if (text === "") return undefined;
  try {
    const document = JSON.parse(text);
    if (isIdentity(document)) return document;
  } catch {
    // As below.
  }
  // It was replaced as a whole, so nothing of ours has left it like this.
  throw new FleetError(
    `Cannot push "${resultsDir}": ${path} is damaged, or of a newer release`,
    { code: "STORE_COPIED" },
  );
}

function isIdentity(
  { version, store_id, directory }: Partial<IdentityDocument>,
): boolean {
  return version === 1 && typeof store_id === "string" && UUID.test(store_id) &&
    typeof directory === "object" && directory !== null;
}

async function write(
  resultsDir: string,
  document: IdentityDocument,
): Promise<void> {
  const path = `${resultsDir}/${DIRECTORY}/identity.json`;
  await replaceFile(path, `${JSON.stringify(document)}\n`);
}

/** The text of a file; `""` where there is none. */
async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Replaces a file: there is always the old one or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  {
    using file = await Deno.open(draft, {
      ...{ write: true, create: true, truncate: true },
    });
    await writeAll(file, text);
    await file.sync();
  }
  await Deno.rename(draft, path);
  await syncDirectory(path.slice(0, path.lastIndexOf("/")));
}

async function syncDirectory(path: string): Promise<void> {
  using directory = await Deno.open(path);
  await directory.sync();
}

async function writeAll(file: Deno.FsFile, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
}
