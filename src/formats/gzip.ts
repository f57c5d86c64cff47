import { requireLimit } from "../model/options.ts";
import { turns } from "../event_loop/turns.ts";
import { ByteTransform } from "./_byte_transform.ts";
import { deflatePieces } from "./_deflate_pieces.ts";
import { gunzip } from "./_gunzip.ts";
import { gzipMember } from "./_gzip_member.ts";
import { Crc32 } from "./crc32.ts";
import {
  type ByteChunks,
  type CsvCodec,
  DEFAULT_MAX_BYTES,
} from "./csv_codec.ts";

/**
 * The content of a member: most runs have one, which every reader of gzip takes,
 * and what it is compressed to, which waits for its length, is not much.
 */
const MEMBER_BYTES = 1024 * 1024;

/**
 * gzip (RFC 1952), which every tool reads: a CSV becomes three tenths of its
 * size, at some 80 MB/s.
 *
 * A file is a series of members of some 1 MiB of content each. Tools take that
 * for one file; a `DecompressionStream` on its own takes only files of one
 * member, which is any CSV of up to 15,000 measurements. Files of other tools
 * are read, of one large member or of many.
 */
export const gzip: CsvCodec = {
  name: "gzip",
  extension: ".gz",
  compress,
  decompress(chunks, { maxBytes = DEFAULT_MAX_BYTES } = {}) {
    requireLimit("maxBytes", maxBytes);
    return gunzip(chunks, maxBytes);
  },
};

async function* compress(
  chunks: ByteChunks,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  // Each of these takes 2 ms the first time in a process.
  const crc = new Crc32();
  if (turns.isOver) await turns.next();
  let member = new Member(crc);
  if (turns.isOver) await turns.next();
  try {
    for await (const piece of deflatePieces(chunks)) {
      if (member.contentBytes >= MEMBER_BYTES) {
        yield await member.finish();
        member = new Member(crc);
      }
      await member.write(piece);
    }
    yield await member.finish();
  } finally {
    await member[Symbol.asyncDispose]();
  }
}

/** A member that is being made, one at a time with the same checksum. */
class Member implements AsyncDisposable {
  readonly #deflating = new ByteTransform(new CompressionStream("deflate-raw"));
  readonly #crc: Crc32;
  contentBytes = 0;

  constructor(crc: Crc32) {
    this.#crc = crc;
    crc.reset();
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#crc.update(piece);
    this.contentBytes += piece.length;
    await this.#deflating.write(piece);
  }

  async finish(): Promise<Uint8Array<ArrayBuffer>> {
    await this.#deflating.finish();
    return gzipMember(
      this.#deflating.takeOutputs(),
      this.contentBytes,
      this.#crc.digest(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#deflating[Symbol.asyncDispose]();
  }
}
