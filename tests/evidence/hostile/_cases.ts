import type { HostileCase } from "./_case.ts";
import { CSV_CASES } from "./_csv_cases.ts";
import { FILE_SYSTEM_CASES } from "./_file_system_cases.ts";
import { IN_THE_WAY_CASES } from "./_in_the_way_cases.ts";
import { NAME_CASES } from "./_name_cases.ts";
import { RUN_ID_CASES } from "./_run_id_cases.ts";
import { STREAM_CASES } from "./_stream_cases.ts";
import { SUMMARY_CASES } from "./_summary_cases.ts";

/** All hostile input there is a wanted outcome for. */
export const CASES: readonly HostileCase[] = [
  ...RUN_ID_CASES,
  ...NAME_CASES,
  ...SUMMARY_CASES,
  ...CSV_CASES,
  ...IN_THE_WAY_CASES,
  ...FILE_SYSTEM_CASES,
  ...STREAM_CASES,
];
