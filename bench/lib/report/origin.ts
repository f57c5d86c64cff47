import { cpus, type } from "node:os";
import deno from "../../../deno.json" with { type: "json" };

/** What was measured where and when. */
export interface Origin {
  package: string;
  version: string;
  /** When it was measured: ISO 8601, UTC. */
  date: string;
  machine: {
    cpu: string;
    cores: number;
    os: string;
    /** Deno and V8. */
    runtime: string;
    /** Processes that wanted to run in the minute before. */
    load: number;
  };
}

/** Load a core above which other processes are in the way. */
const BUSY = 0.5;

/** What a reader needs to know of figures measured now. */
export function originNow(load: number): Origin {
  return {
    package: deno.name,
    version: deno.version,
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: navigator.hardwareConcurrency,
      os: `${type()} ${Deno.osRelease()}`,
      runtime: `Deno ${Deno.version.deno} (V8 ${Deno.version.v8})`,
      load,
    },
  };
}

/** The machine and runtime in a line. */
export function machineLine({ machine, version }: Origin): string {
  const { cpu, cores, os, runtime } = machine;
  return `hil-metrics ${version}, ${runtime}, ${cpu} (${cores} cores), ${os}`;
}

/** A warning if the machine had other work to do, else `undefined`. */
export function busyWarning({ machine }: Origin): string | undefined {
  const { load, cores } = machine;
  if (load <= BUSY * cores) return undefined;
  return `The machine was busy (load ${load.toFixed(1)} on ${cores} cores): ` +
    "these figures mislead, measure again when it is quiet";
}
