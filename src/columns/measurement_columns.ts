/** A metric type of a satellite: what a measurement belongs to. */
export interface Series {
  /** What was measured, such as `"fault_detection"`. */
  readonly metricType: string;
  /** The satellite it was measured on. */
  readonly satelliteId: string;
}

/** Rows a block holds: 448 KiB of memory. */
export const BLOCK_ROWS = 16_384;

/** A block of rows; each column has `BLOCK_ROWS` places. */
export interface ColumnBlock {
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly durationsMs: Float64Array<ArrayBuffer>;
  readonly scenarioTimesS: Float64Array<ArrayBuffer>;
  /** Index into the series of the columns. */
  readonly seriesCodes: Int32Array<ArrayBuffer>;
}

/**
 * Measurements as columns: all blocks are full but the last. What is reached
 * through it never changes, however many measurements follow.
 */
export interface ColumnsView {
  /** Number of rows. */
  readonly length: number;
  readonly blocks: readonly ColumnBlock[];
  /** Every series, in the order of its first measurement. */
  readonly series: readonly Series[];
}

/**
 * Growing columns. Rows are appended to blocks of a fixed size, so that
 * growing never copies what is there, and cost 28 bytes each.
 *
 * Note: one array a column that doubles would hold up to twice the memory and
 * stop the event loop for the copy (24 MB at a million rows).
 */
export class MeasurementColumns implements ColumnsView {
  #length = 0;
  #blocks: ColumnBlock[] = [];
  #series: Series[] = [];
  #codes = new Map<string, Map<string, number>>();
  #last: ColumnBlock | undefined;
  #used = BLOCK_ROWS;

  get length(): number {
    return this.#length;
  }

  get blocks(): readonly ColumnBlock[] {
    return this.#blocks;
  }

  get series(): readonly Series[] {
    return this.#series;
  }

  /** The code of a series, if it has been added. */
  findSeries(metricType: string, satelliteId: string): number | undefined {
    return this.#codes.get(metricType)?.get(satelliteId);
  }

  /** Adds a series that `findSeries` did not find and returns its code. */
  addSeries(metricType: string, satelliteId: string): number {
    let ofType = this.#codes.get(metricType);
    if (ofType === undefined) {
      ofType = new Map();
      this.#codes.set(metricType, ofType);
    }
    const code = this.#series.length;
    ofType.set(satelliteId, code);
    this.#series.push({ metricType, satelliteId });
    return code;
  }

  append(
    timestamp: number,
    seriesCode: number,
    durationMs: number,
    scenarioTimeS: number,
  ): void {
    const block = this.openBlock();
    const row = this.#used++;
    block.timestamps[row] = timestamp;
    block.seriesCodes[row] = seriesCode;
    block.durationsMs[row] = durationMs;
    block.scenarioTimesS[row] = scenarioTimeS;
    this.#length++;
  }

  /**
   * The block that the next row goes into, a new one where the last is full;
   * `lastBlockRows` then is the index of that row. Rows written there from that
   * index on count once they have been added.
   */
  openBlock(): ColumnBlock {
    if (this.#used === BLOCK_ROWS) this.#grow();
    return this.#last!;
  }

  /** How many rows of the last block are in use; all where there is no block. */
  get lastBlockRows(): number {
    return this.#used;
  }

  /** Adds rows that have been written into the last block. */
  addWritten(rows: number): void {
    this.#used += rows;
    this.#length += rows;
  }

  /** Gives away the first block, which is full, with its rows. */
  shiftFullBlock(): ColumnBlock | undefined {
    if (this.#length < BLOCK_ROWS) return undefined;
    const block = this.#blocks.shift()!;
    this.#length -= BLOCK_ROWS;
    if (this.#blocks.length === 0) this.#used = BLOCK_ROWS;
    return block;
  }

  /** The rows there are now; rows appended later are not seen through it. */
  snapshot(): ColumnsView {
    return {
      length: this.#length,
      blocks: this.#blocks.slice(),
      series: this.#series.slice(),
    };
  }

  #grow(): void {
    this.#last = {
      timestamps: new Float64Array(BLOCK_ROWS),
      durationsMs: new Float64Array(BLOCK_ROWS),
      scenarioTimesS: new Float64Array(BLOCK_ROWS),
      seriesCodes: new Int32Array(BLOCK_ROWS),
    };
    this.#blocks.push(this.#last);
    this.#used = 0;
  }
}

/** How many rows of the block with this index are in use. */
export function rowsInBlock(columns: ColumnsView, index: number): number {
  return Math.min(BLOCK_ROWS, columns.length - index * BLOCK_ROWS);
}
