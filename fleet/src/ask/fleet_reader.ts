import { Connection } from "../server/connection.ts";
import { serverName, type ServerOptions } from "../server/server_options.ts";
import type { AskedServer } from "./_ask_servers.ts";
import { benches, type FleetBench } from "./benches.ts";
import { type FleetPoint, history, type HistoryOptions } from "./history.ts";
import {
  type FleetJudgement,
  judgeFleet,
  type JudgeFleetOptions,
} from "./judge_fleet.ts";
import {
  type BenchOutliers,
  outliers,
  type OutliersOptions,
} from "./outliers.ts";
import {
  type FleetPercentiles,
  percentiles,
  type PercentilesOptions,
} from "./percentiles.ts";
import {
  type FleetRun,
  recentRuns,
  type RecentRunsOptions,
} from "./recent_runs.ts";

/** How a reader asks. */
export interface FleetReaderOptions {
  /**
   * How long a server may be silent, in milliseconds: above 0 and below 2^31.
   *
   * @default {60_000}
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * Asks a fleet, on one server or on several that share its benches.
 *
 * Every question is one statement to each server, all of them at once, and the
 * answer is the same as that of one server that holds all benches: rows are
 * merged in their order, sketches to the very sketch of all durations. An
 * answer is of what each server held at one moment; if one of them fails, so
 * does the question.
 *
 * Servers know nothing of each other. A bench that turns up on two of them is
 * refused (`BENCH_TWICE`), since its runs would count twice.
 *
 * It logs in as a reader, who can change nothing. Needs `--allow-net` for the
 * servers and `--allow-env`; to judge, and for exact percentiles, also
 * `--allow-read` and `--allow-write` for the temporary directory.
 *
 * @example The 99th percentile over all benches of a week
 * ```ts ignore
 * import { FleetReader } from "@astraguard/hil-metrics-fleet";
 *
 * using fleet = new FleetReader([
 *   { host: "db1.lab", database: "fleet", user: "reader", password: "…" },
 *   { host: "db2.lab", database: "fleet", user: "reader", password: "…" },
 * ]);
 * const answer = await fleet.percentiles({
 *   metricType: "fault_detection",
 *   since: new Date("2026-11-16Z"),
 *   labels: { firmware: "2.1" },
 * });
 * console.table(answer.percentiles);
 * console.log(answer.guarantee);
 * ```
 */
export class FleetReader implements Disposable {
  readonly #servers: readonly AskedServer[];

  /**
   * Connects to nothing yet.
   *
   * @throws {RangeError} There is no server, or one twice, or the time is out of
   * its range.
   */
  constructor(
    servers: ServerOptions | readonly ServerOptions[],
    { timeoutMs = 60_000 }: FleetReaderOptions = {},
  ) {
    const all = "host" in servers ? [servers] : servers;
    const names = all.map(serverName);
    if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
      throw new RangeError(
        `timeoutMs must be above 0 and below 2^31: ${timeoutMs}`,
      );
    }
    if (all.length === 0) throw new RangeError("There must be a server");
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) {
      throw new RangeError(`A server must be named once: ${twice}`);
    }
    this.#servers = all.map((options, i) => ({
      name: names[i]!,
      connection: new Connection(options),
      timeoutMs,
      options,
    }));
  }

  /**
   * The benches that have pushed, by id, and when each did last.
   *
   * @throws {FleetError} A server fails.
   */
  async benches(): Promise<FleetBench[]> {
    return await benches(this.#servers);
  }

  /**
   * The runs that were saved last, the newest first, ties by bench and then by
   * id.
   *
   * @throws {FleetError} A server fails.
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} Something is of the wrong type.
   */
  async recentRuns(options: RecentRunsOptions = {}): Promise<FleetRun[]> {
    return await recentRuns(this.#servers, options);
  }

  /**
   * A figure of each run that has it, the newest first, ties by bench and then
   * by id.
   *
   * @throws {FleetError} A server fails.
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} Something is of the wrong type.
   */
  async history(options: HistoryOptions): Promise<FleetPoint[]> {
    return await history(this.#servers, options);
  }

  /**
   * Percentiles of all durations of runs together, from their sketches: each
   * within the relative error that the answer names, guaranteed. On request
   * (`exact`) the exact ones, from measurements that were pushed, too.
   *
   * @throws {FleetError} A server fails. `DAMAGED`: a sketch or run is not what
   * was pushed. `NO_BLOCK`: exact ones are wanted of runs whose measurements
   * are not there.
   * @throws {RangeError} A quantile or date is out of its range.
   * @throws {TypeError} Something is of the wrong type.
   */
  async percentiles(options: PercentilesOptions): Promise<FleetPercentiles> {
    return await percentiles(this.#servers, options);
  }

  /**
   * The benches whose figure is far from those of the others.
   *
   * A bench counts with the median over its runs, so that a few slow runs make
   * no outlier. What is usual is the median over benches, and the scale 1.4826
   * times the median distance from it (MAD): half of the benches could be wrong
   * without moving either far. How many scales away an outlier is depends on
   * how many benches there are, so that alike benches give a false alarm in one
   * of 100 questions if they are normally distributed; benches of several kinds
   * are better asked about kind by kind, by a label. With fewer than 10 benches,
   * or where more than half have the same value, none is called an outlier, and
   * `undecided` says why.
   *
   * @throws {FleetError} A server fails.
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} Something is of the wrong type.
   */
  async outliers(options: OutliersOptions): Promise<BenchOutliers> {
    return await outliers(this.#servers, options);
  }

  /**
   * Judges what has changed from the newest runs of one kind to those of
   * another, as `judge` of `@astraguard/hil-metrics/judge` does, from their
   * measurements, which are brought here: 28 bytes of memory each.
   *
   * Neither candidates nor runs that were cut off are baselines. A run without
   * a label `host` gets its bench as one, so that the judgement says where runs
   * of several benches are compared: benches differ more than most changes.
   *
   * @throws {FleetError} A server fails. `RUN_NOT_FOUND`: there is no candidate,
   * or no baseline and no budget. `NO_BLOCK`: measurements of a run are not
   * there. `DAMAGED`: they are not what was pushed.
   * @throws {RangeError} As `judge`: a budget cannot be read, say.
   * @throws {TypeError} Something is of the wrong type.
   */
  async judge(options: JudgeFleetOptions): Promise<FleetJudgement> {
    return await judgeFleet(this.#servers, options);
  }

  /** Closes the connections; what is going on there ends in an error. */
  [Symbol.dispose](): void {
    for (const { connection } of this.#servers) connection[Symbol.dispose]();
  }
}
