import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { throwIfAborted } from "../model/interruption.ts";
import { runInSlices, turns } from "../event_loop/turns.ts";
import type { CatalogPaths } from "./_catalog_paths.ts";
import {
  CATALOG_VERSION,
  CatalogDatabase,
  DamagedCatalog,
  isBusy,
  isDamage,
  type Meta,
} from "./_database.ts";
import { hasMoved, NO_WATCH, type Watch, watchOf } from "./_watch.ts";
import { pauseAtRandom } from "./_pause.ts";
import { readSeal, sealOf } from "./_writer.ts";

/**
 * How far an answer can be relied on. None of these knows of files that another
 * program has edited in place: `refresh({ deep: true })` finds those.
 *
 * - `"fresh"`: all that this package has changed before the question is in it,
 *   and the results directory shows no other change.
 * - `"own"`: all that this package has changed is in it. The directory has
 *   changed since its names were compared, so that others may have added or
 *   removed runs: `refresh()` compares them.
 * - `"stale"`: there are changes which this process could not enter.
 * - `"none"`: there is no catalog that can be used, and no answer: `refresh()`
 *   makes one.
 */
export type Freshness = "fresh" | "own" | "stale" | "none";

/**
 * A question, asked a page at a time: `undefined` where it wants to go on. Each
 * time it is asked anew it begins at the start.
 */
export type Question<T> = () => (db: CatalogDatabase) => T | undefined;

/** How often the seal is read while it changes. */
const TRIES = 8;

/** A look and the first page of an answer. */
export type Glance<T> =
  | { kind: "none" }
  | { kind: "behind" }
  | { kind: "busy" }
  | { kind: "again" }
  | {
    kind: "answer";
    freshness: Freshness;
    value: T | undefined;
    sequence: number;
  };

/** The catalog of a directory, as one process uses it. */
export class CatalogIndex implements Disposable {
  readonly paths: CatalogPaths;
  readonly files: FileOperations;
  #open:
    | { db: CatalogDatabase; ino: number | null; file: string }
    | undefined;
  /** What the seal said when the database was last compared with it. */
  #sealed = "";
  #watch: Watch = NO_WATCH;
  #damaged: string | undefined;

  constructor(paths: CatalogPaths, files: FileOperations) {
    this.paths = paths;
    this.files = files;
  }

  /** The database, if it can be used. */
  database(): CatalogDatabase | undefined {
    const { files, paths } = this;
    const there = lookAt(paths.database, files);
    if (this.#open !== undefined && this.#open.ino === there?.ino) {
      return this.#isTrusted(there) ? this.#open.db : undefined;
    }
    this.close();
    if (!there?.isFile || fileOf(there) === this.#damaged) return undefined;
    // Through a link it may be anybody's.
    if (!lookAt(paths.directory, files)?.isDirectory) return undefined;
    if (!this.#isTrusted(there)) return undefined;
    const readOnly = !files.mayWrite(paths.directory);
    const db = new CatalogDatabase(paths.database, readOnly);
    this.#open = { db, ino: there.ino, file: fileOf(there) };
    return db;
  }

  /** What describes the catalog of this directory, if it is one. */
  isOurs(meta: Meta): boolean {
    return meta.version === CATALOG_VERSION && meta.isComplete === 1 &&
      meta.directory === this.identity();
  }

  /** Tells the results directory from every other one, and from a copy. */
  identity(): string {
    return identityOf(this.files.statSync(this.paths.resultsDir));
  }

  /** Never again uses the database that is there now. */
  condemn(): void {
    this.#damaged = this.#open?.file;
    this.close();
  }

  /** Closes the database until it is needed. */
  close(): void {
    this.#open?.db[Symbol.dispose]();
    this.#open = undefined;
    this.#watch = NO_WATCH;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Handles what went wrong with the database: it is not used, or was busy. */
  failed(error: unknown): "none" | "busy" {
    if (isBusy(error)) return "busy";
    if (isDamage(error)) this.condemn();
    else this.close();
    return "none";
  }

  /** Whether something that is watched has changed. */
  async hasMoved(): Promise<boolean> {
    const watch = this.#watch;
    if (watch.isEmpty) return false;
    return await runInSlices(hasMoved(watch, this.paths, this.files));
  }

  /** Forgets what is watched: it has been entered. */
  watchAnew(): void {
    this.#watch = NO_WATCH;
  }

  /** Looks at what tells changes, and begins an answer, in one turn. */
  glance<T>(step: (db: CatalogDatabase) => T | undefined): Glance<T> {
    const { files, paths } = this;
    try {
      const db = this.database();
      if (db === undefined) return { kind: "none" };
      const log = lookAt(paths.changes, files);
      const results = files.statSync(paths.resultsDir);
      const identity = identityOf(results);
      return db.read((meta): Glance<T> => {
        if (
          meta.version !== CATALOG_VERSION || meta.isComplete !== 1 ||
          meta.directory !== identity || !log?.isFile ||
          fileOf(log) !== meta.logFile || log.size < meta.seenBytes
        ) return { kind: "none" };
        if (log.size !== meta.seenBytes) return { kind: "behind" };
        if (this.#watch.sequence !== meta.sequence) {
          this.#watch = watchOf(db, meta.sequence);
          if (!this.#watch.isEmpty) return { kind: "again" };
        }
        const freshness = results.mtime?.getTime() === meta.namesMs
          ? "fresh"
          : "own";
        const { sequence } = meta;
        return { kind: "answer", freshness, value: step(db), sequence };
      });
    } catch (error) {
      return { kind: this.failed(error) };
    }
  }

  /** The rest of an answer; `undefined` where the catalog changes meanwhile. */
  async goOn<T>(
    step: (db: CatalogDatabase) => T | undefined,
    sequence: number | undefined,
  ): Promise<T | undefined> {
    for (;;) {
      if (turns.isOver) await turns.next();
      try {
        const db = this.database();
        const value = db?.read((meta) => {
          const isSame = sequence === undefined || meta.sequence === sequence;
          return isSame && this.isOurs(meta) ? { page: step(db) } : undefined;
        });
        if (value === undefined) return undefined;
        if (value.page !== undefined) return value.page;
      } catch (error) {
        if (this.failed(error) === "none") return undefined;
        await pauseAtRandom();
      }
    }
  }

  /** Whether the database is what a writer has left, or one is writing it. */
  #isTrusted(there: Deno.FileInfo): boolean {
    if (sealOf(there) === this.#sealed) return true;
    const { paths, files } = this;
    for (let tries = 0; tries < TRIES; tries++) {
      const seal = readSeal(paths, files);
      const now = lookAt(paths.database, files);
      if (seal === undefined || now === undefined) return false;
      if (seal.isLocked) return true;
      if (seal.text === sealOf(now)) {
        this.#sealed = seal.text;
        return true;
      }
    }
    return false;
  }
}

/** Goes on unless a signal says otherwise, in turns. */
export async function turn(signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  if (turns.isOver) await turns.next();
}

function identityOf({ dev, ino, birthtime }: Deno.FileInfo): string {
  return `${dev}:${ino}:${birthtime?.getTime()}`;
}

/** Tells a file from one that is made later with the same inode. */
export function fileOf({ ino, birthtime }: Deno.FileInfo): string {
  return `${ino}:${birthtime?.getTime()}`;
}

/** A question that is answered at once. */
export function atOnce<T>(answer: (db: CatalogDatabase) => T): Question<T> {
  return () => answer;
}

/** Requires that a row is as it was written. */
export function requireSum(isRight: boolean): void {
  if (!isRight) throw new DamagedCatalog("a row");
}
