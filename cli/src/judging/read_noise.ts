import type { NoiseDocument } from "@astraguard/hil-metrics/judge";
import { DataError } from "../terminal/data_error.ts";

/**
 * Reads what `calibrate` wrote.
 *
 * @throws {DataError} It cannot be read, or is something else.
 */
export async function readNoise(path: string): Promise<NoiseDocument> {
  let document;
  try {
    document = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new DataError(
      `Cannot read the noise of the bench in ${path}: ${
        error instanceof Error ? error.message : error
      }`,
    );
  }
  if (document?.format === "hil-metrics-noise") return document;
  throw new DataError(`${path} is not what \`calibrate\` writes`);
}
