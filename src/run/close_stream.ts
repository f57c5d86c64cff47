import { isRun } from "./commit.ts";
import { commitStream } from "./commit_stream.ts";
import { exists, runFailure } from "./failures.ts";
import type { Stream } from "./open_stream.ts";
import type { RunAccess } from "./run_access.ts";
import { JOURNAL_NAME, type RunPaths } from "./run_paths.ts";
import type { SaveRunOptions } from "./save_run.ts";
import { type StreamedPair, writeStreamedPair } from "./write_streamed_pair.ts";

/**
 * Makes a run of a stream. The journal goes as soon as the pair that it became
 * is there for good, and the directory they are both in is what is committed,
 * so that there is never one beside the other's run.
 *
 * @throws {StorageError} `RUN_EXISTS`, or what went wrong; it can be tried
 * again, or the stream be recovered.
 */
export async function closeStream(
  stream: Stream,
  paths: RunPaths,
  pair: Pick<StreamedPair, "timestamp" | "labels">,
  access: RunAccess,
  options: SaveRunOptions,
): Promise<void> {
  const { files, sync } = access;
  const { stage, journal } = stream;
  try {
    await journal.end();
    if (options.ifExists === "fail" && isRun(paths, files)) throw exists(paths);
    if (stream.holds === "journal") {
      const { rows, series, sampleMs } = journal;
      await writeStreamedPair(
        stage.directory,
        {
          ...{ ...pair, runId: paths.runId, incomplete: false },
          ...{ rows, series, sampleMs },
        },
        access,
        options,
      );
      if (sync) await stage.sync();
      stream.holds = "journal and pair";
    }
    if (stream.holds === "journal and pair") {
      await files.remove(`${stage.directory}/${JOURNAL_NAME}`);
      stream.holds = "pair";
    }
    // In a run or its commit it would be in the way.
    if (sync) await stage.sync();
    await commitStream(stage, paths, access, options);
  } catch (error) {
    throw runFailure(paths, "close the stream of", error);
  }
}
