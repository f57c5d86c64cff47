import { fromRoot } from "../../_from_root.ts";
import { shell } from "./_sandbox.ts";
import { CASES } from "./_cases.ts";
import { judge } from "./_judge.ts";
import { MODE_CASES } from "./_mode_cases.ts";

/** What takes from root what no ordinary user has. */
const AS_ORDINARY_USER = [
  "--bounding-set=-dac_override,-dac_read_search",
  "--inh-caps=-dac_override,-dac_read_search",
];

const isWindows = Deno.build.os === "windows";

/** What is wrong with the cases that root had others judge, by name. */
let flaws: Promise<Record<string, string>> | undefined;

async function judgeAsOrdinaryUser(): Promise<Record<string, string>> {
  const script = fromRoot("tests/evidence/hostile/_judge_modes.ts");
  const out = await shell(
    "setpriv",
    ...AS_ORDINARY_USER,
    Deno.execPath(),
    "run",
    "-A",
    script,
  );
  return JSON.parse(out);
}

for (const it of CASES) {
  Deno.test({
    name: `hostile input: ${it.name}`,
    ignore: it.skipped !== undefined || isWindows,
    fn: () => judge(it),
  });
}

for (const it of MODE_CASES) {
  Deno.test({
    name: `hostile input: ${it.name}`,
    ignore: isWindows,
    fn: async () => {
      if (Deno.uid() !== 0) return await judge(it);
      flaws ??= judgeAsOrdinaryUser();
      const flaw = (await flaws)[it.name];
      if (flaw !== undefined) throw new Error(flaw);
    },
  });
}
