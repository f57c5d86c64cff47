import { assert, assertEquals } from "@std/assert";
import { killCampaign } from "./kill_campaign.ts";

Deno.test("MetricsStorage.saveLatencyStats() leaves a whole old or new run when its process is killed", async () => {
  const counts = await killCampaign({ kills: 40, seed: Date.now() % 2 ** 20 });
  assertEquals(counts.kills, 40);
  assert(counts.midChange > 0, "no kill came in the middle of a change");
});
