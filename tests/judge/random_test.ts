import { assert, assertEquals } from "@std/assert";
import { Random } from "../../src/judge/random.ts";

Deno.test("Random is the same for a seed, and another for another", () => {
  const first = (seed: number) => {
    const random = new Random(seed);
    return [random.below(1000), random.below(1000), random.below(1000)];
  };
  assertEquals(first(1), first(1));
  assert(first(1).join() !== first(2).join());
});

Deno.test("Random.normal() has mean 0 and standard deviation 1", () => {
  const random = new Random(7);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < 100_000; i++) {
    const value = random.normal();
    sum += value;
    squares += value * value;
  }
  assert(Math.abs(sum / 100_000) < 0.015);
  assert(Math.abs(squares / 100_000 - 1) < 0.02);
});

Deno.test("Random.draw() moves each value to the front equally often", () => {
  const random = new Random(3);
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 10_000; i++) {
    const values = [0, 1, 2, 3, 4];
    random.draw(values, 2);
    for (const value of values.slice(0, 2)) counts[value]!++;
  }
  for (const count of counts) assert(Math.abs(count - 4000) < 200, `${counts}`);
});
