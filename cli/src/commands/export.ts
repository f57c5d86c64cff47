import { gzip } from "@astraguard/hil-metrics";
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportRun,
  type ExportRunOptions,
} from "../export/export_run.ts";
import { writeWhole } from "../files/write_whole.ts";
import { lazyZstd } from "../runs/lazy_zstd.ts";
import { openStore } from "../runs/open_store.ts";
import { resolveRun } from "../runs/resolve_runs.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** What `export` was asked for. */
export interface ExportOptions {
  readonly format?: ExportFormat;
  readonly output?: string;
  readonly compress?: "gzip" | "zstd";
}

const EXTENSION = /\.(csv|jsonl|parquet)(\.gz|\.zst)?$/;

/** Writes a run in another format, to a file or standard output. */
export async function run(
  context: Context,
  [name]: readonly string[],
  options: ExportOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const [, extension, ending] = EXTENSION.exec(options.output ?? "") ?? [];
  const format = options.format ?? extension as ExportFormat ??
    EXPORT_FORMATS[0]!;
  const compress = options.compress ??
    (ending === ".gz" ? "gzip" : ending === ".zst" ? "zstd" : undefined);
  if (format === "parquet" && compress === "gzip") {
    throw new UsageError("Parquet is compressed by snappy, or by zstd");
  }
  const store = openStore(context);
  const storage = store.run(await resolveRun(store, name!));
  const chunks = exportRun(storage, format, {
    ...await compressionOf(format, compress),
    signal: terminal.signal,
  });
  if (options.output !== undefined) {
    await writeWhole(options.output, chunks);
  } else for await (const chunk of chunks) await terminal.write(chunk);
  return ExitCode.done;
}

async function compressionOf(
  format: ExportFormat,
  compress: ExportOptions["compress"],
): Promise<ExportRunOptions> {
  if (compress === undefined) return {};
  if (format !== "parquet") {
    return { codec: compress === "gzip" ? gzip : lazyZstd };
  }
  const { parquetZstd } = await import("../export/parquet_zstd.ts");
  return { compression: parquetZstd };
}
