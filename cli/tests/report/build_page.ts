import { fileURLToPath } from "node:url";
import uPlotPackage from "uplot/package.json" with { type: "json" };
import uPlotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };

/** The module that carries script and style of a report. */
export const PAGE_ASSETS = new URL(
  "../../src/report/page_assets.ts",
  import.meta.url,
);

const PAGE = new URL("../../src/report/page/", import.meta.url);

/**
 * The text of that module, made of the files of the page and of uPlot.
 *
 * Note: JSR and bundlers need nothing for a module, where a file that is
 * imported as text, or of another package, may not reach the one who installs.
 */
export async function buildPage(): Promise<string> {
  const { version, author, license } = uPlotPackage;
  const banner = `/*! With uPlot ${version} by ${
    author.replace(/ <.*/, "")
  }, ${license} licence, https://github.com/leeoniya/uPlot */\n`;
  const script = banner +
    (await bundle(fileURLToPath(new URL("main.ts", PAGE))))
      .trim();
  const style = `${uPlotStyle.trim()}\n${await Deno.readTextFile(
    new URL("style.css", PAGE),
  )}`;
  if (/<\/(script|style)|<!--/i.test(script + style)) {
    throw new Error("What ends an element may not stand in script or style");
  }
  return `// deno-fmt-ignore-file
// Made by \`deno run -P=tests cli/tests/report/build_page.ts\` of page/ and uPlot.

/** The script of a report. */
export const PAGE_SCRIPT: string = ${JSON.stringify(script)};

/** What a policy allows that script by. */
export const PAGE_SCRIPT_HASH = "${await hashOf(script)}";

/** The style sheet of a report. */
export const PAGE_STYLE: string = ${JSON.stringify(style)};

/** What a policy allows that style sheet by. */
export const PAGE_STYLE_HASH = "${await hashOf(style)}";
`;
}

async function bundle(path: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "-q",
      "--minify",
      "--format=iife",
      "--platform=browser",
      path,
    ],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`deno bundle: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

async function hashOf(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256-${new Uint8Array(digest).toBase64()}`;
}

if (import.meta.main) await Deno.writeTextFile(PAGE_ASSETS, await buildPage());
