import { fromRoot } from "../tests/_from_root.ts";

/** The package as its configuration has it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Paths from the root, by the names of their files in the bundle. */
  readonly entries: ReadonlyMap<string, string>;
}

/** Where its sources are. */
export const REPOSITORY = "https://github.com/astraguard/hil-metrics";

/** The name of the main entry's file. */
export const MAIN = "hil_metrics";

/** Reads the package's configuration. */
export async function readPackage(): Promise<Package> {
  const { name, version, license, exports } = JSON.parse(
    await Deno.readTextFile(fromRoot("deno.json")),
  );
  const paths: Record<string, string> = typeof exports === "string"
    ? { ".": exports }
    : exports;
  const entries = new Map<string, string>();
  for (const [specifier, path] of Object.entries(paths)) {
    const file = specifier === "." ? MAIN : specifier.replace(/^\.\//, "");
    entries.set(file, path.replace(/^\.\//, ""));
  }
  return { name, version, license, entries };
}

/** What Deno prints with these arguments; fails where it does. */
export async function deno(
  args: string[],
  { input = "", cwd = fromRoot() }: { input?: string; cwd?: string } = {},
): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  if (!success) throw new Error(`deno ${args[0]}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
