import { assert, assertEquals } from "@std/assert";
import { fromRoot } from "../../_from_root.ts";

/** A user by number, who needs no entry anywhere. */
interface Account {
  readonly uid: number;
  readonly umask: string;
}

const GROUP = 54_100;
const ALICE: Account = { uid: 54_001, umask: "022" };
const BOB: Account = { uid: 54_002, umask: "022" };
const ROOT: Account = { uid: 0, umask: "022" };

const isRoot = Deno.uid() === 0;
const canBecome = isRoot && await works(as(ALICE, ["true"]));
const missing = canBecome ? "" : " (ignored: it takes root and setpriv)";

/** What each account runs: the package in one file, by a runtime it may run. */
const SCRIPT = `
import { LatencyCollector, MetricsStorage } from "./hil_metrics.js";
const [resultsDir, act, runId] = Deno.args;
const collector = new LatencyCollector();
collector.recordFaultDetection("SAT1", 1, 2);
const storage = new MetricsStorage(runId, { resultsDir });
try {
  if (act === "save") await storage.saveLatencyStats(collector);
  if (act === "repair") await storage.repairRun();
  if (act === "delete") await storage.deleteRun();
  console.log("done");
} catch (error) {
  console.log(error.code, error.path?.slice(resultsDir.length));
}`;

class Lab implements AsyncDisposable {
  readonly resultsDir: string;
  readonly #dir: string;
  readonly #deno: string;

  private constructor(dir: string, deno: string) {
    this.#dir = dir;
    this.#deno = deno;
    this.resultsDir = `${dir}/results`;
  }

  /** A results directory of this owner, group and mode. */
  static async make(uid: number, gid: number, mode: number): Promise<Lab> {
    const dir = await Deno.makeTempDir({ prefix: "hil_accounts_" });
    await Deno.chmod(dir, 0o755);
    let deno = Deno.execPath();
    if (!await works(as(ALICE, ["test", "-x", deno]))) {
      deno = `${dir}/deno`;
      await Deno.copyFile(Deno.execPath(), deno);
      await Deno.chmod(deno, 0o755);
    }
    const bundle = `${dir}/hil_metrics.js`;
    await output([Deno.execPath(), "bundle", "-q", "-o", bundle, "mod.ts"], {
      cwd: fromRoot("."),
    });
    await Deno.chmod(bundle, 0o644);
    await Deno.writeTextFile(`${dir}/act.js`, SCRIPT, { mode: 0o644 });
    const lab = new Lab(dir, deno);
    await Deno.mkdir(lab.resultsDir);
    await Deno.chown(lab.resultsDir, uid, gid);
    await Deno.chmod(lab.resultsDir, mode);
    return lab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#dir, { recursive: true });
  }

  /** What comes of it: `done`, or the error's code and path. */
  async act(account: Account, act: string, runId: string): Promise<string> {
    const { resultsDir } = this;
    return await output(as(account, [
      "env",
      `HOME=${this.#dir}/none`,
      `DENO_DIR=${this.#dir}/none`,
      this.#deno,
      ...["run", "--quiet", "--no-config", "--cached-only"],
      `--allow-read=${this.#dir}`,
      `--allow-write=${this.#dir}`,
      `${this.#dir}/act.js`,
      ...[resultsDir, act, runId],
    ]));
  }
}

/** The command that runs another one as somebody else. */
function as({ uid, umask }: Account, command: string[]): string[] {
  const id = uid === 0 ? [] : [
    "setpriv",
    ...["--reuid", String(uid), "--regid", String(uid), "--groups"],
    String(GROUP),
  ];
  return [...id, "sh", "-c", `umask ${umask} && exec "$@"`, "sh", ...command];
}

async function output(
  [command, ...args]: string[],
  options: Deno.CommandOptions = {},
): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(command!, {
    args,
    ...options,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

async function works([command, ...args]: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command!, { args }).output()).success;
  } catch {
    return false;
  }
}

function testAccounts(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + missing, ignore: !canBecome, fn });
}

testAccounts(
  "two accounts share a results directory of their group",
  async () => {
    await using lab = await Lab.make(0, GROUP, 0o2775);
    assertEquals(await lab.act(ALICE, "save", "run_a"), "done");
    assertEquals(await lab.act(BOB, "save", "run_b"), "done");
    assertEquals(await lab.act(ALICE, "repair", "run_b"), "done");
    const staging = await Deno.stat(`${lab.resultsDir}/.staging`);
    assertEquals([staging.mode! & 0o7777, staging.gid], [0o2775, GROUP]);
    // The run itself follows the umask of who has made it.
    const run = await Deno.stat(`${lab.resultsDir}/run_a`);
    assertEquals([run.mode! & 0o777, run.uid], [0o755, ALICE.uid]);
    assertEquals(
      await lab.act(BOB, "save", "run_a"),
      "PERMISSION_DENIED /run_a/.commit",
    );
  },
);

testAccounts(
  "accounts whose umask lets the group write replace each other's runs",
  async () => {
    await using lab = await Lab.make(0, GROUP, 0o2775);
    const [alice, bob] = [ALICE, BOB].map((it) => ({ ...it, umask: "002" }));
    assertEquals(await lab.act(alice!, "save", "run"), "done");
    assertEquals(await lab.act(bob!, "save", "run"), "done");
    const csv = await Deno.stat(`${lab.resultsDir}/run/latency_raw.csv`);
    assertEquals([csv.mode! & 0o777, csv.gid], [0o664, GROUP]);
    assertEquals(await lab.act(alice!, "delete", "run"), "done");
  },
);

testAccounts(
  "all accounts save to a directory that is everyone's",
  async () => {
    await using lab = await Lab.make(0, 0, 0o1777);
    assertEquals(await lab.act(ALICE, "save", "run_a"), "done");
    assertEquals(await lab.act(BOB, "save", "run_b"), "done");
    assertEquals(await lab.act(ALICE, "save", "run_a"), "done");
  },
);

testAccounts(
  "a first save by root does not lock the directory's owner out",
  async () => {
    await using lab = await Lab.make(ALICE.uid, ALICE.uid, 0o755);
    assertEquals(await lab.act(ROOT, "save", "run_root"), "done");
    assertEquals(await lab.act(ALICE, "save", "run_a"), "done");
    assertEquals(await lab.act(ALICE, "save", "run_a"), "done");
  },
);

testAccounts(
  "what another account's dead process has left stops neither a save nor a repair",
  async () => {
    await using lab = await Lab.make(ALICE.uid, ALICE.uid, 0o755);
    assertEquals(await lab.act(ALICE, "save", "run"), "done");
    const staging = `${lab.resultsDir}/.staging`;
    await Deno.writeTextFile(`${staging}/run`, "");
    const stage = `${staging}/stage-00000001-0000-4000-8000-000000000000`;
    await Deno.mkdir(stage, { mode: 0o700 });
    await Deno.writeTextFile(`${stage}/latency_raw.csv`, "x");
    assertEquals(await lab.act(ALICE, "save", "run"), "done");
    assertEquals(await lab.act(ALICE, "repair", "run"), "done");
    await Deno.writeTextFile(`${staging}/run`, "", { mode: 0o600 });
    await Deno.chmod(`${staging}/run`, 0o600);
    assertEquals(
      await lab.act(ALICE, "save", "run"),
      "PERMISSION_DENIED /.staging/run",
    );
  },
);
