import { assert, assertEquals } from "@std/assert";
import type { LatencyCollector } from "@astraguard/hil-metrics";
import { judge } from "@astraguard/hil-metrics/judge";
import { StoreObserver } from "../../src/observe/store_observer.ts";

/** Waits for as long as an operation takes in a simulated time. */
class SimulatedClock {
  #nowMs = 0;
  readonly #now = performance.now;

  constructor() {
    performance.now = () => this.#nowMs;
  }

  pass(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  [Symbol.dispose](): void {
    performance.now = this.#now;
  }
}

Deno.test("a judgement of a store's observations raises the alert once saves are slower", async () => {
  const usual: LatencyCollector[] = [];
  const verdicts: string[] = [];
  const alerts: number[] = [];
  const judgements: Promise<unknown>[] = [];
  {
    using clock = new SimulatedClock();
    const observer = new StoreObserver({
      alert: ({ kind }) => alerts.push(kind === "judged" ? 1 : 0),
      judge(observations) {
        const judging = usual.length < 10
          ? Promise.resolve({ verdict: "inconclusive" })
          : judge({ baselines: [...usual], candidates: [observations] });
        usual.push(observations);
        judgements.push(judging.then((it) => verdicts.push(it.verdict)));
        return judging;
      },
    });
    for (let i = 0; i < 1200; i++) {
      await observer.time("save", "run", () => {
        clock.pass((i < 1100 ? 5 : 50) + Math.sin(i * i));
        return Promise.resolve();
      });
    }
  }
  await Promise.all(judgements);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(verdicts.length, 12);
  assert(!verdicts.slice(0, 11).includes("regressed"), verdicts.join());
  assertEquals([verdicts[11], alerts], ["regressed", [1]]);
});
