import { printTitle } from "./_report.ts";

/** Prints what to do next, as commands that work where they are pasted. */
export function printNext(resultsDir: string, seconds: number): void {
  const deno = commandOfDeno();
  const dir = quoted(resultsDir);
  const again = [`${deno} task demo`];
  if (seconds !== 5) again.push(`--seconds ${seconds}`);
  if (resultsDir !== "demo-results") again.push(`--results ${dir}`);
  printTitle("Next");
  for (
    const [what, command] of [
      ["once more, to compare with this run", again.join(" ")],
      ["all runs in a directory, such as this", `${deno} task demo ${dir}`],
      [
        "lists the runs of a kind; examples/list_runs.ts says how",
        `${deno} run -R examples/list_runs.ts ${dir}`,
      ],
      [
        "records, saves and compares; examples/record_and_compare.ts says how",
        `${deno} run -R -W examples/record_and_compare.ts ${dir}`,
      ],
    ]
  ) console.log(`# ${what}\n${command}`);
}

/** With Node alone, Deno was started by `npx`, and there is no other. */
function commandOfDeno(): string {
  return /[\\/]_npx[\\/]/.test(Deno.execPath())
    ? `npx -y deno@${Deno.version.deno}`
    : "deno";
}

/** An argument as a shell reads it. */
function quoted(text: string): string {
  return /^[\w./\\:@%+=-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
