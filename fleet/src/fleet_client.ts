import type { RunStore } from "@astraguard/hil-metrics";
import { type PulledRun, type PullOptions, pullRun } from "./pull/pull_run.ts";
import {
  adoptBench,
  type PushedRuns,
  type PushOptions,
  pushStore,
} from "./push/push_store.ts";
import { requireBench } from "./push/begin_push.ts";
import type { ServerOptions } from "./server/server_options.ts";

/** Which run is pulled, and how. */
export interface PullRunOptions extends PullOptions {
  /**
   * The bench that has pushed it.
   *
   * @default the bench whose login it is
   */
  readonly benchId?: string;
}

/**
 * The fleet as a bench sees it: the server that holds its runs. (Where benches
 * are spread over several, each has one of them, and a `FleetReader` asks all.)
 *
 * It connects when there is something to do, and needs `--allow-net` for the
 * server and `--allow-env=PG*`; to push, `--allow-read` for the results
 * directory and `--allow-write` for its `.fleet`; to pull, both for all of it.
 *
 * @example Push a store, and pull a run of it elsewhere
 * ```ts
 * import { RunStore } from "@astraguard/hil-metrics";
 * import { FleetClient } from "@astraguard/hil-metrics-fleet";
 *
 * export async function pushAndPull(): Promise<void> {
 *   const client = new FleetClient({
 *     host: "fleet.lab",
 *     database: "fleet",
 *     user: "bench_rig-1",
 *     password: () => Deno.readTextFile("password"),
 *   });
 *   const pushed = await client.push(new RunStore("results"), { blocks: true });
 *   console.log(pushed.added, pushed.skipped);
 *   await client.pull("thermal_cascade_002", new RunStore("elsewhere"));
 * }
 * ```
 */
export class FleetClient {
  readonly #server: ServerOptions;

  /** Makes a client; connects to nothing. */
  constructor(server: ServerOptions) {
    this.#server = server;
  }

  /**
   * Brings the fleet up to date with a store: sends what is new or has changed
   * and takes away what the store has no more, each run in one transaction. It
   * can be cut off anywhere, and done again.
   *
   * The store's directory gets a `.fleet` that says which store it is, so that
   * a copy of it cannot overwrite what the fleet has.
   *
   * @returns What was done, and which runs of the store could not be read.
   * @throws {FleetError} As {@linkcode FleetErrorCode} says. What was pushed
   * before stays.
   * @throws {StorageError} The store's directory is not there.
   * @throws {RangeError} A number is out of its range.
   */
  async push(store: RunStore, options: PushOptions = {}): Promise<PushedRuns> {
    return await pushStore(store, this.#server, options);
  }

  /**
   * Has a store take the place of the one that fed this bench: after that one's
   * disk was replaced, say, and its runs were restored from elsewhere. What only
   * the fleet has of that one stays there, and can be pulled.
   *
   * @throws {FleetError} As of {@linkcode FleetClient.push}.
   */
  async adopt(store: RunStore): Promise<void> {
    await adoptBench(store, this.#server);
  }

  /**
   * Brings a run from the fleet into a store, its files to the byte, and
   * verified before anybody sees them. The login is that of its bench, or of a
   * reader.
   *
   * @throws {FleetError} `RUN_NOT_FOUND`, `NO_BLOCK`, `DAMAGED`, or as of
   * {@linkcode FleetClient.push}.
   * @throws {StorageError} `RUN_EXISTS`: the store has another run of this id.
   * `INVALID_RUN_ID`: no store can have one.
   */
  async pull(
    runId: string,
    store: RunStore,
    options: PullRunOptions = {},
  ): Promise<PulledRun> {
    const benchId = options.benchId ?? requireBench(this.#server.user);
    return await pullRun(store, this.#server, { benchId, runId }, options);
  }
}
