import { turns } from "./turns.ts";

/**
 * Does work for each item, so many at a time, beginning none while others have
 * waited for the event loop for long enough. After the first failure no more
 * is begun, and what goes on is waited for before that is thrown.
 */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const item = items[next++]!;
      if (turns.isOver) await turns.next();
      if (failures.length > 0) return;
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(atOnce, items.length) }, worker),
  );
  if (failures.length > 0) throw failures[0];
}
