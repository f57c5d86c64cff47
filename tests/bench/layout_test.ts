import { assert, assertEquals } from "@std/assert";

const BENCH = new URL("../../bench/", import.meta.url);
const IMPORT = /\bfrom "(\.[^"]+)"/g;

/** By path below `bench/`, the paths that a module imports. */
const IMPORTS = await importsIn("");

async function importsIn(at: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for await (const entry of Deno.readDir(new URL(at, BENCH))) {
    const path = at + entry.name;
    if (entry.isDirectory) {
      for (const one of await importsIn(`${path}/`)) found.set(...one);
    } else if (path.endsWith(".ts")) {
      const base = new URL(path, BENCH);
      const text = await Deno.readTextFile(base);
      const imports = [...text.matchAll(IMPORT)]
        .map(([, name]) => new URL(name!, base).href)
        .filter((href) => href.startsWith(BENCH.href))
        .map((href) => href.slice(BENCH.href.length));
      found.set(path, imports);
    }
  }
  return found;
}

Deno.test("bench has folders, a page and the table of the judge, and no other file", async () => {
  const names = await Array.fromAsync(Deno.readDir(BENCH), ({ name }) => name);
  assertEquals(names.sort(), [
    "JUDGE.md",
    "README.md",
    "claims",
    "judge",
    "lib",
    "rivals",
    "scaling",
  ]);
});

Deno.test("bench has no circle of imports", () => {
  const open = new Map(IMPORTS);
  assert(open.size > 50);
  for (let before = -1; before !== open.size;) {
    before = open.size;
    for (const [path, imports] of open) {
      if (!imports.some((it) => open.has(it))) open.delete(path);
    }
  }
  assertEquals([...open.keys()], []);
});

Deno.test("claims, judge, rivals and scaling share lib and nothing else", () => {
  for (const [path, imports] of IMPORTS) {
    const folder = path.split("/")[0]!;
    for (const imported of imports) {
      const from = imported.split("/")[0]!;
      assert([folder, "lib"].includes(from), `${path} imports ${imported}`);
    }
  }
});
