import { gzip } from "@astraguard/hil-metrics";
import { ImportError } from "./import_error.ts";

/** What is decoded at a time: some 0.3 ms of work for a reader. */
const PIECE_BYTES = 16 * 1024;

/** As many bytes as any of the marks below has. */
const MARK_BYTES = 4;

const GZIP_MARK = [0x1f, 0x8b];
const ZSTD_MARK = [0x28, 0xb5, 0x2f, 0xfd];
const PARQUET_MARK = [0x50, 0x41, 0x52, 0x31];
const UTF16_LE_MARK = [0xff, 0xfe];
const UTF16_BE_MARK = [0xfe, 0xff];

/** Bytes that are no text, in the line after all that came before. */
export class NotText extends Error {
  override readonly name = "NotText";
  readonly remedy: string | undefined;

  constructor(reason: string, remedy?: string, options?: ErrorOptions) {
    super(reason, options);
    this.remedy = remedy;
  }
}

/** How an input is read. */
export interface InputOptions {
  readonly maxBytes: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The text of an input: decompressed and decoded by how it begins. */
export class InputText {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #pieces: AsyncGenerator<string>;
  readonly #abort = (): void => {
    this.#cancelSource(this.#signal!.reason);
  };

  constructor(
    source: ReadableStream<Uint8Array>,
    { maxBytes, signal }: InputOptions,
  ) {
    this.#reader = source.getReader();
    this.#signal = signal;
    this.#pieces = decodeText(
      decompress(this.#chunks(), maxBytes === undefined ? {} : { maxBytes }),
    );
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener("abort", this.#abort);
  }

  /** The next piece, some 16,000 characters; `undefined` after the last. */
  async next(): Promise<string | undefined> {
    const { done, value } = await this.#pieces.next();
    return done ? undefined : value;
  }

  /** Needs no more of the source, even while a piece is waited for. */
  async cancel(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#abort);
    await this.#cancelSource(undefined);
    // It may end within compressed data.
    await this.#pieces.return(undefined).catch(() => {});
    this.#reader.releaseLock();
  }

  /** Ends the source, and a read that is waiting. */
  async #cancelSource(reason: unknown): Promise<void> {
    // Where it has failed already, that has been told.
    await this.#reader.cancel(reason).catch(() => {});
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      this.#signal?.throwIfAborted();
      if (done) return;
      yield value;
    }
  }
}

async function* decompress(
  chunks: AsyncGenerator<Uint8Array>,
  options: { maxBytes?: number },
): AsyncGenerator<Uint8Array> {
  const first: Uint8Array[] = [];
  let head = new Uint8Array();
  while (head.length < MARK_BYTES) {
    const { done, value } = await chunks.next();
    if (done) break;
    first.push(value);
    head = new Uint8Array(
      first.flatMap((chunk) => [...chunk.subarray(0, MARK_BYTES)]),
    );
  }
  const all = async function* () {
    yield* first;
    yield* chunks;
  };
  if (startsWith(head, GZIP_MARK)) {
    yield* gzip.decompress(all(), options);
  } else if (startsWith(head, ZSTD_MARK)) {
    // It loads node:zlib, which most have no need of.
    const { zstd } = await import("@astraguard/hil-metrics/zstd");
    yield* zstd.decompress(all(), options);
  } else {
    yield* all();
  }
}

async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let head = new Uint8Array();
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (decoder === undefined) {
      head = joined(head, chunk);
      if (head.length < UTF16_LE_MARK.length) continue;
      bytes = head;
      decoder = decoderOf(head);
    }
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      yield* decode(decoder, bytes.subarray(at, at + PIECE_BYTES));
    }
  }
  yield* decode(decoder ?? decoderOf(head), undefined, head);
}

/** The text of a piece, or of the end; up to what is none, if there is such. */
function* decode(
  decoder: TextDecoder,
  piece: Uint8Array | undefined,
  rest?: Uint8Array,
): Generator<string> {
  let text: string;
  let fault: NotText | undefined;
  try {
    text = piece === undefined
      ? decoder.decode(rest!.length < UTF16_LE_MARK.length ? rest : undefined)
      : decoder.decode(piece, { stream: true });
  } catch (cause) {
    const encoding = decoder.encoding === "utf-8" ? "UTF-8" : "UTF-16";
    fault = new NotText(`the text is not ${encoding}`, undefined, { cause });
    // The lines before it are read, so that it is known where it is.
    text = soundLines(piece ?? new Uint8Array(), decoder.encoding);
  }
  if (text.includes("\0")) {
    throw new NotText(
      "the input is not text",
      "if it is UTF-16, it needs a byte-order mark",
    );
  }
  if (text !== "") yield text;
  if (fault !== undefined) throw fault;
}

/** The lines before the one in which bytes are no text. */
function soundLines(piece: Uint8Array, encoding: string): string {
  let start = 0;
  // These end a character of the piece before.
  while (start < 3 && (piece[start]! & 0xc0) === 0x80) start++;
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(
    encoding === "utf-8" ? piece.subarray(start) : piece,
  );
  const bad = text.indexOf("\uFFFD");
  return text.slice(
    0,
    text.lastIndexOf("\n", bad === -1 ? undefined : bad) + 1,
  );
}

function decoderOf(head: Uint8Array): TextDecoder {
  if (startsWith(head, PARQUET_MARK)) {
    throw new ImportError("UNKNOWN_FORMAT", "the input is a Parquet file", {
      remedy: "write it as CSV, for example with DuckDB",
    });
  }
  const encoding = startsWith(head, UTF16_LE_MARK)
    ? "utf-16le"
    : startsWith(head, UTF16_BE_MARK)
    ? "utf-16be"
    : "utf-8";
  return new TextDecoder(encoding, { fatal: true });
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
