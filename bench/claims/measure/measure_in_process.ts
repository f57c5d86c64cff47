import { fileURLToPath } from "node:url";
import { TaskFailure } from "../../lib/task.ts";
import type { BenchReport } from "../report/bench_report.ts";

/** What a process that measures is started with. */
export interface MeasureInProcessOptions {
  /** Variables of its environment that differ from this one's. */
  env?: Record<string, string>;
  /**
   * What this process exits with where that one fails.
   * @default {1}
   */
  failureCode?: number;
}

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * Measures in a process of its own, with these arguments of `deno task bench`.
 *
 * @throws {TaskFailure} It fails; it has said why.
 */
export async function measureInProcess(
  args: readonly string[],
  { env = {}, failureCode = 1 }: MeasureInProcessOptions = {},
): Promise<BenchReport> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=bench", MAIN, "--json", ...args],
    env,
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new TaskFailure("The benchmark did not run to its end", {
      code: failureCode,
    });
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}
