import { getHeapStatistics } from "node:v8";
import { do_not_optimize } from "mitata";
import { median } from "./bootstrap.ts";
import type { Form } from "./form.ts";

const ROUNDS = 31;
const WARM_UP_CALLS = 5000;
// Few enough that a round seldom meets a garbage collection.
const CALLS = 200;

/**
 * The heap bytes that one call of each form takes: the median of many rounds.
 * The forms are synchronous; a round in which garbage was collected is left
 * out.
 */
export function allocatedBytes(
  forms: Readonly<Record<string, Form>>,
): Record<string, number> {
  const perCall: Record<string, number> = {};
  for (const [name, { run }] of Object.entries(forms)) {
    for (let i = 0; i < WARM_UP_CALLS; i++) do_not_optimize(run());
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = getHeapStatistics().used_heap_size;
      for (let i = 0; i < CALLS; i++) do_not_optimize(run());
      rounds.push((getHeapStatistics().used_heap_size - before) / CALLS);
    }
    perCall[name] = median(rounds.filter((bytes) => bytes > 0));
  }
  return perCall;
}
