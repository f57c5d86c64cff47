import { assert, assertEquals } from "@std/assert";

/** What a file may import: what stands before it, and its own folder. */
const ORDER = [
  "measurement.ts",
  "errors.ts",
  "clock.ts",
  "sliced.ts",
  "files",
  "columns",
  "statistics",
  "encode",
  "collect",
  "compare",
  "store",
];

const IMPORT = /\b(?:from|import)[ (]*"([^"]+)"/g;

const SRC = new URL("../src/", import.meta.url);

async function sources(at = ""): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const entry of Deno.readDir(new URL(at, SRC))) {
    const path = at + entry.name;
    if (entry.isDirectory) found.push(...await sources(`${path}/`));
    else found.push([path, await Deno.readTextFile(new URL(path, SRC))]);
  }
  return found;
}

Deno.test("src imports only what stands before it in the flow of data", async () => {
  let imports = 0;
  for (const [path, text] of await sources()) {
    const part = path.split("/")[0]!;
    assert(ORDER.includes(part), `src/${path} has no place in the order`);
    for (const [, specifier] of text.matchAll(IMPORT)) {
      if (!specifier!.startsWith(".")) continue;
      const target = new URL(specifier!, new URL(path, SRC)).href
        .slice(SRC.href.length).split("/")[0]!;
      assert(
        ORDER.indexOf(target) <= ORDER.indexOf(part),
        `src/${path} imports ${specifier}`,
      );
      imports++;
    }
  }
  assert(imports > 50);
});

Deno.test("src depends on two @std packages and nothing else", async () => {
  const packages = new Set<string>();
  for (const [, text] of await sources()) {
    for (const [, name] of text.matchAll(IMPORT)) {
      if (name!.startsWith(".")) continue;
      if (name !== "@astraguard/hil-metrics" && name !== "@std/assert") {
        packages.add(name!);
      }
    }
  }
  // Whole packages would load 73 modules rather than these and two more.
  assertEquals([...packages].sort(), [
    "@std/data-structures/binary-heap",
    "@std/fs/ensure-dir",
  ]);
});

Deno.test("src imports everything at its start", async () => {
  // Deno 2.9 panics when it loads a module and no descriptor is left.
  for (const [path, text] of await sources()) {
    const code = text.replace(/^\s*(\*|\/\/).*$/gm, "");
    assert(!/\bimport\(/.test(code), `src/${path}`);
  }
});

Deno.test("src reaches the system through src/files alone", async () => {
  for (const [path, text] of await sources()) {
    if (path.startsWith("files/")) continue;
    const code = text.replace(/^\s*(\*|\/\/).*$/gm, "");
    const used = code.match(
      /\bDeno\.(?!errors\b|DirEntry\b|FileInfo\b|FsFile\b)\w+/g,
    );
    assertEquals(used, null, `src/${path}`);
  }
});
