import { assertEquals } from "@std/assert";
import { joinChains } from "../../../src/report/figures/chains.ts";
import { Pace } from "../../../src/event_loop/pace.ts";
import { rowsOf, runOf } from "./_rows.ts";

Deno.test("joinChains() adds up stages of one satellite and one scenario time", async () => {
  const [chains] = await joinChains(
    runOf({
      fault_detection: [rowsOf("SAT1", [1, 2, 3], [10, 20, 30])],
      agent_decision: [rowsOf("SAT1", [300, 100], [30, 10])],
      recovery_action: [
        rowsOf("SAT2", [9], [10]),
        rowsOf("SAT1", [1000, 3000, 7000], [10, 30, 40]),
      ],
    }),
    new Pace(),
  );
  assertEquals([...chains!.scenarioTimesS], [10, 30]);
  assertEquals([...chains!.durationsMs], [1101, 3303]);
  assertEquals(chains!.stagesMs.map((it) => [...it]), [
    [1, 3],
    [100, 300],
    [1000, 3000],
  ]);
});

Deno.test("joinChains() takes the first of several at one time together, then the second", async () => {
  const [chains] = await joinChains(
    runOf({
      fault_detection: [rowsOf("SAT1", [1, 2, 3], [5, 5, 5])],
      agent_decision: [rowsOf("SAT1", [10, 20], [5, 5])],
      recovery_action: [rowsOf("SAT1", [100, 200, 300], [5, 5, 5])],
    }),
    new Pace(),
  );
  assertEquals([...chains!.durationsMs], [111, 222]);
});

Deno.test("joinChains() has none where a stage is missing", async () => {
  const run = runOf({ fault_detection: [rowsOf("SAT1", [1])] });
  assertEquals(await joinChains(run, new Pace()), []);
});

Deno.test("joinChains() finds the same in order as out of order", async () => {
  const stagesOf = async (isReversed: boolean) => {
    const stage = (factor: number, skip: number) => {
      const kept = Array.from({ length: 1000 }, (_, i) => i)
        .filter((i) => i % skip !== 0);
      if (isReversed) kept.reverse();
      return [rowsOf("SAT1", kept.map((i) => factor * i), kept)];
    };
    const [chains] = await joinChains(
      runOf({
        fault_detection: stage(1, 3),
        agent_decision: stage(10, 5),
        recovery_action: stage(100, 7),
      }),
      new Pace(),
    );
    return [...chains!.durationsMs].sort((a, b) => a - b);
  };
  const found = await stagesOf(false);
  assertEquals(found, await stagesOf(true));
  const wanted = Array.from({ length: 1000 }, (_, i) => i)
    .filter((i) => i % 3 && i % 5 && i % 7);
  assertEquals(found, wanted.map((i) => 111 * i));
});
