import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import {
  type JournalDecoder,
  type JournalRows,
  JournalSyntaxError,
} from "../formats/journal/journal_decoder.ts";
import { throwIfAborted } from "../model/interruption.ts";
import { StorageError } from "../model/errors.ts";
import { alongside } from "../event_loop/alongside.ts";
import { turns } from "../event_loop/turns.ts";
import { damagedJournal } from "./failures.ts";

const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a journal through a decoder, block by block; each stays as it is until
 * the next is asked for.
 *
 * @throws {StorageError} `RUN_DAMAGED`, naming the byte; `UNSAFE_PATH`.
 */
export async function* readJournal(
  path: string,
  decoder: JournalDecoder,
  files: FileOperations,
  signal: AbortSignal | undefined,
): AsyncGenerator<JournalRows> {
  // Opening a link would follow it, and opening a FIFO would never end.
  if (lookAt(path, files)?.isFile === false) {
    throw new StorageError(
      `Cannot read a journal: "${path}" is a link or something else`,
      { code: "UNSAFE_PATH", path },
    );
  }
  using file = await files.open(path, { read: true });
  let current = new Uint8Array(CHUNK_BYTES);
  let next = new Uint8Array(CHUNK_BYTES);
  let length = await file.read(current);
  while (length !== null) {
    const reading = alongside(file.read(next));
    try {
      for (const rows of decoder.push(current.subarray(0, length))) {
        throwIfAborted(signal);
        if (rows !== undefined) yield rows;
        if (turns.isOver) await turns.next();
      }
    } catch (error) {
      throw error instanceof JournalSyntaxError
        ? damagedJournal(path, error.message, error)
        : error;
    } finally {
      // The file must not be closed under a read.
      await reading.catch(() => {});
    }
    length = await reading;
    [current, next] = [next, current];
  }
  const rest = decoder.rest();
  if (rest !== undefined) yield rest;
}
