import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromRoot } from "../../tests/_from_root.ts";
import { PASSWORD, TestFleet } from "./_fleet.ts";
import { serverTest } from "./_server_test.ts";
import { TestStore } from "./_store.ts";

serverTest(
  "push_and_ask.ts pushes a bench and asks for percentiles over all",
  async () => {
    await using fleet = await TestFleet.start();
    await using store = await TestStore.make();
    await store.save("a");
    await store.save("b", { seed: 2 });
    const { host, port, database, ca } = fleet.optionsOf("reader");
    const caPath = `${store.resultsDir}/ca.pem`;
    await Deno.writeTextFile(caPath, ca as string);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-prompt", "--allow-net=127.0.0.1"],
        ...["--allow-env=PG*", `--allow-read=${store.resultsDir}`],
        `--allow-write=${store.resultsDir}`,
        fromRoot("examples/fleet/push_and_ask.ts"),
        ...[store.resultsDir, "detection"],
      ],
      env: {
        ...{ NO_COLOR: "1", PGHOST: host!, PGPORT: `${port}` },
        ...{ PGDATABASE: database!, PGSSLROOTCERT: caPath },
        ...{ PGUSER: "bench_rig-1", PGPASSWORD: PASSWORD },
        ...{ PGREADER: "reader", PGREADERPASSWORD: PASSWORD },
      },
    }).output();
    const said = new TextDecoder().decode(stdout);
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertStringIncludes(said, "2 runs pushed");
    assertStringIncludes(said, "0.99");
    assertStringIncludes(said, "within 0.5 %");
    assertStringIncludes(said, "rig-1 pushed last at ");
  },
);
