import {
  IMPORT_FORMATS,
  type ReadMeasurementsOptions,
} from "./import_options.ts";
import { UNIT_EXPONENTS } from "./time_unit.ts";

/** The values that an option may have. */
const ALLOWED: Partial<
  Record<keyof ReadMeasurementsOptions, readonly unknown[]>
> = {
  format: IMPORT_FORMATS,
  durationUnit: Object.keys(UNIT_EXPONENTS),
  timeUnit: Object.keys(UNIT_EXPONENTS),
  timestampUnit: Object.keys(UNIT_EXPONENTS),
  decimal: [".", ","],
  header: [true, false],
  badRows: ["fail", "skip"],
};

/** Requires options that are what their types say. */
export function requireImportOptions(options: ReadMeasurementsOptions): void {
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    const value = options[name as keyof ReadMeasurementsOptions];
    if (value === undefined || allowed.includes(value)) continue;
    throw new TypeError(
      `${name} must be one of ${allowed.map(shown).join(", ")}: ${
        shown(value)
      }`,
    );
  }
  const { delimiter, timeOrigin, mapping, format } = options;
  if (
    delimiter !== undefined &&
    (delimiter.length !== 1 || /["\r\n]/.test(delimiter))
  ) {
    throw new RangeError(
      `delimiter must be one character, and no quote or line end: ${
        shown(delimiter)
      }`,
    );
  }
  if (
    timeOrigin !== undefined && timeOrigin !== "first" &&
    timeOrigin !== "earliest" && !Number.isFinite(timeOrigin)
  ) {
    throw new TypeError(
      `timeOrigin must be "first", "earliest" or a number: ${
        shown(timeOrigin)
      }`,
    );
  }
  const isDocument = format === "mitata" || format === "hyperfine";
  const mapped = Object.entries(mapping ?? {}).map(([name]) => name);
  if (isDocument && mapped.some((name) => name !== "satelliteId")) {
    throw new TypeError(
      `${format} has no columns: of a mapping, satelliteId alone is used`,
    );
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
