import { assertEquals } from "@std/assert";
import { joinChains } from "../../../src/report/figures/chains.ts";
import { Pace } from "../../../src/report/pace.ts";
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
