import { fileURLToPath } from "node:url";

/** What a script of `bench/` printed, and its exit code. */
export async function runScript(
  script: "main.ts" | "compare.ts",
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const url = new URL(`../../bench/${script}`, import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=bench", fileURLToPath(url), ...args],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
