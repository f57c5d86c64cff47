import { helpTexts } from "../src/program/run_program.ts";
import { keptTerminal } from "./_run.ts";

const START = "<!-- the help of every command -->\n";
const END = "<!-- its end -->\n";

const WIDTH = 80;

/** The help of every command, as it stands in the README. */
export function referenceText(): string {
  const texts = [...helpTexts(keptTerminal({ columns: WIDTH }))];
  return texts.map(([command, help]) =>
    `\n### ${command}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`
  ).join("") + "\n";
}

/** What stands in the README in its place. */
export function referenceIn(readme: string): string {
  return readme.slice(
    readme.indexOf(START) + START.length,
    readme.indexOf(END),
  );
}

/** The README with another reference. */
export function withReference(readme: string, reference: string): string {
  const [head] = readme.split(START);
  const [, tail] = readme.split(END);
  return head + START + reference + END + tail;
}
