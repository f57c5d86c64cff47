import { fileURLToPath } from "node:url";

/** The path of a module of `processes/`. */
export function processModule(name: string): string {
  return fileURLToPath(new URL(`processes/${name}`, import.meta.url));
}

/** Runs a module in a process of its own; returns its output. */
export async function runProcess(
  module: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      "--cached-only",
      ...flags,
      module,
      ...args,
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
