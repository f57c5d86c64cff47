import { assertEquals, assertGreater } from "@std/assert";
import { crashStates } from "./_crash_states.ts";
import { type Disk, diskOf, emptyImage } from "./_disk.ts";
import { Explorer, scenarios, type Violation } from "./_explore.ts";
import { MemoryFiles } from "./_memory_files.ts";
import { Observer } from "./_observe.ts";
import { treeKey } from "./_tree_key.ts";

/** Names of what persisted, for each state that the end of this can leave. */
function leftBy(disk: Disk): string[] {
  const left = new Set<string>();
  for (const { image } of crashStates(disk, { from: disk.events.length })) {
    left.add(
      treeKey(image).split("\n").map((line) => line.split(" ")[0])
        .slice(1).join(" "),
    );
  }
  return [...left].sort();
}

Deno.test("crashStates() lets un-synced entries persist in any subset", async () => {
  const files = new MemoryFiles(diskOf(emptyImage()), { mount: "/disk" });
  await files.mkdir("/disk/a");
  await files.mkdir("/disk/b");
  assertEquals(leftBy(files.disk), ["", "/a/", "/a/ /b/", "/b/"]);
});

Deno.test("crashStates() keeps a rename whole and after what it needs", async () => {
  const files = new MemoryFiles(diskOf(emptyImage()), { mount: "/disk" });
  await files.mkdir("/disk/a");
  await files.rename("/disk/a", "/disk/b");
  assertEquals(leftBy(files.disk), ["", "/a/", "/b/"]);
});

Deno.test("crashStates() keeps what was synced, and nothing else for sure", async () => {
  const files = new MemoryFiles(diskOf(emptyImage()), { mount: "/disk" });
  await files.mkdir("/disk/a");
  using root = await files.open("/disk", { read: true });
  await root.sync();
  await files.mkdir("/disk/b");
  assertEquals(leftBy(files.disk), ["/a/", "/a/ /b/"]);
});

Deno.test("crashStates() tears and zeroes data that was not synced", async () => {
  const files = new MemoryFiles(diskOf(emptyImage()), { mount: "/disk" });
  using file = await files.open("/disk/f", { write: true, createNew: true });
  const ino = (await file.stat()).ino!;
  const contentsNow = () => {
    const contents = new Set<string>();
    const from = files.disk.events.length;
    for (const { image } of crashStates(files.disk, { from, tears: 3 })) {
      const bytes = image.get(ino);
      if (bytes instanceof Uint8Array) contents.add(bytes.join(""));
    }
    return contents;
  };
  await file.write(Uint8Array.of(1, 2, 3, 4));
  const torn = contentsNow();
  for (const left of ["", "1", "12", "123", "1234", "0000", "1200", "0034"]) {
    assertEquals(torn.has(left), true, left);
  }
  await file.syncData();
  // Its entry may still be missing, and then nothing leads to the data.
  assertEquals([...contentsNow()].filter((left) => left !== ""), ["1234"]);
});

async function explore(
  meant: (name: string) => boolean,
  nested: boolean,
  { limit = Infinity, tears = 4 } = {},
): Promise<number> {
  const violations: Violation[] = [];
  const explorer = new Explorer({
    observer: await Observer.create(),
    tears,
    limit,
    nested,
    onViolation: (violation) => violations.push(violation),
  });
  for (const scenario of await scenarios()) {
    if (meant(scenario.name)) await explorer.explore(scenario);
  }
  const [first] = violations;
  assertEquals(violations.length, 0, `${first?.scenario}\n${first?.what}`);
  return explorer.states;
}

Deno.test("MetricsStorage leaves the old or the new pair wherever a crash cuts it short", async () => {
  const isSingle = (name: string) => !/both|batch|compress|two/.test(name);
  assertGreater(await explore(isSingle, false), 4_000);
});

Deno.test("RunStore.saveRuns() leaves all or none wherever a crash cuts it short", async () => {
  const isMeant = (name: string) => name === "save both C over a run";
  const few = { limit: 8, tears: 0 };
  assertGreater(await explore(isMeant, false, few), 1_000);
});

Deno.test("A batch that was cut short becomes all or none, whatever comes after it", async () => {
  const isMeant = (name: string) =>
    /^(save C|delete|read|repair) over a .*batch/.test(name);
  assertGreater(await explore(isMeant, false, { limit: 4, tears: 0 }), 500);
});

Deno.test("RunStore.compressRuns() and a compressed save leave what was read before or the new pair", async () => {
  const isMeant = (name: string) =>
    /^(save compressed C|compress) over (a run|a run with half a commit)$/
      .test(name);
  assertGreater(await explore(isMeant, false, { limit: 8, tears: 0 }), 100);
});

Deno.test("MetricsStorage recovers a first save that was cut short, cut short itself", async () => {
  await explore((name) => name === "save C over nothing", true);
});

Deno.test("MetricsStorage keeps a deletion whole when the process dies and then the power fails", async () => {
  await explore((name) => name === "delete over a run", true);
});
