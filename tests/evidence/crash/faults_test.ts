import { assertEquals, assertGreater } from "@std/assert";
import { scenarios, type Violation } from "./_explore.ts";
import { Injector } from "./_faults.ts";
import { Observer } from "./_observe.ts";

async function inject(
  meant: (name: string) => boolean,
  every: number,
): Promise<number> {
  const violations: Violation[] = [];
  const injector = new Injector({
    observer: await Observer.create(),
    every,
    twice: false,
    onViolation: (violation) => violations.push(violation),
  });
  for (const scenario of await scenarios()) {
    if (meant(scenario.name)) await injector.inject(scenario);
  }
  const [first] = violations;
  assertEquals(violations.length, 0, `${first?.scenario}\n${first?.what}`);
  return injector.faults;
}

Deno.test("MetricsStorage says truly whether it saved, whatever call fails", async () => {
  assertGreater(await inject((name) => name === "save C over a run", 1), 400);
});

Deno.test("MetricsStorage says truly whether it deleted, whatever call fails", async () => {
  assertGreater(await inject((name) => name === "delete over a run", 1), 300);
});

Deno.test("MetricsStorage hides no change from a catalog, whatever call fails", async () => {
  for (const action of ["save C", "delete"]) {
    const name = `${action} over a run with a catalog`;
    assertGreater(await inject((it) => it === name, 1), 400);
  }
});

Deno.test("RunStore.saveRuns() says truly whether it saved, whatever call fails", async () => {
  assertGreater(
    await inject((name) => name === "save both C over a run", 11),
    100,
  );
});

/** Those of batches and of compressing are in the whole campaign. */
function isSingle(name: string): boolean {
  return !/both|batch|compress|two/.test(name);
}

Deno.test("MetricsStorage fails with a StorageError from any disk", async () => {
  assertGreater(await inject(isSingle, 31), 400);
});
