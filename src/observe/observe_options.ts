import type { LatencyCollector } from "../record/latency_collector.ts";

/**
 * What a store does that is timed. Batches and streams that are closed are
 * kinds of their own: beside single saves each would look slow.
 */
export type Operation =
  | "save"
  | "save_batch"
  | "close"
  | "load"
  | "delete"
  | "commit"
  | "lock_wait";

/** An operation that took much longer than those before it. */
export interface SlowOperation {
  /** Tells it from a {@linkcode JudgedOperations}. */
  readonly kind: "slow";
  /** What was done. */
  readonly operation: Operation;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** The median of up to a hundred of its kind before it, in milliseconds. */
  readonly medianMs: number;
}

/** Operations of which a judgement says that they have become slower. */
export interface JudgedOperations {
  /** Tells it from a {@linkcode SlowOperation}. */
  readonly kind: "judged";
  /** What the judgement was made of. */
  readonly observations: LatencyCollector;
  /** What `judge` gave. */
  readonly judgement: ObservationsJudgement;
}

/** What a judgement says at least; that of `./judge` does. */
export interface ObservationsJudgement {
  /** `"regressed"` raises the alert. */
  readonly verdict: string;
}

/**
 * Options of the observation of a store by itself.
 *
 * @example Judge operations by those of the first hours
 * ```ts
 * import {
 *   type LatencyCollector,
 *   type ObserveOptions,
 *   RunStore,
 * } from "@astraguard/hil-metrics";
 * import { judge } from "@astraguard/hil-metrics/judge";
 * import { assertEquals } from "@std/assert";
 *
 * const usual: LatencyCollector[] = [];
 * const observe: ObserveOptions = {
 *   alert: (it) => console.warn("slow storage", it.kind),
 *   async judge(observations) {
 *     // Ten hundreds of operations tell what is usual.
 *     if (usual.length < 10) {
 *       usual.push(observations);
 *       return { verdict: "inconclusive" };
 *     }
 *     const judgement = await judge({
 *       baselines: usual,
 *       candidates: [observations],
 *     });
 *     // Operations that are no longer done are no slower.
 *     return judgement.attribution.length > 0
 *       ? judgement
 *       : { ...judgement, verdict: "inconclusive" };
 *   },
 * };
 * const store = new RunStore(await Deno.makeTempDir(), { observe });
 * await store.run("run_1").load().catch(() => "not there");
 * assertEquals(store.observations?.metricTypes, ["load"]);
 * ```
 */
export interface ObserveOptions {
  /**
   * Is told of operations that are too slow. What it throws is an error of its
   * own, and none of the operation.
   *
   * @default {undefined} nobody is told
   */
  readonly alert?: (alert: SlowOperation | JudgedOperations) => void;
  /**
   * How many times the median of up to a hundred operations of its kind before
   * it one may take, once there are ten; above 1.
   *
   * @default {3}
   */
  readonly factor?: number;
  /**
   * Judges operations in place of the factor: it is handed every hundred of
   * them, as they are done, whatever they were, and the alert is raised where
   * its verdict is `"regressed"`. What it throws is an error of its own. It is
   * not called without an `alert`.
   *
   * @default {undefined} they go by the factor
   */
  readonly judge?: (
    observations: LatencyCollector,
  ) => ObservationsJudgement | Promise<ObservationsJudgement>;
}
