import { type RunStore, StorageError } from "@astraguard/hil-metrics";
import { FleetError } from "../model/fleet_error.ts";
import { Connection } from "../server/connection.ts";
import { fleetFailure } from "../server/fleet_failure.ts";
import { Patience } from "../server/patience.ts";
import type { ServerOptions } from "../server/server_options.ts";
import { codeOf } from "../server/transient.ts";
import { beginPush, type BegunPush, requireBench } from "./begin_push.ts";
import { originalText, storedText } from "./index_text.ts";
import { type Ask, type PlannedRun, planPush } from "./plan_push.ts";
import { deleteRuns, putRun, savedAt } from "./put_run.ts";
import { readMeasurements, readRun, type RunToPush } from "./run_to_push.ts";
import { StoreIdentity } from "./store_identity.ts";

/** How far a push has come. */
export interface PushProgress {
  /** Runs that were not in the fleet. */
  readonly added: number;
  /** Runs that have changed, or whose measurements were not there yet. */
  readonly replaced: number;
  /** Runs that the store has no more. */
  readonly deleted: number;
  /** Runs that the fleet had as they are. */
  readonly unchanged: number;
  /** Runs that the fleet does not take, as it keeps none of that time. */
  readonly tooOld: number;
}

/** What a push has done. */
export interface PushedRuns extends PushProgress {
  /** The bench whose runs they are. */
  readonly benchId: string;
  /** Why runs were left out; the fleet has what it had of them. */
  readonly skipped: readonly (StorageError | FleetError)[];
}

/** How a store is pushed. */
export interface PushOptions {
  /**
   * Whether the measurements are sent along, compressed: some ten bytes each.
   * Without them the fleet can still say any quantile, but not give a run back.
   *
   * @default {false}
   */
  readonly blocks?: boolean;
  /**
   * How many runs are sent at once: 1 to 16. The server writes their log
   * together.
   *
   * @default {4}
   */
  readonly connections?: number;
  /**
   * How long a server that is away, or busy, is tried again after the last
   * success, in milliseconds from 0; `Infinity` waits for ever.
   *
   * @default {60000}
   */
  readonly patienceMs?: number;
  /**
   * How long a server may take for a statement before the connection counts as
   * lost, in milliseconds from 1.
   *
   * @default {60000}
   */
  readonly stallMs?: number;
  /** Told after each run. */
  readonly onProgress?: (progress: PushProgress) => void;
  /** Told what failed before it is tried again. */
  readonly onRetry?: (error: Error) => void;
  /** Ends the push; what was pushed stays. */
  readonly signal?: AbortSignal;
}

/** How often a run is read again that was saved while it was being read. */
const TRIES = 8;

/** How many runs are looked for at once to find those that are gone. */
const PAGE_RUNS = 1000;

const DEFAULT_CONNECTIONS = 4;

const MAX_CONNECTIONS = 16;

/** There is a run of that id already. */
const UNIQUE_VIOLATION = "23505";

/** There is no month that the run would belong to. */
const CHECK_VIOLATION = "23514";

/** The fleet makes no such month. */
const OUT_OF_RANGE = "22008";

const DEFAULT_PATIENCE_MS = 60_000;

/** Brings the fleet up to date with a store. */
export async function pushStore(
  store: RunStore,
  server: ServerOptions,
  options: PushOptions = {},
): Promise<PushedRuns> {
  const { connections = DEFAULT_CONNECTIONS } = options;
  const isWhole = Number.isInteger(connections);
  if (!isWhole || connections < 1 || connections > MAX_CONNECTIONS) {
    throw new RangeError(
      `connections must be 1 to ${MAX_CONNECTIONS}: ${connections}`,
    );
  }
  const { patienceMs = DEFAULT_PATIENCE_MS } = options;
  if (!(patienceMs >= 0)) {
    throw new RangeError(`patienceMs must be 0 or more: ${patienceMs}`);
  }
  const { stallMs = 1 } = options;
  if (!(stallMs >= 1)) {
    throw new RangeError(`stallMs must be 1 or more: ${stallMs}`);
  }
  const benchId = requireBench(server.user);
  using identity = await holdIdentity(store, false);
  const pusher = new Pusher(store, server, benchId, identity, {
    ...{ ...options, connections, patienceMs },
  });
  try {
    return await pusher.run();
  } catch (error) {
    throw fleetFailure(error, `push to the fleet`);
  } finally {
    await pusher.close();
  }
}

