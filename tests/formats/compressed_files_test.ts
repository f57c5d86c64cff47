import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { CsvCodec } from "../../src/formats/csv_codec.ts";
import { gzip } from "../../src/formats/gzip.ts";
import { zstd } from "../../src/formats/zstd.ts";
import { withResultsDir } from "../_results_dir.ts";
import {
  compressed,
  joined,
  randomCsv,
  readOrRefusal,
  repetitiveCsv,
} from "./_compressed.ts";

const FILES = fileURLToPath(
  new URL("../testdata/compressed", import.meta.url),
);

const CONTENT = repetitiveCsv(5000);

/** The content with the line ends that DuckDB writes. */
const CONTENT_LF = CONTENT.filter((byte) => byte !== 0x0d);

/** What is read of the files, or why they are refused. */
const WANTED: Readonly<Record<string, Uint8Array | string>> = {
  "own.csv.gz": CONTENT,
  "gzip-9.csv.gz": CONTENT,
  "gzip-two-members.csv.gz": CONTENT,
  "python.csv.gz": CONTENT,
  "duckdb.csv.gz": CONTENT_LF,
  "own.csv.zst": CONTENT,
  "zstd-1.csv.zst": CONTENT,
  "zstd-19.csv.zst": CONTENT,
  "zstd-no-check.csv.zst": CONTENT,
  "zstd-piped.csv.zst": CONTENT,
  "zstd-two-frames.csv.zst": CONTENT,
  "pzstd.csv.zst": CONTENT,
  "python-zstandard.csv.zst": CONTENT,
  "refused-duckdb.csv.zst":
    "Byte 0: the zstd frame has neither its content's size nor a checksum",
  "refused-neither-size-nor-checksum.csv.zst":
    "Byte 0: the zstd frame has neither its content's size nor a checksum",
  "refused-window.csv.zst":
    "Byte 5: the zstd frame needs a window of 134217728 bytes, and the most is 8388608",
  "refused-dictionary.csv.zst": "Byte 5: the zstd frame needs a dictionary",
};

function codecOf(name: string): CsvCodec {
  return name.endsWith(".gz") ? gzip : zstd;
}

Deno.test("files of gzip, zstd, pzstd, Python and DuckDB are read, or refused by name", async () => {
  const names = [];
  for await (const { name } of Deno.readDir(FILES)) {
    if (name === "README.md") continue;
    names.push(name);
    const file = await Deno.readFile(`${FILES}/${name}`);
    assertEquals(await readOrRefusal(codecOf(name), file), WANTED[name], name);
  }
  assertEquals(names.sort(), Object.keys(WANTED).sort());
});

Deno.test("files of other tools that are cut off are refused", async () => {
  for (const [name, wanted] of Object.entries(WANTED)) {
    // What is left of two frames may be one.
    if (typeof wanted === "string" || /two|pzstd/.test(name)) continue;
    const file = await Deno.readFile(`${FILES}/${name}`);
    for (let length = 1; length < file.length; length += 397) {
      const found = await readOrRefusal(
        codecOf(name),
        file.subarray(0, length),
      );
      assert(typeof found === "string", `${length} bytes of ${name}`);
    }
  }
});

Deno.test("no flipped bit of another tool's file passes unnoticed", async () => {
  for (const [name, wanted] of Object.entries(WANTED)) {
    // Two of them have no checksum.
    if (/no-check|python-zstandard/.test(name)) continue;
    if (typeof wanted === "string") continue;
    const file = await Deno.readFile(`${FILES}/${name}`);
    for (let bit = 1; bit < file.length * 8; bit += 8 * 151 + 1) {
      file[bit >>> 3]! ^= 1 << (bit & 7);
      const found = await readOrRefusal(codecOf(name), file);
      if (typeof found !== "string") assertEquals(found, wanted, name);
      file[bit >>> 3]! ^= 1 << (bit & 7);
    }
  }
});

/** What is run with a file's path and prints its content. */
const READERS: Readonly<Record<string, [CsvCodec, string, string[]]>> = {
  gzip: [gzip, "gzip", ["-dc"]],
  zstd: [zstd, "zstd", ["-dcq"]],
  "Python's gzip": [gzip, "python3", [
    "-c",
    "import gzip, shutil, sys; shutil.copyfileobj(gzip.open(sys.argv[1]), sys.stdout.buffer)",
  ]],
};

/** What is run with a file's path and prints it compressed. */
const WRITERS: Readonly<Record<string, [CsvCodec, string, string[]]>> = {
  gzip: [gzip, "gzip", ["-c"]],
  "gzip -1": [gzip, "gzip", ["-1c"]],
  "zstd": [zstd, "zstd", ["-cq"]],
  "zstd -19": [zstd, "zstd", ["-19", "-cq"]],
  "zstd --fast": [zstd, "zstd", ["--fast=5", "-cq"]],
  "zstd -T2": [zstd, "zstd", ["-T2", "-B600KB", "-cq"]],
  "zstd without a checksum": [zstd, "zstd", ["--no-check", "-cq"]],
  "zstd without a size": [zstd, "zstd", ["--no-content-size", "-cq"]],
};

function isThere(tool: string): boolean {
  try {
    return new Deno.Command(tool, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

async function output(tool: string, args: string[]): Promise<Uint8Array> {
  const { success, stdout } = await new Deno.Command(tool, { args }).output();
  assert(success);
  return stdout;
}

for (const [name, [codec, tool, args]] of Object.entries(READERS)) {
  Deno.test({
    name: `files of this package are read by ${name}`,
    ignore: !isThere(tool),
    fn: () =>
      withResultsDir(async (dir) => {
        for (const rows of [0, 1, 70_000]) {
          const content = randomCsv(rows);
          const path = `${dir}/run.csv${codec.extension}`;
          await Deno.writeFile(path, await compressed(codec, content));
          assertEquals(await output(tool, [...args, path]), content);
        }
      }),
  });
}

for (const [name, [codec, tool, args]] of Object.entries(WRITERS)) {
  Deno.test({
    name: `files of ${name} are read`,
    ignore: !isThere(tool),
    fn: () =>
      withResultsDir(async (dir) => {
        const contents = [0, 1, 70_000].map((rows) => randomCsv(rows));
        const files = await Promise.all(contents.map(async (content, i) => {
          await Deno.writeFile(`${dir}/${i}`, content);
          return await output(tool, [...args, `${dir}/${i}`]);
        }));
        const found = codec.decompress(files);
        assertEquals(await joined(found), await joined(contents));
      }),
  });
}
