import { BLOCK_ROWS } from "../columns/measurement_columns.ts";
import { throwIfAborted } from "../model/interruption.ts";
import { formatLocalTime } from "../model/local_time.ts";
import { observed } from "../observe/store_observer.ts";
import { closeStream } from "../run/close_stream.ts";
import { isCommitted } from "../run/commit_stream.ts";
import { dropStream } from "../run/drop_stream.ts";
import { runFailure } from "../run/failures.ts";
import type { RowRange } from "../run/journal_writer.ts";
import type { Stream } from "../run/open_stream.ts";
import type { RunPaths } from "../run/run_paths.ts";
import { type AppendedBatch, BatchReader } from "./batch_reader.ts";
import type { CheckedSaveOptions, SavedRun } from "./metrics_storage.ts";
import { keepLastId } from "./new_run_id.ts";
import type { ResultsDirectory } from "./results_directory.ts";

/**
 * Streams a run to disk while it is being measured, in memory that does not
 * grow with it. Made by {@linkcode RunStore.openRun}.
 *
 * As long as it is open, nobody else can stream, save or delete the run.
 * Leaving its `await using` block without `close()` keeps what was appended:
 * {@linkcode RunStore.recover} makes a run of it.
 */
export interface RunWriter extends AsyncDisposable {
  /** The run that is being streamed. */
  readonly runId: string;
  /** How many measurements have been appended. */
  readonly length: number;
  /**
   * Appends a batch: what a collector has that no append has taken yet, or
   * measurements. Once it has resolved, the batch survives what the store's
   * `durability` promises, whatever happens to the process afterwards. Batches
   * that are appended while one is being written share a write and a sync.
   *
   * A batch with a measurement that a collector would refuse is refused whole.
   * Of an iterable that has more than 16,384 measurements, those are written as
   * they come, and taken back if it is refused; other appends wait for its end.
   *
   * @throws {StorageError} `NO_SPACE`, `PERMISSION_DENIED`, `IO_FAILED`: the
   * batch is not in the run, and can be appended again. After a sync that has
   * failed, every append fails. `TOO_LARGE`: an id has more than 16 MiB.
   * @throws {RangeError} A measurement is out of its range.
   * @throws {TypeError} A measurement is of a wrong type, it is no batch, or
   * the writer is closed.
   */
  append(batch: AppendedBatch): Promise<void>;
  /**
   * Makes the run of what was appended, as saving it would. Until it is made
   * the disk holds its CSV beside the journal. If that fails it can be tried
   * again, but nothing more be appended.
   *
   * @returns The absolute paths of both files.
   * @throws {StorageError} As of `saveLatencyStats()`.
   * @throws {TypeError} The writer was aborted.
   */
  close(): Promise<SavedRun>;
  /**
   * Drops what was appended.
   *
   * @throws {StorageError} `NO_SPACE`, `PERMISSION_DENIED`, `IO_FAILED`: it is
   * still there; it can be tried again, or be recovered.
   */
  abort(): Promise<void>;
}

/** The writer of a stream. */
export class StreamWriter implements RunWriter {
  readonly #stream: Stream;
  readonly #paths: RunPaths;
  readonly #directory: ResultsDirectory;
  readonly #options: CheckedSaveOptions;
  readonly #batches = new BatchReader();
  readonly #appending = new Set<Promise<void>>();
  #isOpen = true;
  #closing: Promise<SavedRun> | undefined;
  #isReleased = false;

  constructor(
    stream: Stream,
    paths: RunPaths,
    directory: ResultsDirectory,
    options: CheckedSaveOptions,
  ) {
    this.#stream = stream;
    this.#paths = paths;
    this.#directory = directory;
    this.#options = options;
  }

  get runId(): string {
    return this.#paths.runId;
  }

  get length(): number {
    return this.#stream.journal.rows;
  }

  async append(batch: AppendedBatch): Promise<void> {
    if (!this.#isOpen) throw this.#closed();
    const appending = this.#append(batch);
    this.#appending.add(appending);
    try {
      await appending;
    } catch (error) {
      throw runFailure(this.#paths, "append to", error);
    } finally {
      this.#appending.delete(appending);
    }
  }

  async close(): Promise<SavedRun> {
    if (this.#closing === undefined) {
      if (this.#isReleased) throw this.#closed();
      this.#isOpen = false;
      this.#closing = this.#close();
    }
    const closing = this.#closing;
    try {
      return await closing;
    } catch (error) {
      // It may go better the next time.
      if (!this.#isReleased) this.#closing = undefined;
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#isReleased) throw this.#closed();
    await this.#end();
    await dropStream(this.#stream, this.#paths, this.#directory);
    this.#release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isReleased) return;
    await this.#end();
    this.#release();
  }

  async #append(batch: AppendedBatch): Promise<void> {
    const { journal } = this.#stream;
    throwIfAborted(this.#options.signal);
    const range = this.#batches.rangeOf(batch);
    if (range !== undefined) return await journal.append(range);
    const pieces = this.#batches.piecesOf(batch);
    try {
      const first = await pieces.next();
      if (first.done) return;
      const isAll = first.value.to < BLOCK_ROWS;
      await journal.append(isAll ? first.value : withRest(first.value, pieces));
    } finally {
      await pieces.return();
    }
  }

  async #close(): Promise<SavedRun> {
    const { runId, summary, csv } = this.#paths;
    // What is wrong with one has been told.
    await Promise.allSettled(this.#appending);
    try {
      await observed(
        this.#directory.observer,
        "close",
        runId,
        () => this.#directory.change(runId, () => this.#makeRun()),
      );
    } catch (error) {
      // Then the run is there, and the stream is not.
      if (isCommitted(error)) this.#release();
      throw error;
    }
    this.#release();
    await this.#directory.sweepOnce();
    keepLastId(this.#directory);
    return { summary, raw: csv };
  }

  async #makeRun(): Promise<void> {
    const { labels } = this.#options;
    const timestamp = formatLocalTime(this.#directory.now());
    await closeStream(
      this.#stream,
      this.#paths,
      { timestamp, labels },
      this.#directory,
      this.#options,
    );
  }

  /** Ends what is being appended or closed. */
  async #end(): Promise<void> {
    this.#isOpen = false;
    this.#batches.end(this.#closed());
    await Promise.allSettled([...this.#appending, this.#closing]);
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#isOpen = false;
    this.#stream.close();
    this.#stream.stage[Symbol.dispose]();
  }

  #closed(): TypeError {
    return new TypeError(`The writer of run "${this.runId}" is closed`);
  }
}

async function* withRest(
  first: RowRange,
  rest: AsyncIterable<RowRange>,
): AsyncGenerator<RowRange> {
  yield first;
  yield* rest;
}
