// Runs the tests with the @std packages of JSR: the same configuration
// without the stand-ins of the workspace. With a checkout of denoland/std as
// argument, its packages are linked instead of downloaded.
import { fromRoot } from "./_from_root.ts";
import { readArguments, refuse, text } from "./read_arguments.ts";

const { CHECKOUT: checkout } = readArguments({
  task: "test:jsr",
  about: "Runs the tests with the @std packages of JSR.",
  positionals: {
    CHECKOUT: text("a checkout of denoland/std to link instead", {
      value: "DIR",
    }),
  },
});
const config = JSON.parse(await Deno.readTextFile(fromRoot("deno.json")));
delete config.workspace;
if (checkout !== undefined) config.links = await membersOf(checkout);
// Paths in a configuration are relative to it, so it stands beside the other.
const path = fromRoot(`deno.jsr.${crypto.randomUUID()}.json`);
await Deno.writeTextFile(path, JSON.stringify(config));
try {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-P", "--doc", "--no-lock", "--config", path],
    cwd: fromRoot(),
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(path);
}

async function membersOf(checkout: string): Promise<string[]> {
  let workspace: string[] | undefined;
  try {
    ({ workspace } = JSON.parse(
      await Deno.readTextFile(`${checkout}/deno.json`),
    ));
  } catch {
    // Neither is it one without a configuration that can be read.
  }
  return workspace?.map((member) => `${checkout}/${member}`) ??
    refuse("CHECKOUT is not a checkout of denoland/std", checkout);
}
