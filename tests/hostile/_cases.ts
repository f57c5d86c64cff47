import type { HostileCase } from "./_case.ts";
import { NAME_CASES } from "./_name_cases.ts";
import { RUN_ID_CASES } from "./_run_id_cases.ts";

/** All hostile input there is a wanted outcome for. */
export const CASES: readonly HostileCase[] = [
  ...RUN_ID_CASES,
  ...NAME_CASES,
];
