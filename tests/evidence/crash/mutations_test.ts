import { assertRejects } from "@std/assert";
import { Explorer, scenarios } from "./_explore.ts";
import { MUTATIONS } from "./_mutations.ts";
import { Observer } from "./_observe.ts";

/** Scenarios that notice each of the other mutations, between them. */
const NOTICING = ["save C over nothing", "delete over a run"];

class Noticed extends Error {}

for (const { name, redundant, noticedBy, change } of MUTATIONS) {
  if (redundant !== undefined) continue;

  Deno.test(`the crash states of MetricsStorage show ${name}`, async () => {
    const explorer = new Explorer({
      observer: await Observer.create(),
      tears: 0,
      // What a batch leaves is noticed without a second crash.
      ...(noticedBy?.includes("both") && { limit: 12, nested: false }),
      change,
      onViolation: () => {
        // The first is enough.
        throw new Noticed();
      },
    });
    await assertRejects(async () => {
      for (const scenario of await scenarios()) {
        const isNoticing = noticedBy === undefined
          ? NOTICING.includes(scenario.name)
          : scenario.name === noticedBy;
        if (isNoticing) await explorer.explore(scenario);
      }
    }, Noticed);
  });
}
