import { assert, assertEquals } from "@std/assert";
import { runAtOnce, runInSlices, type Sliced, Turn } from "../src/sliced.ts";

/** Work of which every slice takes the same time, by a clock of its own. */
class TimedWork implements Disposable {
  #nowMs = 0;

  constructor() {
    performance.now = () => this.#nowMs;
  }

  *slices(count: number, sliceMs: number): Sliced<string> {
    for (let slice = 0; slice < count; slice++) {
      this.#nowMs += sliceMs;
      yield;
    }
    return "done";
  }

  [Symbol.dispose](): void {
    // It hides the method of the prototype.
    Reflect.deleteProperty(performance, "now");
  }
}

/** How often others have a turn while this is done. */
async function turnsOfOthers(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const others = (async () => {
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isDone) turns++;
    }
  })();
  await work();
  isDone = true;
  await others;
  return turns;
}

Deno.test("runInSlices() lets others run every millisecond", async () => {
  using work = new TimedWork();
  await new Turn().next();
  for (
    const [count, sliceMs, turns] of [
      [0, 0.5, 0],
      [1, 0.5, 0],
      [2, 0.5, 1],
      [12, 0.5, 6],
      [10, 0.4, 3],
      [12, 2, 12],
    ] as const
  ) {
    const found = await turnsOfOthers(async () =>
      assertEquals(await runInSlices(work.slices(count, sliceMs)), "done")
    );
    assertEquals(found, turns, `${count} slices of ${sliceMs} ms`);
  }
});

Deno.test("runInSlices() goes on with the turn it is given", async () => {
  using work = new TimedWork();
  const turn = new Turn();
  await turn.next();
  for (const turns of [0, 1, 0, 1]) {
    const slices = work.slices(1, 0.5);
    assertEquals(await turnsOfOthers(() => runInSlices(slices, turn)), turns);
  }
});

Deno.test("runInSlices() waits after a millisecond for an operation that is under way", async () => {
  using work = new TimedWork();
  for (const outcome of ["ends", "fails"]) {
    const operation = Promise.withResolvers<void>();
    const turn = new Turn();
    const noted = turn.during(operation.promise);
    assertEquals(noted, operation.promise);
    let isDone = false;
    const done = runInSlices(work.slices(3, 0.5), turn).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert(!isDone, outcome);
    if (outcome === "ends") operation.resolve();
    else operation.reject(new Error("of the operation"));
    // It is over, so that the slice that is left lets nobody else run.
    assertEquals(await turnsOfOthers(() => done), 0, outcome);
  }
});

Deno.test("Turn starts anew when an operation has ended", async () => {
  using work = new TimedWork();
  const turn = new Turn();
  await turn.next();
  await runInSlices(work.slices(1, 0.75), turn);
  await turn.during(Promise.resolve());
  for (const turns of [0, 1]) {
    const slices = work.slices(1, 0.75);
    assertEquals(await turnsOfOthers(() => runInSlices(slices, turn)), turns);
  }
});

Deno.test("Turn takes operations that end at once for turns only eight times in a row", async () => {
  using work = new TimedWork();
  const turn = new Turn();
  await turn.next();
  const found = await turnsOfOthers(async () => {
    for (let operation = 0; operation < 40; operation++) {
      await runInSlices(work.slices(1, 0.75), turn);
      await turn.during(Promise.resolve());
    }
  });
  assertEquals(found, 4);
});

Deno.test("Turn waits for the latest operation when an earlier one has ended", async () => {
  using work = new TimedWork();
  const turn = new Turn();
  const latest = Promise.withResolvers<void>();
  const earlier = turn.during(Promise.resolve());
  turn.during(latest.promise);
  await earlier;
  let isDone = false;
  const done = runInSlices(work.slices(2, 0.5), turn).then(() => {
    isDone = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert(!isDone);
  latest.resolve();
  await done;
});

Deno.test("runInSlices() holds the event loop for two milliseconds before setImmediate is loaded", async () => {
  // A module of its own, which has loaded nothing yet.
  const fresh: typeof import("../src/sliced.ts") = await import(
    new URL("../src/sliced.ts?fresh", import.meta.url).href
  );
  using work = new TimedWork();
  for (const [count, turns] of [[3, 0], [4, 1], [2, 1]] as const) {
    const found = await turnsOfOthers(async () => {
      await fresh.runInSlices(work.slices(count, 0.5));
    });
    assertEquals(found, turns, `${count} slices of 0.5 ms`);
  }
});

Deno.test("runAtOnce() lets nobody else run", async () => {
  using work = new TimedWork();
  const run = async () =>
    assertEquals(await runAtOnce(work.slices(9, 2)), "done");
  assertEquals(await turnsOfOthers(run), 0);
});
