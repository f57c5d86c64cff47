// Runs the tests with the @std packages of JSR: the same configuration
// without the stand-ins of the workspace. With a checkout of denoland/std as
// argument, its packages are linked instead of downloaded.
const root = new URL("../", import.meta.url);
const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
delete config.workspace;
const [checkout] = Deno.args;
if (checkout !== undefined) {
  const { workspace } = JSON.parse(
    await Deno.readTextFile(`${checkout}/deno.json`),
  );
  config.links = workspace.map((member: string) => `${checkout}/${member}`);
}
// Paths in a configuration are relative to it, so it stands beside the other.
const path = new URL(`deno.jsr.${crypto.randomUUID()}.json`, root);
await Deno.writeTextFile(path, JSON.stringify(config));
try {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-P", "--doc", "--no-lock", "--config", path.pathname],
    cwd: root,
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(path);
}
