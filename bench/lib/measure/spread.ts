import { measure } from "mitata";
import { getHeapStatistics } from "node:v8";
import type { Form } from "./form.ts";

/** How the calls of one form spread when it runs alone. */
export interface Spread {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Heap that a call takes; `undefined` where every sample met a collection. */
  heapBytes: number | undefined;
}

const NS_PER_MS = 1e6;

function usedHeapBytes(): number {
  const { used_heap_size, malloced_memory } = getHeapStatistics();
  return used_heap_size + malloced_memory;
}

/** Has mitata call a form on its own for about this long, at least 5 times. */
export async function measureSpread(
  { run }: Form,
  budgetMs: number,
): Promise<Spread> {
  const { p50, p99, max, heap } = await measure(run, {
    min_cpu_time: budgetMs * NS_PER_MS,
    min_samples: 5,
    heap: usedHeapBytes,
    gc: false,
  });
  return {
    p50Ms: p50 / NS_PER_MS,
    p99Ms: p99 / NS_PER_MS,
    maxMs: max / NS_PER_MS,
    heapBytes: heap && heap.total > 0 ? heap.avg : undefined,
  };
}
