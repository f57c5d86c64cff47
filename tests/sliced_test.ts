import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  alongside,
  runAtOnce,
  runInSlices,
  type Sliced,
  Turn,
} from "../src/sliced.ts";

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

/** Stands in for the other thread that work waits for. */
class OtherThread implements Disposable {
  /** How often work has waited for it. */
  waits = 0;
  #digest = crypto.subtle.digest;

  /** `endsAtOnce` tells whether it does so, by how often it was waited for. */
  constructor(endsAtOnce: (waits: number) => boolean = () => false) {
    crypto.subtle.digest = async () => {
      if (!endsAtOnce(++this.waits)) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      // What Deno puts between an operation and whoever waits for it.
      for (let i = 0; i < 3; i++) await undefined;
      return new ArrayBuffer();
    };
  }

  [Symbol.dispose](): void {
    crypto.subtle.digest = this.#digest;
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

/** The module as a process that has done nothing finds it. */
async function freshModule(): Promise<typeof import("../src/sliced.ts")> {
  const url = new URL(
    `../src/sliced.ts?${crypto.randomUUID()}`,
    import.meta.url,
  );
  return await import(url.href);
}

Deno.test("runInSlices() lets others run every millisecond", async () => {
  using work = new TimedWork();
  using _thread = new OtherThread();
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
  using _thread = new OtherThread();
  const turn = new Turn();
  await turn.next();
  for (const turns of [0, 1, 0, 1]) {
    const slices = work.slices(1, 0.5);
    const found = await turnsOfOthers(() => runInSlices(slices, turn));
    assertEquals(found, turns);
  }
});

Deno.test("Turn.next() lets timers that are due go first", async () => {
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
  // a second turn; before either, three may be missed.
  const turn = new Turn();
  for (let turns = 0; turns < 8; turns++) await turn.next();
  assert(hasFired);
  await timer;
});

Deno.test("Turn.next() misses three turns at most where other threads end at once", async () => {
  using work = new TimedWork();
  using thread = new OtherThread(() => true);
  const { runInSlices } = await freshModule();
  for (const [slices, turns] of [[12, 3], [8, 4]] as const) {
    const found = await turnsOfOthers(() =>
      runInSlices(work.slices(slices, 0.5))
    );
    assertEquals(found, turns);
  }
  // It is asked for each turn anew: only its processor may have been busy.
  assertEquals(thread.waits, 3 * (6 + 4));
});

Deno.test("Turn.next() lets sockets be served", async () => {
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
  const turn = new Turn();
  for (let turns = 0; turns < 256; turns++) await turn.next();
  isDone = true;
  await asking;
  client.closeWrite();
  await echoing;
  // With turns that wait for nothing there are two.
  assert(roundTrips >= 8, `${roundTrips} round trips`);
});

Deno.test("Turn.next() waits again for a thread that ends at once now and then", async () => {
  using thread = new OtherThread((waits) => waits % 3 !== 0);
  const turn = new (await freshModule()).Turn();
  const found = await turnsOfOthers(async () => {
    for (let turns = 0; turns < 5; turns++) await turn.next();
  });
  assertEquals([found, thread.waits], [5, 15]);
});

Deno.test("alongside() hands on what it is given and counts its failure as handled", async () => {
  const failing = Promise.reject(new Error("of the operation"));
  assertEquals(alongside(failing), failing);
  await new Promise((resolve) => setImmediate(resolve));
  await assertRejects(() => failing, Error, "of the operation");
});

Deno.test("runAtOnce() lets nobody else run", async () => {
  using work = new TimedWork();
  const run = async () =>
    assertEquals(await runAtOnce(work.slices(9, 2)), "done");
  assertEquals(await turnsOfOthers(run), 0);
});
