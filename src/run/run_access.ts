import type { FileAccess } from "../disk/file_operations.ts";
import type { StoreObserver } from "../observe/store_observer.ts";
import type { CsvCodec } from "../formats/csv_codec.ts";

/** The last writer in this process of each run that has one, by run id. */
export type LockQueues = Map<string, Promise<void>>;

/** How the runs of a directory are reached, and what was promised of them. */
export interface RunAccess extends FileAccess {
  /** How long to wait for another writer, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** Those of the directory, which has to be there. */
  readonly queues: LockQueues;
  /** Who times what is done, if somebody does. */
  readonly observer?: StoreObserver | undefined;
  /** What a CSV is compressed with, if it is. */
  readonly compression: CsvCodec | undefined;
  /** What compressed CSVs are read with, besides gzip. */
  readonly codecs: readonly CsvCodec[];
}

/**
 * The same, with what is written lasting through a power failure: for whoever
 * makes anew what another one may have promised that of.
 */
export function lasting(access: RunAccess): RunAccess {
  const { files, lockTimeoutMs, observer, compression, codecs } = access;
  return {
    ...{ files, lockTimeoutMs, observer, compression, codecs, sync: true },
    get queues() {
      return access.queues;
    },
  };
}
