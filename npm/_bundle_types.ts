import { pathToFileURL } from "node:url";
import { fromRoot } from "../tests/_from_root.ts";
import { deno, MAIN, type Package } from "./_package.ts";
import { type RolledUpTypes, rollUpTypes } from "./_roll_up_types.ts";

/**
 * The types of each entry, by the names of files. Those of the main one stand
 * alone; the others import from it.
 */
export async function bundleTypes(
  { entries }: Package,
  workDir: string,
): Promise<Map<string, string>> {
  const outDir = `${workDir}/types`;
  await declareTypes([...entries.values()], `${workDir}/source`, outDir);
  const read = (url: string) =>
    Deno.readTextFileSync(new URL(url.replace(/\.ts$/, ".d.ts")));
  const files = new Map<string, string>();
  let main: RolledUpTypes | undefined;
  const names = [MAIN, ...[...entries.keys()].filter((it) => it !== MAIN)];
  for (const name of names) {
    const url = pathToFileURL(`${outDir}/${entries.get(name)}`).href;
    const types = rollUpTypes(url, {
      read,
      ...(main && { shared: { specifier: `./${MAIN}.d.ts`, types: main } }),
    });
    main ??= types;
    files.set(`${name}.d.ts`, types.text);
  }
  return files;
}

/** Lets the compiler write the types of the entries and all they import. */
async function declareTypes(
  entries: readonly string[],
  sourceDir: string,
  outDir: string,
): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(fromRoot("deno.json")));
  // Deno's own types break rules that this project keeps, and no option says
  // so but one in the configuration beside the sources: that of a copy.
  config.compilerOptions.skipLibCheck = true;
  config.workspace = config.workspace.filter((it: string) =>
    it.startsWith("./npm/")
  );
  for (const it of [...config.workspace, ...config.publish.include]) {
    await copy(fromRoot(it), `${sourceDir}/${it}`);
  }
  await Deno.writeTextFile(`${sourceDir}/deno.json`, JSON.stringify(config));
  await deno([
    ...["transpile", "-q", "--no-lock", "--declaration"],
    ...["--outdir", outDir, ...entries.map((it) => `${sourceDir}/${it}`)],
  ], { cwd: sourceDir });
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isDirectory) {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name } of Deno.readDir(from)) {
      await copy(`${from}/${name}`, `${to}/${name}`);
    }
  } else await Deno.copyFile(from, to);
}
