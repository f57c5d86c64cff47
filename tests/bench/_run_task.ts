import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a task of `deno.json` printed, and its exit code. */
export interface TaskOutput {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a task as a person does; what Deno itself warns of is left out. */
export async function runTask(
  task: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<TaskOutput> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task, ...args],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      HIL_METRICS_ORIGINAL: "",
      HIL_METRICS_ORIGINAL_BEFORE: "",
      ...env,
    },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    code,
    stdout: text(stdout),
    stderr: text(stderr).replaceAll(/^Warning .*\n/gm, ""),
  };
}
