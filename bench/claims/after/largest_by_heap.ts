import { BinaryHeap } from "@std/data-structures/binary-heap";

/**
 * The `limit` largest, largest first, from a heap that never holds more:
 * what Python's `heapq.nlargest` does.
 */
export function largestByHeap<T>(
  items: Iterable<T>,
  limit: number,
  compare: (a: T, b: T) => number,
): T[] {
  const heap = new BinaryHeap<T>(compare);
  for (const item of items) {
    if (heap.length < limit) {
      heap.push(item);
    } else if (compare(item, heap.peek()!) > 0) {
      heap.pop();
      heap.push(item);
    }
  }
  return [...heap].reverse();
}
