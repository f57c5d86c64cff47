/**
 * A simulated satellite, run as a Worker so that it has a thread and an event
 * loop of its own: a TCP server with a power bus and a recorder.
 *
 * Each request is one byte, the setting of the shunt or `READ_TELEMETRY`; the
 * answer is the voltage of the bus as a big-endian float64.
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { nextVoltage, POWER_BUS } from "./_power_bus.ts";
import { FRAME_BYTES, READ_TELEMETRY } from "./_satellite.ts";

/** Longest step of the simulation, in seconds. */
const STEP_S = 1e-4;

/** How often the recorder works, in milliseconds. */
const TICK_MS = 2;

/** Readings that the recorder takes each tick. */
const READINGS_PER_TICK = 512;

/** Ticks that the recorder keeps. */
const RECORDED_TICKS = 512;

const readings = Float64Array.from(
  { length: RECORDED_TICKS * READINGS_PER_TICK },
  Math.random,
);
let setting: number = POWER_BUS.maxSetting;
let voltageV: number = POWER_BUS.nominalV;
let simulatedMs = performance.now();
let ticks = 0;

function simulateBus(): void {
  const nowMs = performance.now();
  let elapsedS = (nowMs - simulatedMs) / 1000;
  simulatedMs = nowMs;
  for (; elapsedS > 0; elapsedS -= STEP_S) {
    voltageV = nextVoltage(voltageV, setting, Math.min(elapsedS, STEP_S));
  }
}

/**
 * Sorts what was recorded, as a log-structured store merges its segments: the
 * last tick every time, the last two every second time, the last four every
 * fourth time and so on.
 *
 * This is the heavy tail of the demo: rarely, the satellite is really busy for
 * tens of milliseconds, and whoever wants something from it has to wait.
 */
function compactRecorder(): void {
  ticks++;
  const merged = Math.min(ticks & -ticks, RECORDED_TICKS);
  readings.slice(0, merged * READINGS_PER_TICK).sort();
}

async function serve(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay();
  const request = new Uint8Array(1);
  const frame = new DataView(new ArrayBuffer(FRAME_BYTES));
  while (await connection.read(request) !== null) {
    simulateBus();
    const command = request[0]!;
    if (command !== READ_TELEMETRY) setting = command;
    frame.setFloat64(0, voltageV);
    await connection.write(new Uint8Array(frame.buffer));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
setInterval(compactRecorder, TICK_MS);
self.postMessage(listener.addr.port);
for await (const connection of listener) await serve(connection);
