// Saves and loads a run, and fails to load another, in a store that observes
// itself, within a span of its own.
import { LatencyCollector, RunStore } from "../../mod.ts";

const store = new RunStore(Deno.args[0]!, { observe: true });
const collector = new LatencyCollector();
collector.recordFaultDetection("SAT1", 1, 2);
await store.run("run_1").saveLatencyStats(collector);
await store.run("run_1").saveLatencyStats(collector);
await store.run("run_1").loadMeasurements();
await store.run("none").loadMeasurements().catch(() => {});
