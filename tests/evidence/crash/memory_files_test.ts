import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type FileOperations,
  systemFiles,
} from "../../../src/disk/file_operations.ts";
import { errnoOf } from "../../../src/disk/storage_failure.ts";
import { diskOf, emptyImage } from "./_disk.ts";
import { MemoryFiles } from "./_memory_files.ts";

type Step =
  | { kind: "mkdir" | "create" | "remove" | "removeTree"; path: string }
  | { kind: "read" | "look" | "list" | "lock" | "sync"; path: string }
  | { kind: "rename"; path: string; to: string };

const KINDS = [
  "mkdir",
  "create",
  "remove",
  "removeTree",
  "read",
  "look",
  "list",
  "lock",
  "sync",
] as const;

const path = fc.array(fc.constantFrom("a", "b", "c"), {
  minLength: 1,
  maxLength: 3,
}).map((names) => `/${names.join("/")}`);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom(...KINDS), path }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("rename" as const),
      path,
      to: path,
    }),
  },
);

Deno.test({
  name: "MemoryFiles does what the file system does, errors included",
  // Its errors are those of POSIX.
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const model = new MemoryFiles(diskOf(emptyImage()), { mount: "/disk" });
        const root = await Deno.makeTempDir();
        try {
          for (const step of steps) {
            const wanted = await outcomeOf(systemFiles(), root, step);
            const got = await outcomeOf(model, "/disk", step);
            assertEquals(got, wanted, JSON.stringify(step));
          }
          assertEquals(
            await treeOf(model, "/disk"),
            await treeOf(systemFiles(), root),
          );
          assertEquals(model.open_.size, 0);
        } finally {
          await Deno.remove(root, { recursive: true });
        }
      }),
      { numRuns: 60 },
    );
  },
});

/** What a step gives: its result, or class and code of its error. */
async function outcomeOf(
  files: FileOperations,
  root: string,
  step: Step,
): Promise<string> {
  try {
    return String(await take(files, root, step));
  } catch (error) {
    return `${(error as Error).constructor.name} ${errnoOf(error)}`;
  }
}

async function take(
  files: FileOperations,
  root: string,
  step: Step,
): Promise<unknown> {
  const path = root + step.path;
  switch (step.kind) {
    case "mkdir":
      return await files.mkdir(path);
    case "remove":
      return await files.remove(path);
    case "removeTree":
      return await files.remove(path, { recursive: true });
    case "rename":
      return await files.rename(path, root + step.to);
    case "read":
      return files.readFileSync(path);
    case "look": {
      const { isFile, isDirectory, size, nlink } = files.lstatSync(path);
      return [isFile, isDirectory, isFile ? size : nlink];
    }
    case "list": {
      const names: string[] = [];
      for await (const entry of files.readDir(path)) {
        names.push(`${entry.name} ${entry.isFile} ${entry.isDirectory}`);
      }
      return names.sort();
    }
    case "create": {
      using file = await files.open(path, { write: true, createNew: true });
      const first = await file.write(Uint8Array.of(1, 2, 3));
      const second = await file.write(Uint8Array.of(4));
      await file.syncData();
      return [first, second, (await file.stat()).size];
    }
    case "lock": {
      using one = await files.open(path, { read: true });
      using other = await files.open(path, { read: true });
      const taken = [await one.tryLock(true), await other.tryLock(true)];
      one.close();
      taken.push(await other.tryLock(true));
      using third = await files.open(path, { read: true });
      taken.push(third.tryLockSync(false), other.tryLockSync(false));
      taken.push(third.tryLockSync(false), other.tryLockSync(true));
      third.unlockSync();
      return [...taken, other.tryLockSync(true)];
    }
    case "sync": {
      using file = await files.open(path, { read: true });
      await file.sync();
      const into = new Uint8Array(3);
      return [await file.read(into), file.readSync(into), into];
    }
  }
}

async function treeOf(
  files: FileOperations,
  path: string,
  name = "",
): Promise<string[]> {
  const lines: string[] = [];
  for await (const entry of files.readDir(path)) {
    const child = `${name}/${entry.name}`;
    if (entry.isDirectory) {
      lines.push(child, ...await treeOf(files, `${path}/${entry.name}`, child));
    } else {
      lines.push(`${child} ${files.readFileSync(`${path}/${entry.name}`)}`);
    }
  }
  return lines.sort();
}

Deno.test("MemoryFiles appends, cuts off and shares locks as the file system does", async () => {
  const model = new MemoryFiles(diskOf(emptyImage()), { mount: "/disk" });
  const root = await Deno.makeTempDir();
  const outcomes: unknown[] = [];
  for (
    const [files, at] of [[systemFiles(), root], [model, "/disk"]] as const
  ) {
    const path = `${at}/f`;
    using file = await files.open(path, { append: true, createNew: true });
    await file.write(Uint8Array.of(1, 2, 3));
    await file.truncate(1);
    await file.write(Uint8Array.of(4, 5));
    using a = await files.open(path, { read: true });
    const b = await files.open(path, { read: true });
    const locks = [
      await a.tryLock(false),
      await b.tryLock(false),
      await file.tryLock(true),
    ];
    b.close();
    locks.push(await a.tryLock(true), await file.tryLock(false));
    outcomes.push([[...files.readFileSync(path)], locks]);
  }
  assertEquals(outcomes[1], outcomes[0]);
  assertEquals(outcomes[0], [[1, 4, 5], [true, true, false, true, false]]);
  await Deno.remove(root, { recursive: true });
});
