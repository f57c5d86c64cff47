import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromRoot } from "../../tests/_from_root.ts";
import { withResultsDir } from "../../tests/_results_dir.ts";
import { run, saveRuns } from "./_run.ts";

Deno.test("A command or option that is mistyped is usage, with what was meant", async () => {
  for (
    const [args, said] of [
      [["lst"], "Did you mean list?"],
      [["list", "--limt", "3"], "Did you mean --limit?"],
      [["list", "--limit", "0"], "It must be a whole number from 1."],
      [["list", "--since", "yesterday"], "It must be a date"],
      [["list", "--label", "host"], "It must be NAME=VALUE."],
      [["list", "--order", "size"], "Allowed choices are mtime, name."],
      [["gate", "a", "--min-change", "-1"], "It must be a share above 0"],
      [["show"], "missing required argument 'run'"],
      [["gate"], "Name the runs to judge"],
      [["verify"], "Name runs to verify, or --all"],
      [["prune"], "--older-than"],
    ] as const
  ) {
    const { code, out, err } = await run(args);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertStringIncludes(err, said);
  }
});

Deno.test("Help and version are no failure, and no command is usage", async () => {
  assertEquals((await run(["--version"])).code, 0);
  for (const args of [["help"], ["--help"], ["help", "gate"], ["gate", "-h"]]) {
    const { code, out } = await run(args, { columns: 80 });
    assertEquals(code, 0);
    assertStringIncludes(out, "Usage: hil-metrics");
    assertEquals(out.split("\n").filter((line) => line.length > 80), []);
  }
  assertEquals((await run([])).code, 2);
});

Deno.test("The results directory is an option, the environment's, or results", async () => {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { run_1: 100 });
    const environment = (name: string) =>
      name === "HIL_METRICS_RESULTS" ? resultsDir : undefined;
    const args = ["list", "--ids"];
    assertEquals((await run(args, { environment })).out, "run_1\n");
    assertEquals(
      (await run([...args, "--results", resultsDir])).out,
      "run_1\n",
    );
    const other = ["--results", `${resultsDir}/none`];
    assertEquals((await run([...args, ...other], { environment })).out, "");
  });
});

Deno.test("A failure names its code, path and remedy", async () => {
  const { code, err } = await run(["show", "x", "--results", "/nowhere"]);
  assertEquals(code, 4);
  assertStringIncludes(err, "error RUN_NOT_FOUND:");
  assertStringIncludes(err, "/nowhere");
  assertStringIncludes(err, "remedy: check the id");
});

Deno.test("Output that cannot be written is an error that names it, and no verdict", async () => {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { run_1: 100 });
    for (const args of [["help"], ["list"], ["export", "run_1"]]) {
      const program = fromRoot("cli/mod.ts");
      const { code, stderr } = await new Deno.Command("sh", {
        args: [
          ...["-c", `"$0" "$@" > /dev/full`, Deno.execPath(), "run", "-q"],
          ...["-A", program, ...args],
        ],
        env: { HIL_METRICS_RESULTS: resultsDir, NO_COLOR: "1" },
      }).output();
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 4, said);
      assertEquals(
        said,
        "error: Cannot write the output: No space left on device (os error 28)\n",
      );
    }
  });
});

Deno.test("What nobody expected is no verdict either", async () => {
  const { code, err } = await run(["list"], {
    environment: () => {
      throw new Error("surprise");
    },
  });
  assertEquals(code, 4);
  assertStringIncludes(err, "error: Error: surprise\n    at ");
});

Deno.test("A document holds nothing that commands a terminal", async () => {
  await withResultsDir(async (resultsDir) => {
    const labels = { note: "\u009b31m\u202e👩‍🚀" };
    await saveRuns(resultsDir, { run_1: 100 }, labels);
    const { out } = await run(
      ["show", "run_1", "--json", "--results", resultsDir],
    );
    assertEquals(/(?!\n)\p{C}/u.test(out), false);
    assertEquals(JSON.parse(out).labels, labels);
  });
});

Deno.test("A baseline is not named as what stands for a run already", async () => {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { run_1: 100, run_2: 100 });
    const at = ["--results", resultsDir];
    for (const name of ["latest", "latest~1", "run_1"]) {
      const { code, err } = await run([
        "baseline",
        "name",
        name,
        "run_2",
        ...at,
      ]);
      assertEquals(code, 2);
      assertStringIncludes(err, `"${name}" is a run`);
    }
    assertEquals(
      (await run(["baseline", "name", "main", "run", ...at])).code,
      2,
    );
    assertEquals(
      (await run(["baseline", "name", "main", "run_1", ...at])).code,
      0,
    );
  });
});

Deno.test("Colour is for terminals that have it", async () => {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { run_1: 100 });
    const args = ["show", "run_1", "--results", resultsDir];
    const { out } = await run(args, { hasColour: true });
    assertEquals(out.includes("\x1b[1mrun_1\x1b[22m"), true);
    assertEquals((await run(args)).out.includes("\x1b"), false);
  });
});