/**
 * Has a store take the place of the one that fed a bench. What that one has
 * pushed stays in the fleet until this store has a run of the same id.
 */
export async function adoptBench(
  store: RunStore,
  server: ServerOptions,
): Promise<void> {
  const benchId = requireBench(server.user);
  using identity = await holdIdentity(store, true);
  using connection = new Connection(server);
  try {
    await connection.use((sql) => beginPush(sql, benchId, identity, true));
  } catch (error) {
    throw fleetFailure(error, `adopt bench "${benchId}"`);
  }
  await connection.close();
}

async function holdIdentity(
  store: RunStore,
  isAdopted: boolean,
): Promise<StoreIdentity> {
  const { resultsDir } = store;
  try {
    return await StoreIdentity.hold(resultsDir, isAdopted);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new StorageError(`Cannot push "${resultsDir}": it is not there`, {
        ...{ code: "RUN_NOT_FOUND", path: resultsDir, cause: error },
      });
    }
    throw error;
  }
}

class Pusher {
  readonly #store: RunStore;
  readonly #benchId: string;
  readonly #identity: StoreIdentity;
  readonly #options: PushOptions;
  readonly #lanes: readonly Connection[];
  readonly #asking: Connection;
  readonly #patience: Patience;
  readonly #skipped: (StorageError | FleetError)[] = [];
  readonly #counts = {
    ...{ added: 0, replaced: 0, deleted: 0, unchanged: 0, tooOld: 0 },
  };

  constructor(
    store: RunStore,
    server: ServerOptions,
    benchId: string,
    identity: StoreIdentity,
    options: PushOptions & { connections: number; patienceMs: number },
  ) {
    this.#store = store;
    this.#benchId = benchId;
    this.#identity = identity;
    this.#options = options;
    const { connections, patienceMs, signal, onRetry } = options;
    this.#lanes = Array.from(
      { length: connections },
      () => new Connection(server),
    );
    this.#asking = new Connection(server);
    this.#patience = new Patience({ patienceMs, signal, onRetry });
  }

  async run(): Promise<PushedRuns> {
    const push = await this.#ask((sql) =>
      beginPush(sql, this.#benchId, this.#identity)
    );
    const withBlocks = this.#options.blocks ?? false;
    const plan = planPush(this.#store, push, withBlocks, this.#ask);
    const failed = new AbortController();
    // Each takes the next run when it is done with one, so that no more of
    // them are in memory than are being sent.
    const lanes = await Promise.allSettled(this.#lanes.map(async (lane) => {
      try {
        for await (const planned of each(plan, failed.signal)) {
          await this.#take(planned, push, lane);
        }
      } catch (error) {
        failed.abort();
        throw error;
      }
    }));
    await plan.return(undefined);
    for (const lane of lanes) {
      if (lane.status === "rejected") throw lane.reason;
    }
    await this.#removeDeleted(push);
    return {
      ...{ benchId: this.#benchId, ...this.#counts, skipped: this.#skipped },
    };
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#asking, ...this.#lanes].map((it) => it.close()),
    );
  }

  readonly #ask: Ask = async (work) => {
    return await this.#patience.retry(() =>
      this.#asking.use(work, this.#options)
    );
  };

  async #take(
    planned: PlannedRun,
    push: BegunPush,
    lane: Connection,
  ): Promise<void> {
    try {
      if (planned.kind === "unreadable") throw planned.error;
      if (planned.kind === "tooOld") this.#counts.tooOld++;
      else if (planned.kind === "unchanged") this.#counts.unchanged++;
      else if (planned.kind === "claimed") {
        await this.#claim(planned.run, push, lane);
      } else await this.#put(planned.run, planned.kind, push, lane);
    } catch (error) {
      const failure = planned.kind === "unreadable"
        ? error
        : fleetFailure(error, `push run "${planned.run.runId}"`);
      const isOfRun = failure instanceof StorageError ||
        failure instanceof FleetError && failure.code === "TOO_LARGE";
      if (!isOfRun) throw failure;
      this.#skipped.push(failure);
    }
    this.#options.onProgress?.({ ...this.#counts });
  }

  /** Makes a run that an adopted store has its own, as it is. */
  async #claim(
    run: RunToPush,
    { benchId, storeId, pushId }: BegunPush,
    lane: Connection,
  ): Promise<void> {
    await this.#patience.retry(() =>
      lane.use(
        (sql) =>
          sql`
          update fleet.pushed set store_id = ${storeId}
          where bench_id = ${benchId} and run_id = ${storedText(run.runId)}
            and exists (select from fleet.benches b
              where b.bench_id = ${benchId} and b.push_id = ${pushId})`,
        this.#options,
      )
    );
    this.#counts.unchanged++;
  }

  async #put(
    planned: RunToPush,
    kind: "new" | "changed",
    push: BegunPush,
    lane: Connection,
  ): Promise<void> {
    const { signal } = this.#options;
    let run: RunToPush | undefined = planned;
    for (let tries = 1; run !== undefined; tries++) {
      using measurements = await readMeasurements(this.#store, run, signal);
      if (measurements !== undefined) {
        const isTaken = await this.#send(run, measurements, kind, push, lane);
        if (!isTaken) this.#counts.tooOld++;
        else if (kind === "new") this.#counts.added++;
        else this.#counts.replaced++;
        return;
      }
      if (tries === TRIES) {
        throw new StorageError(
          `Cannot push run "${run.runId}": it is saved again all the time`,
          { code: "LOCKED" },
        );
      }
      run = await readRun(
        this.#store,
        run.runId,
        await this.#store.run(run.runId).getRunMetrics({
          useCache: "revalidate",
        }),
      );
    }
  }

  /** Sends a run; whether the fleet keeps runs of that time. */
  async #send(
    run: RunToPush,
    measurements: NonNullable<Awaited<ReturnType<typeof readMeasurements>>>,
    kind: "new" | "changed",
    push: BegunPush,
    lane: Connection,
  ): Promise<boolean> {
    const { blocks: withBlock = false } = this.#options;
    let isReplaced = kind === "changed";
    for (let tries = 1;; tries++) {
      try {
        await this.#patience.retry(() => {
          const put = {
            ...{ session: push, run, measurements, withBlock, isReplaced },
          };
          // From the second try on: what became of the first is not known.
          isReplaced = true;
          return lane.use(
            (sql, alive) => putRun(sql, { ...put, alive }),
            this.#options,
          );
        });
        return true;
      } catch (error) {
        const code = codeOf(error);
        // Where it is there by now, it is replaced.
        const isSolved = code === UNIQUE_VIOLATION || code === CHECK_VIOLATION;
        if (!isSolved || tries === TRIES) throw error;
        if (code === CHECK_VIOLATION && !await this.#makeMonth(run, lane)) {
          return false;
        }
      }
    }
  }

  /** Makes the month a run was saved in; whether the fleet keeps that. */
  async #makeMonth(run: RunToPush, lane: Connection): Promise<boolean> {
    try {
      await this.#patience.retry(() =>
        lane.use(
          (sql) => sql`select fleet.make_month(${savedAt(sql, run)})`,
          this.#options,
        )
      );
      return true;
    } catch (error) {
      if (codeOf(error) === OUT_OF_RANGE) return false;
      throw error;
    }
  }

  /** Takes away what this store has pushed, and has no more. */
  async #removeDeleted(push: BegunPush): Promise<void> {
    const { benchId, storeId } = push;
    for (let last = "";;) {
      const page = await this.#ask(async (sql) =>
        await sql<{ run_id: string }[]>`
          select run_id from fleet.pushed
          where bench_id = ${benchId} and store_id = ${storeId}
            and run_id > ${last}
          order by run_id limit ${PAGE_RUNS}`
      );
      if (page.length === 0) return;
      last = page.at(-1)!.run_id;
      const gone: string[] = [];
      for (const { run_id } of page) {
        if (!await this.#isThere(originalText(run_id))) gone.push(run_id);
      }
      if (gone.length === 0) continue;
      await this.#identity.confirm();
      this.#counts.deleted += await this.#ask((sql) =>
        deleteRuns(sql, push, gone)
      );
      this.#options.onProgress?.({ ...this.#counts });
    }
  }

  async #isThere(runId: string): Promise<boolean> {
    try {
      // Asynchronously, ten thousand of them take a second.
      Deno.lstatSync(`${this.#store.resultsDir}/${runId}`);
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    // One that was saved with others may not have come into its place yet.
    const run = this.#store.run(runId);
    return await run.getRunMetrics({ useCache: false }) !== null;
  }
}

async function* each<T>(
  plan: AsyncGenerator<T, void>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  while (!signal.aborted) {
    const { done, value } = await plan.next();
    if (done) return;
    yield value;
  }
}
