import { assert, assertEquals, assertRejects } from "@std/assert";
import { alongside } from "../../src/event_loop/alongside.ts";
import { runAtOnce, type Sliced } from "../../src/event_loop/sliced.ts";
import { runInSlices, Turns, turns } from "../../src/event_loop/turns.ts";

/** Work of which every slice takes the same time, by a clock of its own. */
class TimedWork implements Disposable {
  #nowMs = 1e9;

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

/** How often work that is going on waits for a turn. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  // Whatever there was before, the loop has just turned.
  await turns.next();
  const { next } = turns;
  let count = 0;
  turns.next = () => {
    count++;
    return next.call(turns);
  };
  try {
    await work();
  } finally {
    Reflect.deleteProperty(turns, "next");
  }
  return count;
}

Deno.test("runInSlices() lets others run every millisecond", async () => {
  using work = new TimedWork();
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
    const found = await turnsOf(async () =>
      assertEquals(await runInSlices(work.slices(count, sliceMs)), "done")
    );
    assertEquals(found, turns, `${count} slices of ${sliceMs} ms`);
  }
});

Deno.test("runInSlices() counts for all work together how long the loop is held", async () => {
  using work = new TimedWork();
  // Four times 16 slices of 0.25 ms are 16 ms, however many share them.
  const together = await turnsOf(() =>
    Promise.all(
      Array.from({ length: 4 }, () => runInSlices(work.slices(16, 0.25))),
    )
  );
  assert(together >= 15 && together <= 17, `${together} turns`);
});

Deno.test("Turns.next() lets one go on a turn, in the order of asking", async () => {
  const turns = new Turns();
  const order: string[] = [];
  let turnCount = 0;
  let isDone = false;
  const counting = (async () => {
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      turnCount++;
    }
  })();
  await Promise.all(["a", "b", "c"].map(async (name) => {
    for (let round = 0; round < 2; round++) {
      await turns.next();
      order.push(`${name}${turnCount}`);
    }
  }));
  isDone = true;
  await counting;
  assertEquals(order.map((it) => it[0]), ["a", "b", "c", "a", "b", "c"]);
  assertEquals(new Set(order.map((it) => it.slice(1))).size, 6);
});

Deno.test("Turns.next() lets timers that are due go first", async () => {
  let hasFired = false;
  const timer = new Promise<void>((resolve) =>
    setTimeout(() => {
      hasFired = true;
      resolve();
    }, 1)
  );
  const startMs = performance.now();
  while (performance.now() - startMs < 5);
  // Deno may look at its timers before it hands on results, so that they take
  // a second turn.
  for (let i = 0; i < 2; i++) await turns.next();
  assert(hasFired);
  await timer;
});

Deno.test("Turns.next() lets sockets be served", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const accepting = listener.accept();
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  using server = await accepting;
  let isDone = false;
  let roundTrips = 0;
  const byte = new Uint8Array(1);
  const echoing = (async () => {
    while (await server.read(byte) !== null) await server.write(byte);
  })();
  const asking = (async () => {
    for (; !isDone; roundTrips++) {
      await client.write(byte);
      await client.read(byte);
    }
  })();
  for (let i = 0; i < 256; i++) await turns.next();
  isDone = true;
  await asking;
  client.closeWrite();
  await echoing;
  // With turns that wait for nothing there are two.
  assert(roundTrips >= 8, `${roundTrips} round trips`);
});

Deno.test("alongside() hands on what it is given and counts its failure as handled", async () => {
  const failing = Promise.reject(new Error("of the operation"));
  assertEquals(alongside(failing), failing);
  await new Promise((resolve) => setImmediate(resolve));
  await assertRejects(() => failing, Error, "of the operation");
});

Deno.test("runAtOnce() lets nobody else run", async () => {
  using work = new TimedWork();
  const found = await turnsOf(() =>
    Promise.resolve(assertEquals(runAtOnce(work.slices(9, 2)), "done"))
  );
  assertEquals(found, 0);
});
