import { DatabaseSync, type StatementSync } from "node:sqlite";
import { FIGURES } from "../model/figures.ts";
import { pauseAtRandom } from "./_pause.ts";
import { sumOf } from "./_sum.ts";

/** Which tables there are, and what their rows mean. */
export const CATALOG_VERSION = 1;

/** The one row that says what the rest is. */
export interface Meta {
  readonly version: number;
  /** Device, inode and birth time of the results directory. */
  readonly directory: string;
  readonly isComplete: number;
  /** The log of changes that it goes by. */
  readonly epoch: string;
  readonly logFile: string;
  /** Bytes of that whose lines are in. */
  readonly consumedBytes: number;
  /** Its size then: a line may have been half there. */
  readonly seenBytes: number;
  /** Time of the results directory when its names were compared last. */
  readonly namesMs: number | null;
  readonly runCount: number;
  /** Counts transactions. */
  readonly sequence: number;
}

const META_NAMES: readonly (keyof Meta)[] = [
  "version",
  "directory",
  "isComplete",
  "epoch",
  "logFile",
  "consumedBytes",
  "seenBytes",
  "namesMs",
  "runCount",
  "sequence",
];

const META_COLUMNS = META_NAMES.join(", ");

/** What a row holds. */
export type Value = string | number | null;

/** What Deno 2.9 has and its types lack. */
type ArrayStatement = StatementSync & {
  setReturnArrays(isWanted: boolean): void;
};

/** Busy longer than this, and the transaction is tried again later. */
const SPIN_MS = 1;

const FIGURE_COLUMNS = FIGURES.map(({ name }) => `${name} real`).join(", ");

const SCHEMA = [
  `create table meta (one integer primary key check (one = 1), version integer,
    directory text, isComplete integer, epoch text, logFile text,
    consumedBytes integer, seenBytes integer, namesMs integer,
    runCount integer, sequence integer, sum integer)`,
  `create table runs (key text primary key, mtime_ms integer, list_sum integer,
    stamp text, settled integer, watched integer, types text, labels text,
    row_sum integer) without rowid`,
  "create index runs_by_time on runs (mtime_ms, key, list_sum)",
  "create index runs_watched on runs (key) where watched = 1",
  `create table figures (type text, mtime_ms integer, key text, count integer,
    ${FIGURE_COLUMNS}, sum integer, primary key (type, mtime_ms, key))
    without rowid`,
  `create table labels (name text, value text, mtime_ms integer, key text,
    primary key (name, value, mtime_ms, key)) without rowid`,
  `create table open_changes (stage text, key text, primary key (stage, key))
    without rowid`,
];

/** A row, or the answer of SQLite, is not what was written. */
export class DamagedCatalog extends Error {
  /** Always `"DamagedCatalog"`. */
  override readonly name = "DamagedCatalog";
}

/**
 * The database of a catalog. It stays in rollback mode, so that who may not
 * write leaves nothing behind, and SQLite never syncs, which would hold the
 * event loop: whoever writes seals the file (see `withWriter`). No lock is held
 * from one turn to the next.
 */
export class CatalogDatabase implements Disposable {
  readonly #db: DatabaseSync;
  /** As it was last read, and its checksum. */
  #meta: { row: Meta; sum: number } | undefined;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, readOnly: boolean) {
    this.#db = new DatabaseSync(path, { readOnly, timeout: 0 });
    this.get("pragma synchronous = off");
  }

  /** Makes the tables, and the row that says what they are. */
  create(meta: Meta): void {
    for (const statement of SCHEMA) this.run(statement);
    this.run("insert into meta (one) values (1)");
    this.#putMeta(meta);
  }

  /** Changes what is said of the rest, in a transaction that writes. */
  changeMeta(change: (meta: Meta) => Partial<Meta>): void {
    const meta = this.#readMeta();
    const sequence = meta.sequence + 1;
    this.#putMeta({ ...meta, ...change(meta), sequence });
  }

  /** Reads at one point in time. */
  read<T>(work: (meta: Meta) => T): T {
    this.run("begin");
    try {
      return work(this.#readMeta());
    } finally {
      this.#rollback();
    }
  }

  /** Writes all or nothing, waiting for readers without holding the loop. */
  async write(work: () => void): Promise<void> {
    for (;;) {
      try {
        this.run("begin immediate");
        work();
        if (this.#commits()) return;
      } catch (error) {
        if (!isBusy(error)) throw error;
      } finally {
        this.#rollback();
      }
      await pauseAtRandom();
    }
  }

  /** Rows as arrays. */
  all(sql: string, ...values: readonly Value[]): Value[][] {
    return this.#prepare(sql, true).all(...values) as unknown as Value[][];
  }

  /** The first row, as an array. */
  get(sql: string, ...values: readonly Value[]): Value[] | undefined {
    return this.#prepare(sql, true).get(...values) as unknown as
      | Value[]
      | undefined;
  }

  /** Does something without an answer. */
  run(sql: string, ...values: readonly Value[]): void {
    this.#prepare(sql).run(...values);
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#db.close();
  }

  #readMeta(): Meta {
    const [sequence, sum] = this.get("select sequence, sum from meta") ?? [];
    const known = this.#meta;
    if (known?.row.sequence === sequence && known?.sum === sum) {
      return known!.row;
    }
    const values = this.get(`select ${META_COLUMNS} from meta`) ?? [];
    if (sum !== sumOf(...values)) throw new DamagedCatalog("what it says");
    const row = Object.fromEntries(
      META_NAMES.map((name, i) => [name, values[i]]),
    ) as unknown as Meta;
    this.#meta = { row, sum: sum as number };
    return row;
  }

  #putMeta(meta: Meta): void {
    const values = META_NAMES.map((name) => meta[name]);
    this.run(
      `update meta set (${META_COLUMNS}, sum) = (${
        META_NAMES.map(() => "?").join(", ")
      }, ?)`,
      ...values,
      sumOf(...values),
    );
  }

  #prepare(sql: string, asArrays = false): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      if (asArrays) (statement as ArrayStatement).setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** A reader is through within microseconds, and none comes after it. */
  #commits(): boolean {
    const endMs = performance.now() + SPIN_MS;
    do {
      try {
        this.run("commit");
        return true;
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    } while (performance.now() < endMs);
    return false;
  }

  #rollback(): void {
    if (this.#db.isTransaction) this.run("rollback");
  }
}

/** Whether somebody else is using the database right now. */
export function isBusy(error: unknown): boolean {
  return (codeOf(error) & 0xff) === SQLITE_BUSY;
}

/** Whether the file is no database, or a broken one. */
export function isDamage(error: unknown): boolean {
  return error instanceof DamagedCatalog ||
    [SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB].includes(
      codeOf(error) & 0xff,
    );
}

/** Whether there was no room. */
export function isFull(error: unknown): boolean {
  return (codeOf(error) & 0xff) === SQLITE_FULL;
}

const SQLITE_ERROR = 1;
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

function codeOf(error: unknown): number {
  const { errcode } = (error ?? {}) as { errcode?: number };
  return errcode ?? 0;
}
