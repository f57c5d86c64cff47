import fs from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";

const { chromium } = await importPlaywright();

/** How a page is looked at. */
export interface View {
  /** @default {1400} */
  readonly width?: number;
  /** @default {"light"} */
  readonly colorScheme?: "light" | "dark";
}

/** A page, and what should not happen on it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What was printed, or thrown and not caught. */
  readonly messages: readonly string[];
  /** Everything that was asked for, but the file itself. */
  readonly requests: readonly string[];
}

const UNPACK = fileURLToPath(new URL("unpack_chromium.ts", import.meta.url));
const HEIGHT = 900;

/**
 * A Chromium of its own for a file of tests: unpacked into a directory that goes
 * with it, and needs neither root nor packages of the system.
 */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #directory: string;

  private constructor(browser: Browser, directory: string) {
    this.#browser = browser;
    this.#directory = directory;
  }

  /** Unpacks and starts it. */
  static async start(): Promise<TestBrowser> {
    const directory = await Deno.makeTempDir({ prefix: "hil_report_test_" });
    try {
      const executablePath = await unpackChromium(directory);
      await Deno.writeTextFile(`${directory}/fonts.conf`, fontsOf(directory));
      const browser = await chromium.launch({
        executablePath,
        // Chromium has no sandbox for root, as whom CI often runs; and where it
        // forks others, nobody may be there to collect them.
        args: ["--no-sandbox", "--no-zygote"],
        env: {
          HOME: directory,
          TMPDIR: directory,
          FONTCONFIG_FILE: `${directory}/fonts.conf`,
          LD_LIBRARY_PATH: `${directory}/al2023/lib`,
        },
      });
      return new TestBrowser(browser, directory);
    } catch (error) {
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }

  /** Opens HTML as a file, as the one who gets a report does. */
  async open(
    html: string,
    { width = 1400, colorScheme = "light" }: View = {},
  ): Promise<OpenPage> {
    const path = `${this.#directory}/${crypto.randomUUID()}.html`;
    await Deno.writeTextFile(path, html);
    const page = await this.#browser.newPage({
      viewport: { width, height: HEIGHT },
      colorScheme,
    });
    const messages: string[] = [];
    const requests: string[] = [];
    page.on("console", (it) => messages.push(it.text()));
    page.on("pageerror", (it) => messages.push(String(it)));
    page.on("dialog", (it) => messages.push(it.message()));
    page.on("request", (it) => requests.push(it.url()));
    await page.goto(`file://${path}`);
    requests.splice(requests.indexOf(`file://${path}`), 1);
    return {
      page,
      messages,
      requests,
      [Symbol.asyncDispose]: async () => {
        await page.close();
        await Deno.remove(path);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

async function unpackChromium(directory: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=tests", UNPACK],
    // So that it unpacks libraries too, which a small system does not have.
    env: { TMPDIR: directory, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout).trim();
}

/** Has the fonts that were unpacked, and no others: pages are as wide anywhere. */
function fontsOf(directory: string): string {
  return `<?xml version="1.0"?>
<fontconfig>
  <dir>${directory}/fonts</dir>
  <cachedir>${directory}/fonts-cache</cachedir>
</fontconfig>
`;
}

/**
 * Playwright looks in `/proc` whether this is Windows, which Deno allows only
 * with every permission there is.
 */
async function importPlaywright(): Promise<typeof import("playwright-core")> {
  const { existsSync } = fs;
  fs.existsSync = (path) =>
    !String(path).startsWith("/proc/") && existsSync(path);
  try {
    return await import("playwright-core");
  } finally {
    fs.existsSync = existsSync;
  }
}

/** Scrolls through a page, so that every figure is drawn. */
export async function drawAll(page: Page): Promise<void> {
  const height = await page.evaluate(() => document.body.scrollHeight);
  for (let top = 0; top < height; top += HEIGHT / 2) {
    await page.evaluate((to) => scrollTo(0, to), top);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await page.waitForFunction(() =>
    document.querySelector("[data-plot]") === null
  );
}
