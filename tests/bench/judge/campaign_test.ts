import { assert, assertEquals, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Campaign } from "../../../bench/judge/campaign.ts";
import { NOISE_KINDS } from "../../../bench/judge/noise_kinds.ts";
import { readPool, simulatePool } from "../../../bench/judge/run_pool.ts";

const JUDGEMENTS = 200;
const TEN_TO_THREE = { baselines: 10, candidates: 3, calibration: 0 };

const RUNS = fileURLToPath(
  new URL("../../testdata/bench-runs", import.meta.url),
);

Deno.test("of simulated unchanged runs few give an alarm, and slow-downs are found", () => {
  for (const kind of NOISE_KINDS) {
    const pool = simulatePool(kind, 60, 1, ["none", "+30 %"]);
    const campaign = new Campaign();
    const [unchanged, slower] = (["none", "+30 %"] as const).map((slowDown) =>
      campaign.rates(pool, TEN_TO_THREE, slowDown, JUDGEMENTS, 1)
    );
    // Six or more alarms in 200 are rarer than 1 in 100 where 0.8 % are meant.
    assert(unchanged!.alarm < 0.03, `${kind.name}: ${unchanged!.alarm}`);
    assert(unchanged!.pass > 0.5, `${kind.name}: ${unchanged!.pass}`);
    assert(slower!.found >= 0.99, `${kind.name}: ${slower!.found}`);
    const { least, most } = campaign.stated(pool, TEN_TO_THREE, JUDGEMENTS, 2);
    assert(least > 0.66 && most < 0.92, `${kind.name}: ${least}, ${most}`);
  }
});

Deno.test("of real unchanged runs few give an alarm, and an agent that was slower is found", async () => {
  const pool = await readPool(RUNS);
  assertEquals(pool.runs.length, 20);
  assertEquals([...pool.slowed.keys()].sort(), [
    "decision_plus_10_percent",
    "decision_plus_30_percent",
  ]);
  const campaign = new Campaign();
  const rates = (slowed?: string) =>
    campaign.rates(
      pool,
      TEN_TO_THREE,
      "none",
      JUDGEMENTS,
      1,
      slowed === undefined ? undefined : pool.slowed.get(slowed),
    );
  assert(rates().alarm <= 0.03);
  assert(rates("decision_plus_10_percent").regressed >= 0.6);
  assert(rates("decision_plus_30_percent").regressed >= 0.99);
  const twoStage = (slowDown: "none" | "+30 %") =>
    campaign.twoStageRates(pool, 10, slowDown, JUDGEMENTS, 1);
  assert(twoStage("none").alarm <= 0.02);
  assert(twoStage("+30 %").found >= 0.99);
});

Deno.test("rates are the same for a seed", async () => {
  const pool = await readPool(RUNS);
  const rates = (seed: number) =>
    new Campaign().rates(pool, TEN_TO_THREE, "+10 %", 20, seed);
  assertEquals(rates(1), rates(1));
});

Deno.test("a pool of too few runs is refused", () => {
  const pool = simulatePool(NOISE_KINDS[0]!, 12, 1, ["none"]);
  assertThrows(
    () => new Campaign().rates(pool, TEN_TO_THREE, "none", 1, 1),
    RangeError,
    "too few runs: 12",
  );
});
