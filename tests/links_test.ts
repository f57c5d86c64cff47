import { assert, assertEquals } from "@std/assert";
import { REPOSITORY } from "../npm/_package.ts";
import { fromRoot } from "./_from_root.ts";

/** Where the repository shows a file, and where its bytes are. */
const FILES = [
  `${REPOSITORY}/blob/main/`,
  `${REPOSITORY}/tree/main/`,
  `${
    REPOSITORY.replace(
      "https://github.com",
      "https://raw.githubusercontent.com",
    )
  }/main/`,
];

async function linksOf(file: string): Promise<string[]> {
  const text = await Deno.readTextFile(fromRoot(file));
  const links = text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm);
  return [...links].map(([, inline, reference]) => inline ?? reference!);
}

for (const file of ["README.md", "CHANGELOG.md"]) {
  Deno.test(`${file} has links that work where it is published without the repository`, async () => {
    const links = await linksOf(file);
    assert(links.length > 0);
    for (const link of links) {
      assertEquals(new URL(link).protocol, "https:", link);
      const root = FILES.find((it) => link.startsWith(it));
      if (root === undefined) {
        assert(!link.startsWith(`${REPOSITORY}/`), link);
        continue;
      }
      await Deno.stat(fromRoot(link.slice(root.length).replace(/#.*/, "")));
    }
  });
}
