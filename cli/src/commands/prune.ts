import { type RunStore, StorageError } from "@astraguard/hil-metrics";
import { openStore } from "../runs/open_store.ts";
import { counted } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import { warn } from "../tables/warn.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { Progress } from "../terminal/progress.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** What `prune` was asked for. */
export interface PruneOptions {
  readonly olderThan?: Date;
  readonly keep?: number;
  readonly prefix?: string;
  readonly label?: Record<string, string>;
  readonly yes?: true;
}

/** Deletes runs that are old or too many, or shows which it would delete. */
export async function run(
  context: Context,
  _names: readonly string[],
  options: PruneOptions,
): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const { olderThan, keep = 0, yes = false } = options;
  if (olderThan === undefined && options.keep === undefined) {
    throw new UsageError(
      "Say which runs go: --older-than TIME, --keep COUNT, or both",
    );
  }
  const store = openStore(context);
  const unreadable: StorageError[] = [];
  // What is kept are the newest of those that were asked about, whatever their age.
  const candidates = (await store.recentRuns({
    limit: Infinity,
    ...(options.prefix !== undefined && { prefix: options.prefix }),
    ...(options.label && { labels: options.label }),
    onUnreadable: (error) => unreadable.push(error),
  })).slice(keep);
  const old = new Set(
    olderThan === undefined
      ? candidates
      : await store.recentRuns({ limit: Infinity, until: olderThan }),
  );
  const kept = keptRuns(store);
  const wanted = candidates.filter((it) => old.has(it));
  const going = wanted.filter((it) => !kept.has(it));
  const pinned = wanted.filter((it) => kept.has(it));
  const failures = yes ? await deleteAll(store, going, context) : [];
  const failed = new Set(failures.map(({ runId }) => runId));
  if (isJson) {
    printJson({
      deleted: yes ? going.filter((it) => !failed.has(it)) : [],
      would_delete: yes ? [] : going,
      pinned,
      failed: failures.map(({ runId, error: { code, message } }) => ({
        run_id: runId,
        code,
        message,
      })),
    }, terminal);
  } else {
    for (const runId of going) {
      if (!failed.has(runId)) terminal.print(harmless(runId));
    }
    const done = going.length - failed.size;
    terminal.tell(
      yes
        ? `${counted(done, "run")} deleted`
        : `${counted(done, "run")} would be deleted; --yes deletes`,
    );
    terminal.tell(
      pinned.length > 0 ? `, ${pinned.length} more pinned\n` : "\n",
    );
  }
  for (
    const { code, message } of [
      ...unreadable,
      ...failures.map(({ error }) => error),
    ]
  ) {
    warn(message, terminal, code);
  }
  return failures.length === 0 ? ExitCode.done : ExitCode.data;
}

/** Runs that are pinned, or part of a baseline. */
function keptRuns(store: RunStore): Set<string> {
  const { baselines, pinned } = store.baselines.read();
  return new Set([...pinned, ...Object.values(baselines).flat()]);
}

async function deleteAll(
  store: RunStore,
  runIds: readonly string[],
  { terminal }: Context,
): Promise<{ runId: string; error: StorageError }[]> {
  using progress = new Progress(terminal, "Deleting");
  const failures: { runId: string; error: StorageError }[] = [];
  for (const [i, runId] of runIds.entries()) {
    progress.update({ share: i / runIds.length });
    try {
      await store.run(runId).deleteRun();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      failures.push({ runId, error });
    }
  }
  return failures;
}
