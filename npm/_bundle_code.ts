import { pathToFileURL } from "node:url";
import { fromRoot } from "../tests/_from_root.ts";
import { deno, MAIN, type Package, REPOSITORY } from "./_package.ts";

/** Node before 24 cannot read `using`, and would not get to the message. */
const LOWER = ["npm:esbuild@0.25.5", "--target=es2022", "--format=esm"];

/**
 * The code of each entry, by the names of files. What entries share is there
 * once, so that there is one class of collectors, and all that the main entry
 * needs is in its own file.
 */
export async function bundleCode(
  it: Package,
  workDir: string,
): Promise<Map<string, string>> {
  const paths: string[] = [];
  for (const [name, path] of it.entries) {
    const lines = [`export * from "${pathToFileURL(fromRoot(path))}";\n`];
    // So that all entries reach all of the main one, which makes it a chunk.
    if (name !== MAIN) lines.unshift(`import "./${MAIN}.ts";\n`);
    paths.push(`${workDir}/${name}.ts`);
    await Deno.writeTextFile(paths.at(-1)!, lines.join(""));
  }
  const outDir = `${workDir}/code`;
  await deno([
    ...["bundle", "-q", "-c", fromRoot("deno.json"), "--code-splitting"],
    ...["--outdir", outDir, ...paths],
  ]);
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(outDir)) {
    files.set(name, await Deno.readTextFile(`${outDir}/${name}`));
  }
  takeInChunk(files);
  for (const [name, text] of files) {
    const code = await deno(["run", "-A", "-q", "--no-lock", ...LOWER], {
      input: text,
    });
    files.set(name, bannerOf(it, name) + code);
  }
  return files;
}

/** Puts the chunk in the place of the main file, which only exports from it. */
function takeInChunk(files: Map<string, string>): void {
  const main = files.get(`${MAIN}.js`)!;
  const chunk = /^import \{[^}]*\} from "\.\/(chunk-[^"]+)";\s*export \{/
    .exec(main)?.[1];
  if (chunk === undefined) return;
  const renamed = main.match(/[\w$]+ as [\w$]+/g) ?? [];
  files.set(
    `${MAIN}.js`,
    `${files.get(chunk)}export { ${renamed.join(", ")} };\n`,
  );
  files.delete(chunk);
  for (const [name, text] of files) {
    files.set(name, text.replace(`"./${chunk}"`, `"./${MAIN}.js"`));
  }
}

function bannerOf({ name, version, license }: Package, file: string): string {
  const lines = [
    `/*! ${name} ${version}, ${license} licence, ${REPOSITORY}\n`,
    " *  With parts of the Deno standard library, MIT licence\n",
    " */\n",
  ];
  if (!file.startsWith("chunk-")) {
    const types = file.replace(/js$/, "d.ts");
    lines.unshift(`// @ts-self-types="./${types}"\n`);
  }
  if (file === `${MAIN}.js`) {
    const message = `${name} needs Deno 2.9 or later: npx -y deno run bench.js`;
    lines.push(`if (!globalThis.Deno) throw new Error("${message}");\n`);
  }
  return lines.join("");
}
