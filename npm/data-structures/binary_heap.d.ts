// Types of the class of @std/data-structures that this project uses.
export class BinaryHeap<T> implements Iterable<T> {
  constructor(compare?: (a: T, b: T) => number);
  get length(): number;
  clear(): void;
  isEmpty(): boolean;
  peek(): T | undefined;
  pop(): T | undefined;
  push(...values: T[]): number;
  toArray(): T[];
  [Symbol.iterator](): IterableIterator<T>;
}
