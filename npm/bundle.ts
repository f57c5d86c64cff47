// Puts each export of the package, what it depends on, and its types into files
// for benches that reach no registry.
import { readArguments, text } from "../tests/read_arguments.ts";
import { bundleCode } from "./_bundle_code.ts";
import { bundleTypes } from "./_bundle_types.ts";
import { readPackage } from "./_package.ts";

const { outdir = "dist" } = readArguments({
  task: "bundle",
  about: "Puts the package and what it depends on into files of their own.",
  options: { outdir: text("where to, dist unless given", { value: "DIR" }) },
});
const workDir = await Deno.makeTempDir({ prefix: "hil_bundle_" });
try {
  const it = await readPackage();
  const code = await bundleCode(it, workDir);
  const types = await bundleTypes(it, workDir);
  await Deno.mkdir(outdir, { recursive: true });
  for (const [name, text] of [...code, ...types]) {
    await Deno.writeTextFile(`${outdir}/${name}`, text);
    console.log(`${outdir}/${name}`);
  }
} finally {
  await Deno.remove(workDir, { recursive: true });
}
