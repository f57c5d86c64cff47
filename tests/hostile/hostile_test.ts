import { CASES } from "./_cases.ts";
import { judge } from "./_judge.ts";

for (const it of CASES) {
  Deno.test({
    name: `hostile input: ${it.name}`,
    ignore: it.skipped !== undefined || Deno.build.os === "windows",
    fn: () => judge(it),
  });
}
