import { getHeapStatistics } from "node:v8";
import { do_not_optimize } from "mitata";
import type { Form } from "../cases/bench_case.ts";

const ROUNDS = 31;
const WARM_UP_CALLS = 5000;
// Few enough that a round seldom meets a garbage collection.
const CALLS = 200;

/**
 * By form, the heap bytes that one call took in each round. The forms are
 * synchronous; a round in which garbage was collected is left out for all.
 */
export function measureAllocationBytes(
  forms: Readonly<Record<string, Form>>,
): Record<string, number[]> {
  const runs = Object.entries(forms).map(([name, { run }]) => ({ name, run }));
  for (const { run } of runs) {
    for (let i = 0; i < WARM_UP_CALLS; i++) do_not_optimize(run());
  }
  const bytes: Record<string, number[]> = Object.fromEntries(
    runs.map(({ name }) => [name, []]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    const perCall = runs.map(({ run }) => {
      const before = getHeapStatistics().used_heap_size;
      for (let i = 0; i < CALLS; i++) do_not_optimize(run());
      return (getHeapStatistics().used_heap_size - before) / CALLS;
    });
    if (perCall.some((count) => count < 0)) continue;
    runs.forEach(({ name }, i) => bytes[name]!.push(perCall[i]!));
  }
  return bytes;
}
