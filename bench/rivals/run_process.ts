import { fileURLToPath } from "node:url";

/** Runs a module of `processes/` in a process of its own; returns its output. */
export async function runProcess(
  name: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<string> {
  const module = fileURLToPath(new URL(`processes/${name}`, import.meta.url));
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
