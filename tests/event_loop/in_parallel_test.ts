import { assert, assertEquals, assertRejects } from "@std/assert";
import { inParallel } from "../../src/event_loop/in_parallel.ts";

/** Holds the event loop as calls of the system do. */
function hold(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

Deno.test("inParallel() gives way between items that hold the event loop", async () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  let sinceTurn = 0;
  let most = 0;
  let isGoing = true;
  const turn = () => {
    sinceTurn = 0;
    if (isGoing) setImmediate(turn);
  };
  setImmediate(turn);
  const done: number[] = [];
  await inParallel(items, 16, async (item) => {
    most = Math.max(most, ++sinceTurn);
    hold(0.3);
    await Promise.resolve();
    done.push(item);
  });
  isGoing = false;
  assertEquals(done.length, items.length);
  assert(most < items.length / 4, `${most} items in one turn`);
});

Deno.test("inParallel() begins nothing after a failure, and waits for what goes on", async () => {
  const begun: number[] = [];
  let isOver = false;
  const items = Array.from({ length: 50 }, (_, i) => i);
  await assertRejects(
    () =>
      inParallel(items, 2, async (item) => {
        begun.push(item);
        hold(0.3);
        if (item === 1) throw new Error("as told");
        await new Promise((resolve) => setTimeout(resolve, 5));
        isOver = true;
      }),
    Error,
    "as told",
  );
  assertEquals(begun, [0, 1]);
  assert(isOver);
});
