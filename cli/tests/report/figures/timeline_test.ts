import { assert, assertEquals } from "@std/assert";
import { takeSample } from "../../../src/report/figures/run_sample.ts";
import { timelineOf } from "../../../src/report/figures/timeline.ts";
import { Pace } from "../../../src/event_loop/pace.ts";
import { rowsOf, runOf } from "./_rows.ts";

const COUNT = 20_000;

async function unpacked(share: number): Promise<
  { parts: readonly number[]; timesS: number[]; durationsMs: number[] }
> {
  const pace = new Pace();
  const durationsMs = Array.from({ length: COUNT }, (_, i) => 100 + i % 97);
  durationsMs[777] = 5000;
  durationsMs[13_000] = 1;
  const run = runOf({});
  const sample = await takeSample(run, [rowsOf("SAT1", durationsMs)], pace);
  const { page, points } = timelineOf(
    {
      name: "x",
      isChain: false,
      groups: [{ name: "Run", runs: [sample] }],
    },
    "points-0",
    share,
    pace,
  );
  let base64 = "";
  for await (const piece of points) base64 += piece;
  const { buffer } = Uint8Array.fromBase64(base64);
  const floats = [...new Float32Array(buffer as ArrayBuffer)];
  const count = page.parts[2]!;
  assertEquals(floats.length, 2 * count);
  return {
    parts: page.parts,
    timesS: floats.slice(0, count),
    durationsMs: floats.slice(count),
  };
}

Deno.test("timelineOf() packs every point, in order", async () => {
  const { parts, timesS, durationsMs } = await unpacked(1);
  assertEquals(parts, [0, 0, COUNT]);
  assertEquals(timesS, Array.from({ length: COUNT }, (_, i) => i));
  assertEquals([durationsMs[0], durationsMs[777], durationsMs[13_000]], [
    100,
    5000,
    1,
  ]);
});

Deno.test("timelineOf() thins to the shortest and longest of each few, in order", async () => {
  const { timesS, durationsMs } = await unpacked(2.5);
  assert(timesS.length <= COUNT / 2.5);
  assertEquals(timesS, timesS.toSorted((a, b) => a - b));
  assertEquals(Math.max(...durationsMs), 5000);
  assertEquals(Math.min(...durationsMs), 1);
});
