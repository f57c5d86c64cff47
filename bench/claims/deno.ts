import { fileURLToPath } from "node:url";
import { runTask } from "../lib/task.ts";
import { selectCases } from "./cases/select_cases.ts";

const USAGE = `Usage: deno task bench:deno [case...] [options]

Runs the cases under deno bench, each form beside the first of its case.

  --json   print one JSON object
  --help   print this; deno task bench --list lists the cases
`;

const BENCHES = fileURLToPath(new URL("hil_metrics_bench.ts", import.meta.url));

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: { json: { type: "boolean" } },
    read({ json = false }, cases) {
      selectCases(cases, []);
      return { json, cases };
    },
    async run({ json, cases }) {
      const { code } = await new Deno.Command(Deno.execPath(), {
        args: [
          "bench",
          "-P=bench",
          ...json ? ["--json"] : [],
          BENCHES,
          "--",
          ...cases,
        ],
        stdout: "inherit",
        stderr: "inherit",
      }).output();
      Deno.exitCode = code;
    },
  });
}
