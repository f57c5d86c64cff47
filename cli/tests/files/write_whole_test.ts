import { assertEquals, assertRejects } from "@std/assert";
import { withResultsDir } from "../../../tests/_results_dir.ts";
import { writeWhole } from "../../src/files/write_whole.ts";
import { DataError } from "../../src/terminal/data_error.ts";
import { UsageError } from "../../src/terminal/usage_error.ts";

async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), (it) => it.name)).sort();
}

Deno.test("writeWhole() replaces a file, and keeps who may read it", async () => {
  await withResultsDir(async (dir) => {
    await Deno.mkdir(dir, { recursive: true });
    const path = `${dir}/report.html`;
    await Deno.writeTextFile(path, "old", { mode: 0o600 });
    await writeWhole(path, "new");
    assertEquals(await Deno.readTextFile(path), "new");
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals(await namesIn(dir), ["report.html"]);
  });
});

Deno.test("writeWhole() follows a link, and leaves it", async () => {
  await withResultsDir(async (dir) => {
    await Deno.mkdir(`${dir}/there`, { recursive: true });
    await Deno.writeTextFile(`${dir}/there/file`, "old");
    await Deno.symlink("there/file", `${dir}/link`);
    await writeWhole(`${dir}/link`, "new");
    assertEquals((await Deno.lstat(`${dir}/link`)).isSymlink, true);
    assertEquals(await Deno.readTextFile(`${dir}/there/file`), "new");
    assertEquals(await namesIn(`${dir}/there`), ["file"]);

    await Deno.symlink("nowhere", `${dir}/dangling`);
    await assertRejects(
      () => writeWhole(`${dir}/dangling`, "new"),
      DataError,
      "leads nowhere",
    );
    assertEquals((await Deno.lstat(`${dir}/dangling`)).isSymlink, true);
  });
});

Deno.test("writeWhole() writes into a pipe or device, and replaces neither", async () => {
  await withResultsDir(async (dir) => {
    await Deno.mkdir(dir, { recursive: true });
    const path = `${dir}/pipe`;
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const [read] = await Promise.all([
      Deno.readTextFile(path),
      writeWhole(path, "through it"),
    ]);
    assertEquals(read, "through it");
    assertEquals((await Deno.lstat(path)).isFifo, true);

    assertEquals(await namesIn(dir), ["pipe"]);
  });
});

Deno.test("writeWhole() writes nothing where no file can be", async () => {
  await withResultsDir(async (dir) => {
    await Deno.mkdir(`${dir}/folder`, { recursive: true });
    for (
      const [path, kind, message] of [
        [`${dir}/folder`, DataError, "it is a directory"],
        [`${dir}/none/file`, DataError, "No such file or directory"],
        ["", UsageError, "no name"],
      ] as const
    ) {
      const work = () => writeWhole(path, "x");
      assertEquals(
        await assertRejects(work, Error, message) instanceof kind,
        true,
      );
    }
    assertEquals(await namesIn(dir), ["folder"]);
  });
});
