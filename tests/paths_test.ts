import { assert, assertEquals } from "@std/assert";
import { fromRoot } from "./_from_root.ts";

const FOLDERS = ["cli", "examples", "fleet", "npm", "src", "tests"];

async function scriptsIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(fromRoot(folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await scriptsIn(path));
    else if (/\.[jt]s$/.test(entry.name)) found.push(path);
  }
  return found;
}

Deno.test("no script takes the path of a URL for that of a file, which may hold spaces, # and %", async () => {
  const scripts = (await Promise.all(FOLDERS.map(scriptsIn))).flat();
  assert(scripts.length > 100);
  for (const path of scripts) {
    const text = await Deno.readTextFile(fromRoot(path));
    // In brackets, or this line would be one that it looks for.
    const wrong = /.*(?:\.path[n]ame\b|\.href\.slice\("file).*/;
    assertEquals(text.match(wrong), null, path);
  }
});
