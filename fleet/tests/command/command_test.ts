import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { serverTest, shared } from "../_server_test.ts";
import { TestStore } from "../_store.ts";
import { ADMIN_PASSWORD, TestServer } from "../server/_test_server.ts";

/** What the command ended with, and said. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = new URL("../../mod.ts", import.meta.url).href;

/** A server without a fleet, and a directory for what is written beside it. */
const there = shared(async () => {
  const server = await TestServer.start();
  const directory = await Deno.makeTempDir({ prefix: "hil-metrics-" });
  await Deno.writeTextFile(`${directory}/ca.pem`, server.ca);
  return {
    ...{ server, directory },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
});

/** Runs the command with the permissions that its README names. */
async function run(
  env: Record<string, string>,
  ...args: string[]
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-prompt", "--allow-net=127.0.0.1"],
      ...["--allow-env=PG*", "--allow-read", "--allow-write"],
      ...[MAIN, ...args],
    ],
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function environment(user: string, passfile?: string): Record<string, string> {
  const { server, directory } = there();
  return {
    ...{ PGHOST: "127.0.0.1", PGPORT: `${server.port}`, PGUSER: user },
    PGSSLROOTCERT: `${directory}/ca.pem`,
    ...(passfile === undefined
      ? { PGPASSWORD: ADMIN_PASSWORD }
      : { PGPASSFILE: `${directory}/${passfile}` }),
  };
}

function done({ code, stdout, stderr }: Outcome): string {
  assertEquals([code, stderr], [0, ""], stdout);
  return stdout;
}

serverTest(
  "hil-metrics-fleet sets up a server and a bench by two commands, and feeds and asks it",
  async () => {
    const { directory } = there();
    const admin = environment("postgres");
    done(await run(admin, "setup"));
    const add = (role: string, name: string, file: string) =>
      run(admin, "add", role, name, "--passfile", `${directory}/${file}`);
    done(await add("bench", "rig-1", "rig-1.pgpass"));
    done(await add("reader", "grace", "grace.pgpass"));
    done(await add("owner", "olga", "olga.pgpass"));
    const passfile = await Deno.readTextFile(`${directory}/rig-1.pgpass`);
    const password = passfile.trim().split(":").at(-1)!;
    assertEquals(
      (await Deno.stat(`${directory}/rig-1.pgpass`)).mode! & 0o777,
      0o600,
    );

    await using store = await TestStore.make();
    await store.save("a", { labels: { firmware: "2.1" } });
    await store.save("b");
    const bench = environment("bench_rig-1", "rig-1.pgpass");
    const pushed = done(await run(bench, "push", store.resultsDir, "--blocks"));
    assertEquals(pushed, "rig-1: 2 new, 0 replaced, 0 deleted, 0 unchanged\n");
    assert(!pushed.includes(password));
    const again = done(await run(bench, "push", store.resultsDir, "--json"));
    assertEquals(JSON.parse(again), {
      ...{ bench_id: "rig-1", added: 0, replaced: 0, deleted: 0, unchanged: 2 },
      ...{ too_old: 0, skipped: [] },
    });

    const reader = environment("grace", "grace.pgpass");
    const recent = JSON.parse(
      done(await run(reader, "recent", "--label", "firmware=2.1", "--json")),
    );
    assertEquals(recent.runs.map((it: { run_id: string }) => it.run_id), ["a"]);
    const history = done(await run(reader, "history", "detection", "p95_ms"));
    assertEquals(history.trimEnd().split("\n").length, 3);
    const percentile = done(
      await run(reader, "percentile", "detection", "--quantile", "0.9", "0.99"),
    );
    assertStringIncludes(percentile, "40 durations in 10 series of 1 benches");
    assertStringIncludes(percentile, "0.5 %");
    const outliers = await run(
      ...[
        reader,
        "outliers",
        "detection",
        "p95_ms",
        "--min-runs",
        "1",
      ] as const,
    );
    // A bench alone is unlike no others.
    assertEquals(outliers.code, 3);

    await using elsewhere = await TestStore.make();
    done(
      await run(reader, "pull", "a", elsewhere.resultsDir, "--bench", "rig-1"),
    );
    const files = await store.files();
    assertEquals(
      await elsewhere.files(),
      Object.fromEntries(
        Object.entries(files).filter(([path]) => path.startsWith("a/")),
      ),
    );

    const benches = JSON.parse(done(await run(reader, "benches", "--json")));
    assertEquals(benches.benches[0].bench_id, "rig-1");

    const owner = environment("olga", "olga.pgpass");
    assertStringIncludes(done(await run(owner, "migrate")), "already");
    done(await run(owner, "retain", "--since", "2020-01-01"));
    done(await run(bench, "adopt", store.resultsDir));
    done(await run(bench, "push", store.resultsDir));
  },
);

serverTest(
  "hil-metrics-fleet judges runs by others, and removes a bench",
  async () => {
    const { directory } = there();
    const admin = environment("postgres");
    done(await run(admin, "setup"));
    for (
      const [role, name] of [["bench", "hall"], ["reader", "jo"], [
        "owner",
        "oz",
      ]]
    ) {
      const path = `${directory}/${name}.pgpass`;
      done(await run(admin, "add", role!, name!, "--passfile", path));
    }
    await using store = await TestStore.make();
    for (let i = 0; i < 6; i++) {
      await store.save(`old_${i}`, { seed: i + 1, labels: { build: "1" } });
      if (i > 2) continue;
      await store.save(`new_${i}`, {
        ...{ seed: i + 7, slowDown: 1.5, labels: { build: "2" } },
      });
    }
    const bench = environment("bench_hall", "hall.pgpass");
    done(await run(bench, "push", store.resultsDir, "--blocks"));
    const reader = environment("jo", "jo.pgpass");
    const sides = ["--candidate", "build=2", "--baseline", "build=1"];
    const slower = await run(reader, "judge", ...sides, "--json");
    assertEquals([slower.code, slower.stderr], [1, ""]);
    const { verdict, rows, candidates, baselines } = JSON.parse(slower.stdout);
    assertEquals(verdict, "regressed");
    assertEquals(rows[0].metric_type, "detection");
    assertEquals([candidates.length, baselines.length], [3, 6]);
    const words = await run(reader, "judge", ...sides, "--budget", "max<1");
    assertStringIncludes(words.stdout, "3 candidates, 6 baselines");
    const none = await run(
      ...[reader, "judge", "--candidate", "build=3"] as const,
      ...["--baseline", "build=1"],
    );
    assertEquals(none.code, 4);
    assertStringIncludes(none.stderr, "candidate");

    const owner = environment("oz", "oz.pgpass");
    assertStringIncludes(done(await run(owner, "remove", "hall")), "9 runs");
    const refused = await run(bench, "push", store.resultsDir);
    assertEquals(refused.code, 3);
  },
);

serverTest(
  "hil-metrics-fleet exits with what says why it could not",
  async () => {
    const { directory } = there();
    const admin = environment("postgres");
    done(await run(admin, "setup"));
    const file = `${directory}/exits.pgpass`;
    done(await run(admin, "add", "bench", "exits", "--passfile", file));
    const bench = environment("bench_exits", "exits.pgpass");
    await using store = await TestStore.make();
    await store.save("a");

    const cases: readonly [Record<string, string>, string[], number, string][] =
      [
        [bench, ["nonsense"], 2, "nonsense"],
        [bench, ["push"], 2, "results"],
        [bench, ["push", "x", "--connections", "many"], 2, "many"],
        [bench, ["push", store.resultsDir, "--connections", "99"], 2, "99"],
        [bench, ["retain", "--since", "soon"], 2, "soon"],
        [bench, ["history", "m", "p94_ms"], 2, "p94_ms"],
        [admin, ["add", "king", "x", "--passfile", `${file}2`], 2, "king"],
        [
          admin,
          ["add", "bench", "Rig 1", "--passfile", `${file}3`],
          2,
          "Rig 1",
        ],
        [admin, ["push", store.resultsDir], 3, "no login of a bench"],
        [bench, ["push", `${store.resultsDir}/missing`], 4, "not there"],
        [bench, ["pull", "x", store.resultsDir], 4, "no run"],
        [bench, ["setup"], 3, "permission denied"],
        [bench, ["migrate"], 3, "permission denied"],
        [
          { ...bench, PGPASSWORD: "wrong" },
          ["push", store.resultsDir],
          3,
          "password",
        ],
        [
          { ...bench, PGPORT: "1" },
          ["push", store.resultsDir, "--patience", "0.3"],
          ...[3, "nothing is lost"] as const,
        ],
        [
          {
            ...bench,
            PGSSLROOTCERT: file.replace("exits.pgpass", "missing.pem"),
          },
          ["push", store.resultsDir],
          ...[3, "missing.pem"] as const,
        ],
        [{ ...bench, PGHOST: "" }, ["recent"], 2, "PGHOST"],
      ];
    for (const [env, args, wanted, named] of cases) {
      const { code, stdout, stderr } = await run(env, ...args);
      assertEquals([code, stdout], [wanted, ""], `${args}: ${stderr}`);
      assertStringIncludes(stderr, named);
      assert(!stderr.includes("    at "), stderr);
    }
    const again = ["add", "reader", "again", "--passfile", `${file}4`];
    assertEquals((await run({ ...admin, PGPORT: "1" }, ...again)).code, 3);
    done(await run(admin, ...again));
    assertStringIncludes(done(await run(admin, "migrate")), "already");
    await Deno.chmod(file, 0o644);
    const open = await run(bench, "push", store.resultsDir);
    assertEquals(open.code, 2, open.stderr);
    assertStringIncludes(open.stderr, "chmod 600");
  },
);
