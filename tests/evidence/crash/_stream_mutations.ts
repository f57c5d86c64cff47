import { type Mutation, withoutSync } from "./_mutations.ts";
import { RUN_ID } from "./_runs.ts";

const STREAM = `/results/.streams/${RUN_ID}`;
const STAGE = /\/\.streams\/stage-[0-9a-f-]{36}$/;

/** Each sync and each move of a stream, taken away alone. */
export const STREAM_MUTATIONS: readonly Mutation[] = [
  {
    name: "no fdatasync of a journal's header",
    change: withoutSync((path, past) =>
      path.endsWith("/journal") && !isOpen(past)
    ),
  },
  {
    name: "no fsync of a stream's directory before it takes its place",
    change: withoutSync((path, past) => isStream(path) && !isOpen(past)),
  },
  {
    name: "no fsync of .streams when a stream is opened",
    change: withoutSync((path) => path.endsWith("/.streams")),
  },
  {
    name: "no fsync of the results directory when .streams is made",
    change: withoutSync((path, past) =>
      path.endsWith("/results") &&
      past.some((call) => /^mkdir .*\/\.streams$/.test(call)) &&
      !past.some((call) => call.startsWith("rename"))
    ),
  },
  {
    name: "no fdatasync of a batch",
    change: withoutSync((path, past) =>
      path.endsWith("/journal") && isOpen(past)
    ),
  },
  {
    name: "no fdatasync of a streamed CSV",
    change: withoutSync((path) => path.endsWith("/latency_raw.csv")),
  },
  {
    name: "no fdatasync of a streamed summary",
    change: withoutSync((path) => path.endsWith("/latency_summary.json")),
  },
  {
    name: "no fsync of a stream's pair before its journal goes",
    change: withoutSync((path, past) =>
      isStream(path) && past.at(-1)?.includes("latency_summary.json") === true
    ),
  },
  {
    name: "no fsync of a stream after its journal has gone",
    change: withoutSync((path, past) =>
      isStream(path) && past.at(-1)?.startsWith("unlink") === true
    ),
  },
  {
    name: "no removal of the journal of a stream that becomes a run",
    change: (files) => {
      const remove = files.remove;
      files.remove = async (path, options) => {
        if (!String(path).endsWith("/journal")) await remove(path, options);
      };
      return files;
    },
  },
  {
    name: "no fsync of the results directory after a stream became a run",
    change: withoutSync((path, past) =>
      path.endsWith("/results") &&
      past.some((call) => isRename(call, `/results/${RUN_ID}`))
    ),
  },
  {
    name: "a stream does not become a run in one rename",
    change: pieceByPiece(
      (from, to) => isStream(from) && to.endsWith(`/results/${RUN_ID}`),
    ),
  },
  {
    name: "no sync of what a recovery finds",
    change: withoutSync((path, past) =>
      !past.some((call) => call.startsWith("create")) && (
        path.endsWith("/journal") || path.endsWith("/.streams") ||
        isStream(path)
      )
    ),
    noticedBy: "nested",
  },
];

function isStream(path: string): boolean {
  return path.endsWith(STREAM) || STAGE.test(path);
}

function isOpen(past: readonly string[]): boolean {
  return past.some((call) => isRename(call, STREAM));
}

function isRename(call: string, to: string): boolean {
  return call.startsWith("rename") && call.endsWith(to);
}

/** Renames of these, where the system would do them, are many of their files. */
function pieceByPiece(
  isMeant: (from: string, to: string) => boolean,
): Mutation["change"] {
  return (files) => {
    const rename = files.rename;
    files.rename = async (from, to) => {
      if (!isMeant(String(from), String(to))) return await rename(from, to);
      await files.mkdir(to);
      for await (const { name } of files.readDir(from)) {
        await rename(`${from}/${name}`, `${to}/${name}`);
      }
      await files.remove(from);
    };
    return files;
  };
}
