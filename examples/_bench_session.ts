import type { LatencyCollector } from "@astraguard/hil-metrics";
import { nextVoltage, POWER_BUS } from "./_power_bus.ts";
import { READ_TELEMETRY, Satellite } from "./_satellite.ts";

const SATELLITE_IDS = ["ASTRA-001", "ASTRA-002", "ASTRA-003"];

/** The setting that opens the shunt, which is the fault. */
const SHUNT_OPEN = 0;

/** Pause between two looks at the telemetry, in milliseconds. */
const POLL_MS = 2;

/** Longest pause before the next fault, in milliseconds. */
const LONGEST_CALM_MS = 30;

/** Within this time the agent wants the bus back in range, in seconds. */
const RECOVERY_GOAL_S = 0.015;

/** Step of the agent's forecast, in seconds. */
const FORECAST_STEP_S = 5e-6;

/**
 * Breaks and repairs three satellites at once until it is told to stop, each
 * at least once, and records how long every step took.
 */
export async function runBenchSession(
  collector: LatencyCollector,
  signal: AbortSignal,
): Promise<void> {
  using cleanup = new DisposableStack();
  const satellites: Satellite[] = [];
  for (const id of SATELLITE_IDS) {
    satellites.push(cleanup.use(await Satellite.launch(id)));
  }
  const startMs = performance.now();
  await Promise.all(satellites.map(async (satellite) => {
    do {
      // A random moment, lest the faults keep step with the satellite's clock.
      await sleep(Math.random() * LONGEST_CALM_MS);
      await breakAndRepair(satellite, collector, startMs);
    } while (!signal.aborted);
  }));
}

/**
 * One fault from injection to recovery. All times are of one clock, that of
 * the bench, and are what the bench sees: they contain the way over TCP, the
 * waiting for the next look at the telemetry, and whatever else the satellite,
 * the bench and the machine are busy with. The bus charges on while the agent
 * decides, so a slow decision makes a slow recovery.
 */
async function breakAndRepair(
  satellite: Satellite,
  collector: LatencyCollector,
  startMs: number,
): Promise<void> {
  const injectedMs = performance.now();
  const scenarioTimeS = (injectedMs - startMs) / 1000;
  await satellite.request(SHUNT_OPEN);
  const voltageV = await pollUntil(satellite, (it) => it > POWER_BUS.limitV);
  const detectedMs = performance.now();
  const setting = decide(voltageV);
  const decidedMs = performance.now();
  await satellite.request(setting);
  await pollUntil(satellite, (it) => it <= POWER_BUS.limitV);
  const recoveredMs = performance.now();

  const { id } = satellite;
  collector.recordFaultDetection(id, scenarioTimeS, detectedMs - injectedMs);
  collector.recordAgentDecision(id, scenarioTimeS, decidedMs - detectedMs);
  collector.recordRecoveryAction(id, scenarioTimeS, recoveredMs - decidedMs);
}

/** Looks at the telemetry until the voltage is as wanted, and returns it. */
async function pollUntil(
  satellite: Satellite,
  isWanted: (voltageV: number) => boolean,
): Promise<number> {
  while (true) {
    const voltageV = await satellite.request(READ_TELEMETRY);
    if (isWanted(voltageV)) return voltageV;
    await sleep(POLL_MS);
  }
}

/** The agent: the weakest shunt that is forecast to reach the goal. */
function decide(voltageV: number): number {
  for (let setting = 1; setting < POWER_BUS.maxSetting; setting++) {
    if (forecast(voltageV, setting) <= POWER_BUS.limitV) return setting;
  }
  return POWER_BUS.maxSetting;
}

/** The voltage at the time by which it should be back in range. */
function forecast(voltageV: number, setting: number): number {
  for (let timeS = 0; timeS < RECOVERY_GOAL_S; timeS += FORECAST_STEP_S) {
    voltageV = nextVoltage(voltageV, setting, FORECAST_STEP_S);
  }
  return voltageV;
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
