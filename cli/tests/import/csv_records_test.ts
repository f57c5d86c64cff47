import { assertEquals, assertThrows } from "@std/assert";
import { parse, stringify } from "@std/csv";
import fc from "fast-check";
import { CsvRecords } from "../../src/import/csv_records.ts";
import { ImportError } from "../../src/import/import_error.ts";

interface Parsed {
  readonly records: (readonly string[])[];
  readonly lines: number[];
  readonly faults: [reason: string, line: number][];
}

/** The records of a text that comes in pieces of so many characters. */
function parsed(text: string, delimiter = ",", pieceLength = 1e9): Parsed {
  const found: Parsed = { records: [], lines: [], faults: [] };
  const records = new CsvRecords(delimiter, {
    record(fields, line) {
      found.records.push(fields);
      found.lines.push(line);
    },
    fault: (reason, line) => void found.faults.push([reason, line]),
  });
  for (let at = 0; at < text.length; at += pieceLength) {
    records.push(text.slice(at, at + pieceLength));
  }
  records.finish();
  return found;
}

/** A field as any writer of CSVs may quote it. */
function spelled(field: string, delimiter: string, isQuoted: boolean): string {
  return isQuoted || /["\r\n]/.test(field) || field.includes(delimiter)
    ? `"${field.replaceAll('"', '""')}"`
    : field;
}

const FIELD = fc.string({
  unit: fc.constantFrom("a", "7", " ", '"', ",", ";", "\t", "\n", "\r", "ü"),
  maxLength: 8,
});

const TABLE = fc.array(
  fc.array(fc.tuple(FIELD, fc.boolean()), { minLength: 2, maxLength: 4 }),
  { maxLength: 6 },
);

Deno.test("CsvRecords reads what was written, whatever the fields, delimiter and pieces", () => {
  fc.assert(
    fc.property(
      TABLE,
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (table, delimiter, lineEnd, hasLastEnd, pieceLength) => {
        const rows = table.map((row) =>
          row.map(([field, isQuoted]) => spelled(field, delimiter, isQuoted))
            .join(delimiter)
        );
        // A row that ends in CR is one that ends in CRLF.
        const text = rows.join(lineEnd) + (hasLastEnd ? lineEnd : "");
        const { records, faults } = parsed(text, delimiter, pieceLength);
        assertEquals(faults, []);
        assertEquals(records, table.map((row) => row.map(([field]) => field)));
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("CsvRecords reads what @std/csv writes, and as it reads it", () => {
  fc.assert(fc.property(
    fc.array(
      fc.array(FIELD.filter((it) => !it.includes("\r")), {
        ...{ minLength: 2, maxLength: 2 },
      }),
      { minLength: 1 },
    ),
    (table) => {
      const text = stringify(table, { headers: false });
      assertEquals(parsed(text).records, table);
      assertEquals(parsed(text).records, parse(text));
    },
  ));
});

Deno.test("CsvRecords finds the same in pieces of any length, faults too", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("a", '"', ",", "\n", "\r\n"),
        maxLength: 30,
      }),
      fc.integer({ min: 1, max: 5 }),
      (text, pieceLength) => {
        assertEquals(parsed(text, ",", pieceLength), parsed(text));
      },
    ),
    { numRuns: 5000 },
  );
});

Deno.test("CsvRecords tells lines by their line feeds, those in quotes too", () => {
  const { lines } = parsed('a,"1\n\n2"\r\n\nb,c\n"d",e');
  assertEquals(lines, [1, 5, 6]);
});

const FAULTS: readonly [text: string, faults: [string, number][]][] = [
  ['a"b\nc\n', [["a quote stands in a field without quotes", 1]]],
  ['x\n"a"b\n', [["something follows the closing quote of a field", 2]]],
  ['x\n"a', [["the last field has no closing quote", 2]]],
  ['x\ny,"a\nb', [["the last field has no closing quote", 2]]],
];

for (const [text, faults] of FAULTS) {
  Deno.test(`CsvRecords finds the fault of ${JSON.stringify(text)}`, () => {
    assertEquals(parsed(text).faults, faults);
  });
}

Deno.test("CsvRecords refuses a row that does not end", () => {
  const text = `a\n"${"x".repeat(1024 * 1024)}`;
  assertThrows(
    () => parsed(text, ",", 4096),
    ImportError,
    "Line 2: the row is longer than 1048576 characters: look for a quote",
  );
});
