import { requireFunction, requireOptions, shown } from "../model/options.ts";
import { LatencyCollector } from "../record/latency_collector.ts";
import type {
  JudgedOperations,
  ObserveOptions,
  Operation,
  SlowOperation,
} from "./observe_options.ts";
import { Telemetry } from "./telemetry.ts";

/** What the observations call the thing that is measured. */
const OBSERVED = "storage";

/** Operations that a median or a judgement is made of. */
const WINDOW = 100;

/** Fewer say nothing of what is usual. */
const FEWEST = 10;

/** Times what a store does, and tells when it becomes slow. */
export class StoreObserver {
  /**
   * What was done, as the store of a bench keeps it: the metric type is the
   * operation, the simulation time are seconds since the store was made.
   */
  readonly observations = new LatencyCollector();
  readonly #startMs = performance.now();
  readonly #telemetry = Telemetry.ofProcess();
  readonly #options: ObserveOptions;
  readonly #windows = new Map<Operation, number[]>();
  #toJudge = new LatencyCollector();

  /** Checks the options. */
  constructor(options: ObserveOptions) {
    requireOptions(options);
    const { alert, judge, factor = 3 } = options;
    if (alert !== undefined) requireFunction("alert", alert);
    if (judge !== undefined) requireFunction("judge", judge);
    if (typeof factor !== "number" || !(factor > 1)) {
      throw new RangeError(`factor must be above 1: ${shown(factor)}`);
    }
    this.#options = { ...options, factor };
  }

  /** Does something, and records how long it took, also where it fails. */
  async time<T>(
    operation: Operation,
    runId: string | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const startMs = performance.now();
    const end = (error?: unknown) => {
      const durationMs = performance.now() - startMs;
      this.#telemetry?.record(operation, durationMs, error);
      this.#record(operation, durationMs);
    };
    try {
      const result = this.#telemetry === undefined
        ? await work()
        : await this.#telemetry.trace(operation, runId, work);
      end();
      return result;
    } catch (error) {
      end(error);
      throw error;
    }
  }

  #record(operation: Operation, durationMs: number): void {
    const scenarioTimeS = (performance.now() - this.#startMs) / 1000;
    const measurement = {
      metricType: operation,
      satelliteId: OBSERVED,
      durationMs,
      scenarioTimeS,
    };
    this.observations.record(measurement);
    if (this.#options.alert === undefined) return;
    if (this.#options.judge !== undefined) {
      this.#toJudge.record(measurement);
      if (this.#toJudge.length === WINDOW) this.#judge();
    } else {
      this.#compare(operation, durationMs);
    }
  }

  #compare(operation: Operation, durationMs: number): void {
    const window = this.#windows.get(operation) ?? [];
    this.#windows.set(operation, window);
    if (window.length >= FEWEST) {
      const medianMs = window.toSorted((a, b) => a - b)[window.length >> 1]!;
      if (durationMs > this.#options.factor! * medianMs) {
        this.#tell({ kind: "slow", operation, durationMs, medianMs });
      }
    }
    window.push(durationMs);
    if (window.length > WINDOW) window.shift();
  }

  async #judge(): Promise<void> {
    const observations = this.#toJudge;
    this.#toJudge = new LatencyCollector();
    try {
      const judgement = await this.#options.judge!(observations);
      if (judgement.verdict === "regressed") {
        this.#tell({ kind: "judged", observations, judgement });
      }
    } catch (error) {
      throwElsewhere(error);
    }
  }

  #tell(alert: SlowOperation | JudgedOperations): void {
    try {
      this.#options.alert!(alert);
    } catch (error) {
      throwElsewhere(error);
    }
  }
}

/** Does something, with one run or many, timed where somebody observes it. */
export async function observed<T>(
  observer: StoreObserver | undefined,
  operation: Operation,
  runId: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return observer === undefined
    ? await work()
    : await observer.time(operation, runId, work);
}

/** An error of a callback, which is none of the operation. */
function throwElsewhere(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
