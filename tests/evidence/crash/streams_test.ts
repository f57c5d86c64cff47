import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import type { Violation } from "./_explore.ts";
import { StreamExplorer } from "./_explore_streams.ts";
import { STREAM_MUTATIONS } from "./_stream_mutations.ts";
import { streamScenarios } from "./_streams.ts";

function explorer(nested: boolean): {
  explorer: StreamExplorer;
  requireNone: () => void;
} {
  const violations: Violation[] = [];
  return {
    explorer: new StreamExplorer({
      ...{ tears: 4, nested },
      onViolation: (violation) => violations.push(violation),
    }),
    requireNone: () => {
      const [first] = violations;
      const about = `${first?.scenario}\n${first?.what}`;
      assertEquals(violations.length, 0, about);
    },
  };
}

Deno.test("RunWriter keeps what it promised wherever a crash cuts it short, and recovery finds it once", async () => {
  const { explorer: it, requireNone } = explorer(false);
  for (const scenario of await streamScenarios()) await it.explore(scenario);
  requireNone();
  assertGreater(it.states, 1000);
});

Deno.test("RunStore.recover() may be cut short itself", async () => {
  const { explorer: it, requireNone } = explorer(true);
  for (const scenario of await streamScenarios()) {
    if (scenario.name === "stream over nothing") await it.explore(scenario);
  }
  requireNone();
});

Deno.test("RunWriter and RunStore.recover() fail with a StorageError from any disk, and keep what was promised", async () => {
  const { explorer: it, requireNone } = explorer(false);
  for (const scenario of await streamScenarios()) {
    await it.inject(scenario, 13);
  }
  requireNone();
  assertGreater(it.faults, 400);
});

class Noticed extends Error {}

for (const { name, redundant, noticedBy, change } of STREAM_MUTATIONS) {
  if (redundant !== undefined) continue;

  Deno.test(`the crash states of RunWriter show ${name}`, async () => {
    const it = new StreamExplorer({
      ...{ tears: 0, nested: noticedBy === "nested", change },
      onViolation: () => {
        // The first is enough.
        throw new Noticed();
      },
    });
    await assertRejects(async () => {
      for (const each of await streamScenarios()) await it.explore(each);
    }, Noticed);
  });
}
