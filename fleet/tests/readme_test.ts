import { assert, assertEquals } from "@std/assert";
import { FLEET_ERRORS } from "../src/model/fleet_error.ts";
import { ROLES } from "../src/schema/roles.ts";
import { serverTest } from "./_server_test.ts";
import { TestStore } from "./_store.ts";
import { ADMIN_PASSWORD, TestServer } from "./server/_test_server.ts";

const README = await Deno.readTextFile(
  new URL("../README.md", import.meta.url),
);

/** The flags of each command in the table of permissions. */
const FLAGS = new Map(
  [...README.matchAll(/^\| `([a-z]+)` +\| `(--allow-[^`]+)`/gm)]
    .map(([, command, flags]) => [command!, flags!.split(" ")]),
);

serverTest("the README's permissions are enough for each command", async () => {
  assertEquals([...FLAGS.keys()], ["setup", "add", "push", "pull", "recent"]);
  await using server = await TestServer.start();
  await using store = await TestStore.make();
  await store.save("a");
  const directory = await Deno.makeTempDir({ prefix: "hil-metrics-" });
  try {
    await Deno.writeTextFile(`${directory}/ca.pem`, server.ca);
    await Deno.mkdir(`${directory}/elsewhere`);
    await new Deno.Command("cp", {
      args: ["-a", store.resultsDir, `${directory}/results`],
    }).output();
    const run = async (
      user: string,
      secret: Record<string, string>,
      command: string,
      ...args: string[]
    ): Promise<void> => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-q", "--no-prompt", "--allow-net=127.0.0.1"],
          ...["--allow-env=PG*", ...FLAGS.get(command)!],
          ...[new URL("../mod.ts", import.meta.url).href, command, ...args],
        ],
        cwd: directory,
        env: {
          ...{ PGHOST: "127.0.0.1", PGPORT: `${server.port}`, PGUSER: user },
          ...{ PGSSLROOTCERT: "ca.pem", ...secret },
        },
      }).output();
      assertEquals(
        [command, code],
        [command, 0],
        new TextDecoder().decode(stderr),
      );
    };
    const admin = { PGPASSWORD: ADMIN_PASSWORD };
    const bench = { PGPASSFILE: "rig-1.pgpass" };
    await run("postgres", admin, "setup");
    await run(
      ...["postgres", admin, "add"] as const,
      ...["bench", "rig-1", "--passfile", "rig-1.pgpass"],
    );
    await run("bench_rig-1", bench, "push", "results", "--blocks");
    await run("bench_rig-1", bench, "pull", "a", "elsewhere");
    await run("bench_rig-1", bench, "recent");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("the README names every role that can be added", () => {
  for (const role of Object.keys(ROLES)) {
    assert(README.includes(`| \`${role} <`), role);
  }
});

Deno.test("the table of FleetErrorCode says what its errors do", async () => {
  const source = await Deno.readTextFile(
    new URL("../src/model/fleet_error.ts", import.meta.url),
  );
  const rows = [...source.matchAll(/^ \* \| `([A-Z_]+)` \| (.+) \| (.+) \|$/gm)]
    .map(([, code, meaning, remedy]) => [code, { meaning, remedy }]);
  assertEquals(Object.fromEntries(rows), FLEET_ERRORS);
  const union = [...source.matchAll(/^ {2}\| "([A-Z_]+)"/gm)];
  assertEquals(union.map(([, code]) => code), Object.keys(FLEET_ERRORS));
});
