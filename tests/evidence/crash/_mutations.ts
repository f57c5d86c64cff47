import type { MemoryFiles } from "./_memory_files.ts";
import { RUN_ID } from "./_runs.ts";

/** The store without one of its syncs, renames or orders. */
export interface Mutation {
  readonly name: string;
  /** Why nothing needs to notice, where that is so. */
  readonly redundant?: string;
  /** The scenario that does, where it is none of those that show the others. */
  readonly noticedBy?: string;
  readonly change: (files: MemoryFiles) => MemoryFiles;
}

const RUN = `/results/${RUN_ID}`;
const BATCH = /\/\.batches\/[0-9a-f-]{36}$/;
const STAGE = /\/\.staging\/stage-[0-9a-f-]{36}$/;

/** Each sync and each move that the store makes, taken away alone. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: "no fdatasync of the CSV",
    change: withoutSync((path) => path.endsWith("/latency_raw.csv")),
  },
  {
    name: "no fdatasync of the summary",
    change: withoutSync((path) => path.endsWith("/latency_summary.json")),
  },
  {
    name: "no fdatasync of the line in the log of changes",
    noticedBy: "save C over a run with a catalog",
    change: withoutSync((path) => path.endsWith("/.catalog/changes")),
  },
  {
    name: "no fdatasync of the record of the commit",
    redundant: "without it the times in both summaries tell; it counts where " +
      "a clock has gone back",
    change: withoutSync((path) => path.endsWith("/commit.json")),
  },
  {
    name: "no removal of a moved file's second link",
    noticedBy: "repair over a run with a commit in both places",
    change: (files) => {
      const remove = files.remove;
      files.remove = async (path, options) => {
        if (!/\/\.commit\/latency_/.test(String(path))) {
          await remove(path, options);
        }
      };
      return files;
    },
  },
  {
    name: "no fsync of the run when a commit is dropped",
    noticedBy:
      "repair over an unfinished commit that the original has saved over",
    change: withoutSync((path, past) =>
      path.endsWith(RUN) && past.at(-1)?.includes("/.commit -> ") === true
    ),
  },
  {
    name: "no fsync of the stage when the pair is written",
    change: withoutSync((path, past) =>
      STAGE.test(path) && past.some((call) => call.includes("create"))
    ),
  },
  {
    name: "no fsync of a dead process's stage before it is swept",
    change: withoutSync((path, past) =>
      STAGE.test(path) && past.at(-1)?.startsWith("write") !== true &&
      !past.some((call) => call.startsWith(`create ${path}/`))
    ),
  },
  {
    name: "no fsync of the run before files leave .commit",
    change: withoutSync((path, past) => path.endsWith(RUN) && !isMoved(past)),
  },
  {
    name: "no fsync of the run before .commit goes",
    change: withoutSync((path, past) => path.endsWith(RUN) && isMoved(past)),
  },
  {
    name: "no fsync of the results directory after a commit",
    change: withoutSync((path, past) =>
      path.endsWith("/results") &&
      past.some((call) => call.startsWith("rename"))
    ),
  },
  {
    name: "no fsync of the results directory when .staging is made",
    redundant: "the commit syncs it too, and nothing needs .staging to last",
    change: withoutSync((path, past) =>
      path.endsWith("/results") &&
      !past.some((call) => call.startsWith("rename"))
    ),
  },
  {
    name: "no fsync of the parent of the results directory",
    change: withoutSync((path) => /^\/disk-\d+$/.test(path)),
  },
  {
    name: "no move of the CSV out of .commit",
    change: withoutMove("latency_raw.csv"),
  },
  {
    name: "no move of the summary out of .commit",
    change: withoutMove("latency_summary.json"),
  },
  {
    name: "the summary moves out of .commit before the CSV",
    redundant: "after a crash both files are preferred in .commit, in any " +
      "order; the order is for readers that run meanwhile",
    change: swappedMoves,
  },
  {
    name: "the commit of a run that exists is not one rename",
    change: pieceByPiece((to) => to.endsWith("/.commit")),
  },
  {
    name: "the commit of a new run is not one rename",
    change: pieceByPiece((to) => to.endsWith(RUN)),
  },
  {
    name: "the commit of a batch is not one rename",
    noticedBy: "save both C over a run",
    change: pieceByPiece((to) => BATCH.test(to)),
  },
  {
    name: "no fsync of a new run in its batch",
    noticedBy: "save both C over a run",
    change: withoutSync((path) => /\/stage-[0-9a-f-]{36}\/other$/.test(path)),
  },
  {
    name: "no fsync of a pair in its batch",
    noticedBy: "save both C over a run",
    change: withoutSync((path) => /\/stage-[0-9a-f-]{36}\/run$/.test(path)),
  },
  {
    name: "no fsync of a batch before its commit",
    noticedBy: "save both C over a run",
    change: withoutSync((path, past) =>
      STAGE.test(path) && past.some((call) => call.includes("/.overwrites"))
    ),
  },
  {
    name: "no fdatasync of which runs a batch overwrites",
    noticedBy: "save both C over a run",
    change: withoutSync((path) => path.endsWith("/.overwrites")),
  },
  {
    name: "no fsync of a run that a pair of a batch was moved into",
    redundant: "the stage that it left is synced before the commit, and a " +
      "rename is taken to last as a whole",
    change: withoutSync((path, past) =>
      path.endsWith(RUN) && past.some((call) => call.includes("/.batch-")) &&
      !past.some(isBatchCommit)
    ),
  },
  {
    name: "no fsync of .batches after a commit",
    noticedBy: "save both C over a run",
    change: withoutSync((path) => path.endsWith("/.batches")),
  },
  {
    name: "no fsync of the results directory after the commit of a batch",
    noticedBy: "save both C over a run",
    change: withoutSync((path, past) =>
      path.endsWith("/results") && past.some(isBatchCommit) &&
      !past.some(isBatchMove)
    ),
  },
  {
    name: "no fsync of the results directory before a batch goes",
    noticedBy: "save both C over a run",
    change: withoutSync((path, past) =>
      path.endsWith("/results") && past.some(isBatchMove)
    ),
  },
  {
    name: "a deletion is not one rename",
    change: (files) => {
      const rename = files.rename;
      files.rename = async (from, to) => {
        if (!String(from).endsWith(RUN)) return await rename(from, to);
        await files.mkdir(to);
        for await (const { name } of files.readDir(from)) {
          await rename(`${from}/${name}`, `${to}/${name}`);
        }
        await files.remove(from);
      };
      return files;
    },
  },
];

/** Syncs of these, given what was done before, are reported but not done. */
export function withoutSync(
  isMeant: (path: string, past: readonly string[]) => boolean,
): Mutation["change"] {
  return (files) => {
    const began = files.disk.events.length;
    const open = files.openSync;
    files.openSync = (path, options) => {
      const file = open(path, options);
      for (const name of ["sync", "syncData"] as const) {
        const sync = file[name].bind(file);
        file[name] = async () => {
          const past = files.disk.events.slice(began).map(({ call }) => call);
          if (!isMeant(String(path), past)) await sync();
        };
      }
      return file;
    };
    return files;
  };
}

