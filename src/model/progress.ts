import { Interruption } from "./interruption.ts";

/** How far a save or a load has come. */
export interface Progress {
  /** Measurements so far. */
  readonly rows: number;
  /** How many there are; `undefined` while a file does not tell. */
  readonly totalRows: number | undefined;
  /** Bytes of the CSV that were made or read so far. */
  readonly bytes: number;
  /** How many there are; `undefined` while they are being made. */
  readonly totalBytes: number | undefined;
}

/** Is told how far something has come; what it throws ends that. */
export type OnProgress = (progress: Progress) => void;

/** Tells somebody how far something has come. */
export function tellProgress(
  onProgress: OnProgress | undefined,
  progress: Progress,
): void {
  try {
    onProgress?.(progress);
  } catch (error) {
    throw new Interruption(error);
  }
}
