import { assertEquals, assertRejects } from "@std/assert";
import { systemFiles } from "../../src/disk/file_operations.ts";
import { replaceFile } from "../../src/disk/replace_file.ts";
import { type Chunks, writeFile } from "../../src/disk/write_file.ts";
import { gzipStream } from "../../src/formats/gzip_stream.ts";
import { tree, withResultsDir } from "../_results_dir.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";

function* manyChunks(): Generator<Uint8Array> {
  for (let i = 0; i < 3; i++) yield new Uint8Array(0);
  for (let i = 0; i < 20; i++) {
    yield crypto.getRandomValues(new Uint8Array(65_536));
  }
}

function chunksOf(isGzip: boolean): Chunks {
  return isGzip ? gzipStream(manyChunks()) : manyChunks();
}

Deno.test("writeFile() fails where there is no file, even without bytes to write", async () => {
  for (const chunks of [[], [new Uint8Array(0)]]) {
    const opening = Promise.reject(new Error("no descriptors"));
    await assertRejects(
      () => writeFile(opening, chunks, false),
      Error,
      "no descriptors",
    );
  }
});

Deno.test("writeFile() closes no file under a write when its chunks fail", async () => {
  await withResultsDir(async (dir) => {
    const file = await Deno.open(`${dir}/f`, { write: true, createNew: true });
    let isWriting = false;
    let closedUnderWrite = false;
    const { write, close } = file;
    file.write = async (bytes) => {
      isWriting = true;
      const taken = await write.call(file, bytes);
      isWriting = false;
      return taken;
    };
    file.close = () => {
      closedUnderWrite = isWriting;
      close.call(file);
    };
    function* failing(): Generator<Uint8Array> {
      yield new Uint8Array(8 * 1024 * 1024);
      throw new Error("cannot encode");
    }
    await assertRejects(
      () => writeFile(Promise.resolve(file), failing(), false),
      Error,
      "cannot encode",
    );
    assertEquals(closedUnderWrite, false);
  });
});

for (const isGzip of [false, true]) {
  const form = isGzip ? "compressed" : "plain";

  Deno.test(`replaceFile() leaves the old file when writing fails: ${form}`, async () => {
    await withResultsDir(async (dir) => {
      const path = `${dir}/file`;
      await Deno.writeTextFile(path, "old");
      let writes = 0;
      const files = {
        ...systemFiles(),
        open: async (...args: Parameters<typeof Deno.open>) => {
          const file = await Deno.open(...args);
          const { write } = file;
          file.write = async (bytes) => {
            if (++writes === 3) throw new Error("the disk is full");
            return await write.call(file, bytes);
          };
          return file;
        },
      };
      await assertRejects(
        () => replaceFile(path, chunksOf(isGzip), files),
        Error,
        "the disk is full",
      );
      assertEquals(await Deno.readTextFile(path), "old");
      assertEquals(await tree(dir), ["file"]);
    });
  });

  Deno.test(`replaceFile() leaves the old file when there is no room to open another: ${form}`, async () => {
    await withResultsDir(async (dir) => {
      const path = `${dir}/file`;
      await Deno.writeTextFile(path, "old");
      const files = {
        ...systemFiles(),
        open: () => Promise.reject(new Error("no descriptors")),
      };
      // It has failed before the first chunk is there.
      using _counter = new TurnCounter();
      await assertRejects(
        () => replaceFile(path, chunksOf(isGzip), files),
        Error,
        "no descriptors",
      );
      assertEquals(await Deno.readTextFile(path), "old");
      assertEquals(await tree(dir), ["file"]);
    });
  });
}

Deno.test("replaceFile() keeps the mode of the file that it replaces", async () => {
  await withResultsDir(async (dir) => {
    const path = `${dir}/file`;
    await Deno.writeTextFile(path, "private", { mode: 0o600 });
    await replaceFile(path, [new Uint8Array(3)], systemFiles());
    const { mode, size } = await Deno.stat(path);
    assertEquals([mode! & 0o777, size], [0o600, 3]);
  });
});

Deno.test("replaceFile() removes the drafts of the dead, and no others", async () => {
  await withResultsDir(async (dir) => {
    const [dead, living] = [1, 2].map((n) =>
      `.hil-metrics-0000000${n}-0000-4000-8000-000000000000.tmp`
    );
    for (const name of [dead, living, ".mine.tmp"]) {
      await Deno.writeTextFile(`${dir}/${name}`, "");
    }
    using held = await Deno.open(`${dir}/${living}`);
    await held.lock(true);
    await replaceFile(`${dir}/file`, [], systemFiles());
    assertEquals(await tree(dir), [living, ".mine.tmp", "file"].toSorted());
  });
});
