import { assert, assertEquals } from "@std/assert";
import { measureRounds } from "../../../../bench/lib/measure/rounds.ts";

Deno.test("measureRounds() gives every form a turn in every round, in turn first", async () => {
  const order: string[] = [];
  const form = (name: string) => ({
    run: () => {},
    timeMs: (calls: number) => {
      order.push(name);
      return Promise.resolve(calls * 2);
    },
  });
  const timesMs = await measureRounds(
    { a: form("a"), b: form("b"), c: form("c") },
    { minRounds: 3, maxRounds: 3 },
  );
  assertEquals(timesMs, { a: [2, 2, 2], b: [2, 2, 2], c: [2, 2, 2] });
  // Finding out how many calls make a turn takes one each.
  assertEquals(order.slice(0, 3).join(""), "abc");
  assertEquals(order.slice(3).join(""), "abcbcacab");
});

Deno.test("measureRounds() waits for asynchronous forms and reports progress", async () => {
  let running = 0;
  let most = 0;
  const form = {
    async run() {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 3));
      running--;
    },
  };
  const done: number[] = [];
  const { before } = await measureRounds({ before: form, after: form }, {
    budgetMs: 0,
    minRounds: 2,
    onRound: (share) => done.push(share),
  });
  assertEquals(most, 1);
  assertEquals(before!.length, 2);
  assert(before!.every((ms) => ms > 1));
  assertEquals(done.at(-1), 1);
});