function isBatchCommit(call: string): boolean {
  return call.startsWith("rename") && BATCH.test(call);
}

/** Whether a run or a pair of a batch has come into its place. */
function isBatchMove(call: string): boolean {
  return /^rename \S+\/\.batch\S+ -> /.test(call);
}

/** Whether since the last commit a file has left `.commit`. */
function isMoved(past: readonly string[]): boolean {
  const last = past.findLast((call) =>
    call.startsWith("rename") || call.startsWith("rmdir")
  );
  return last !== undefined && /\/\.commit\/\S+ -> /.test(last);
}

function withoutMove(name: string): Mutation["change"] {
  return (files) => {
    const rename = files.rename;
    files.rename = async (from, to) => {
      if (!String(from).endsWith(`.commit/${name}`)) await rename(from, to);
    };
    return files;
  };
}

function swappedMoves(files: MemoryFiles): MemoryFiles {
  const rename = files.rename;
  files.rename = async (from, to) => {
    const isMove = String(from).includes("/.commit/");
    const swap = (path: string | URL) =>
      String(path).endsWith("raw.csv")
        ? String(path).replace("raw.csv", "summary.json")
        : String(path).replace("summary.json", "raw.csv");
    if (isMove) await rename(swap(from), swap(to));
    else await rename(from, to);
  };
  return files;
}

function pieceByPiece(isMeant: (to: string) => boolean): Mutation["change"] {
  return (files) => {
    const rename = files.rename;
    files.rename = async (from, to) => {
      // The system's answer first: the store goes by it.
      if (!isMeant(String(to)) || !STAGE.test(String(from))) {
        return await rename(from, to);
      }
      await files.mkdir(to);
      for await (const { name } of files.readDir(from)) {
        await rename(`${from}/${name}`, `${to}/${name}`);
      }
      await files.remove(from);
    };
    return files;
  };
}
