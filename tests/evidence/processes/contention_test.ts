import { assert } from "@std/assert";
import { contention } from "./contention.ts";

Deno.test("MetricsStorage keeps runs whole while processes save, read, list and delete them", async () => {
  const counts = await contention({ processes: 4, seconds: 1.5, seed: 1 });
  assert(counts.save! > 0 && counts.delete! > 0 && counts.load! > 0);
});

Deno.test("MetricsStorage keeps runs whole while some of these processes are killed", async () => {
  const counts = await contention({
    processes: 4,
    seconds: 1.5,
    seed: 2,
    victims: 2,
  });
  assert(counts.killed! > 0);
});
