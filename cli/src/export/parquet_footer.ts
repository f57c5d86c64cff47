import type {
  FileMetaData,
  KeyValue,
  RowGroup,
  SchemaElement,
} from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";

/** Thrift's compact protocol: a list of structs, and a length of its own. */
const LIST_OF_STRUCTS = 0xc;
const LONG_LIST = 0xf;
const LONGEST_SHORT_LIST = 14;

/** The length of the metadata, which `writeMetadata` appends to it. */
const LENGTH_BYTES = 4;

/** What is given out at a time. */
const PIECE_BYTES = 64 * 1024;

/**
 * The metadata at the end of a Parquet file, encoded row group by row group as
 * they are written.
 *
 * Note: `ParquetWriter.finish()` encodes all at once. Of ten million rows that
 * holds the event loop for 100 to 230 ms, and until then 12,000 objects are kept.
 */
export class ParquetFooter {
  readonly #schema: SchemaElement[];
  readonly #rowGroups: Uint8Array[] = [];
  #rows = 0n;

  constructor(schema: SchemaElement[]) {
    this.#schema = schema;
  }

  /** Adds what is said of a row group. */
  add(rowGroup: RowGroup): void {
    // Alike but for the list of row groups, which is of none or of this one.
    const without = this.#encode([]);
    const withIt = this.#encode([rowGroup]);
    const listAt = without.findIndex((byte, at) => byte !== withIt[at]);
    const afterBytes = without.length - listAt - 1;
    this.#rowGroups.push(
      withIt.slice(listAt + 1, withIt.length - afterBytes),
    );
    this.#rows += rowGroup.num_rows;
  }

  /**
   * The footer, in pieces that stay until the next one is asked for; after it
   * only the magic follows.
   */
  *finish(pairs: KeyValue[], createdBy: string): Generator<Uint8Array> {
    const about = { key_value_metadata: pairs, created_by: createdBy };
    const one = this.#encode([], about);
    // Of an empty list all bytes before it stand in both.
    const listAt = this.#listOffset(one);
    const head = new ByteWriter();
    head.appendBytes(one.subarray(0, listAt));
    const count = this.#rowGroups.length;
    if (count > LONGEST_SHORT_LIST) {
      head.appendUint8(LONG_LIST << 4 | LIST_OF_STRUCTS);
      head.appendVarInt(count);
    } else {
      head.appendUint8(count << 4 | (count > 0 ? LIST_OF_STRUCTS : 0));
    }
    const tail = new ByteWriter();
    tail.appendBytes(one.subarray(listAt + 1));
    tail.appendUint32(
      this.#rowGroups.reduce((sum, { length }) => sum + length, 0) +
        head.offset + tail.offset,
    );
    for (const bytes of this.#rowGroups) {
      if (head.index >= PIECE_BYTES) {
        yield head.getBytes();
        head.index = 0;
      }
      head.appendBytes(bytes);
    }
    head.appendBytes(tail.getBytes());
    yield head.getBytes();
  }

  /** Where the list of row groups begins in metadata that has none. */
  #listOffset(metadata: Uint8Array): number {
    // An empty group makes no other difference, and that is its first.
    const other = this.#encode([{
      columns: [],
      total_byte_size: 0n,
      num_rows: 0n,
    }]);
    return metadata.findIndex((byte, at) => byte !== other[at]);
  }

  #encode(
    rowGroups: RowGroup[],
    about: Partial<FileMetaData> = {},
  ): Uint8Array {
    const writer = new ByteWriter();
    writeMetadata(writer, {
      version: 2,
      schema: this.#schema,
      num_rows: this.#rows,
      row_groups: rowGroups,
      ...about,
    } as FileMetaData);
    return writer.getBytes().subarray(0, -LENGTH_BYTES);
  }
}
