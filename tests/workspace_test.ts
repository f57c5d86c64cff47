import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromRoot } from "./_from_root.ts";

interface Package {
  readonly version: string;
  readonly license: string;
  readonly workspace?: readonly string[];
  readonly publish?: unknown;
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
}

async function packageAt(folder: string): Promise<Package> {
  return JSON.parse(await Deno.readTextFile(fromRoot(`${folder}/deno.json`)));
}

const ROOT = await packageAt(".");

/** The members that are published. */
const MEMBERS = (await Promise.all(
  ROOT.workspace!.map(async (folder) =>
    (await packageAt(folder)).publish === false ? [] : [folder.slice(2)]
  ),
)).flat();

Deno.test("members are released with the package, under its licence", async () => {
  assertEquals(MEMBERS, ["cli", "fleet"]);
  const licence = await Deno.readTextFile(fromRoot("LICENSE"));
  for (const folder of MEMBERS) {
    const { version, license } = await packageAt(folder);
    assertEquals([version, license], [ROOT.version, ROOT.license]);
    assertEquals(
      await Deno.readTextFile(fromRoot(`${folder}/LICENSE`)),
      licence,
    );
  }
});

Deno.test("members are checked and published where they are", async () => {
  const publish = await Deno.readTextFile(
    fromRoot(".github/workflows/publish.yml"),
  );
  for (const folder of MEMBERS) {
    const { command } = ROOT.tasks.check!;
    assertStringIncludes(command, ` ${folder}/mod.ts`);
    const there = new RegExp(`cd (../)?${folder} && deno publish --dry-run`);
    assertEquals(there.test(command), true);
    assertStringIncludes(publish, `working-directory: ${folder}`);
  }
});
