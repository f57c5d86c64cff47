import type { StorageErrorCode } from "../../../mod.ts";
import type { Bench } from "./_sandbox.ts";

/** Hostile input, and what has to come of it. */
export interface HostileCase {
  name: string;
  wanted: Wanted;
  run: (bench: Bench) => unknown;
  /** Why it cannot be run here, if it cannot. */
  skipped?: string | undefined;
}

/** A value that is given back, or an error whose message says some things. */
export type Wanted =
  | { kind: "given"; value: unknown }
  | { kind: "refused"; code: StorageErrorCode; says: readonly string[] };

export function given(value: unknown): Wanted {
  return { kind: "given", value };
}

export function refused(code: StorageErrorCode, ...says: string[]): Wanted {
  return { kind: "refused", code, says };
}
