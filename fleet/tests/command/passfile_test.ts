import { assertEquals, assertRejects } from "@std/assert";
import { passfileLine, readPassfile } from "../../src/command/_passfile.ts";

const LOGIN = { host: "db", port: 5432, database: "fleet", user: "bench_a" };

async function withFile(
  text: string,
  test: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "hil-metrics-" });
  try {
    await Deno.writeTextFile(path, text);
    await test(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readPassfile() takes the first line that fits, as PostgreSQL does", async () => {
  const cases: readonly [text: string, password: string | undefined][] = [
    ["", undefined],
    ["db:5432:fleet:bench_a:secret\n", "secret"],
    ["#db:5432:fleet:bench_a:no\n*:*:*:*:any\n", "any"],
    ["db:5433:fleet:bench_a:no\ndb:*:fleet:bench_a:yes", "yes"],
    ["db:5432:fleet:bench_b:no\n", undefined],
    ["db:5432:fleet:bench_a:a\\:b\\\\c\r\n", "a:b\\c"],
    ["db:5432:fleet\n", undefined],
    ["db:5432:fleet:bench_a:\n", ""],
  ];
  for (const [text, password] of cases) {
    await withFile(text, async (path) => {
      assertEquals(await readPassfile(path, LOGIN), password, text);
    });
  }
});

Deno.test("passfileLine() writes what readPassfile() reads, whatever is in it", async () => {
  const login = { ...LOGIN, host: "fe80::1", user: "a\\b:c" };
  await withFile(passfileLine(login, "p:\\:w"), async (path) => {
    assertEquals(await readPassfile(path, login), "p:\\:w");
  });
});

Deno.test("readPassfile() refuses a file that others may read", async () => {
  await withFile("*:*:*:*:x", async (path) => {
    await Deno.chmod(path, 0o640);
    await assertRejects(() => readPassfile(path, LOGIN), RangeError, "600");
  });
});
