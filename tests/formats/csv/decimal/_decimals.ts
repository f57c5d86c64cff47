import fc from "fast-check";

/** Decimals that are hard to round, and doubles next to where rounding turns. */
export const HARD_DECIMALS: readonly string[] = [
  "0",
  "-0",
  "-0.0",
  "+1.5",
  "007",
  "00.50",
  "0.1",
  "0.3",
  "5e-324",
  "4.9406564584124654e-324",
  "2.4703282292062327e-324",
  "2.4703282292062328e-324",
  "2.2250738585072011e-308",
  "2.2250738585072014e-308",
  "1.7976931348623157e308",
  "1.7976931348623158e+308",
  "1e23",
  "8.41e21",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "9007199254740992.5",
  "9007199254740993.0",
  "9007199254740993.00000000000000000000000000000001",
  "4503599627370496.5",
  "4503599627370497.5",
  "2251799813685248.25",
  "1.00000000000000011102230246251565",
  "1.00000000000000011102230246251566",
  "1.0000000000000002",
  "0.500000000000000166533453693773481063544750213623046875",
  "95.54045358752896",
  "1795409052.2995067",
  "123456789012345678",
  "1234567890123456789",
  "0.1234567890123456789",
  "0.000000000000000000001",
  "0.0000000000000000000001",
  "1" + "0".repeat(308),
  "0." + "0".repeat(400) + "1",
  "1." + "0".repeat(400) + "1",
  "123456789.123456789",
  "999999999999999.9",
  "100000.12345678901",
];

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(..."0123456789"),
    minLength: 1,
    maxLength,
  });

/** The exact decimal halfway between a double of 1 to 2^52 and the next. */
const halfway = fc.tuple(
  fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }),
  fc.integer({ min: 0, max: 20 }),
).map(([mantissa, shift]) => {
  const scaled = (2n * mantissa + 1n) * 5n ** BigInt(shift + 1);
  const text = scaled.toString().padStart(shift + 2, "0");
  return `${text.slice(0, -shift - 1)}.${text.slice(-shift - 1)}`;
});

/** Decimals in many spellings. */
export const decimals: fc.Arbitrary<string> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ noNaN: true, min: 1e-3, max: 1e10 }).map(String),
  fc.double({ noNaN: true, min: 1e-3, max: 1e10 })
    .map((value) => value.toPrecision(17)),
  fc.double({ noNaN: true, min: 0, max: 300 })
    .map((value) => value.toFixed(20)),
  fc.double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => value.toExponential(16)),
  fc.double({ noNaN: true, min: 0.5, max: 16 }).map(String),
  fc.tuple(digits(20), digits(24)).map(([whole, part]) => `${whole}.${part}`),
  digits(30),
  fc.tuple(digits(12), digits(8), fc.integer({ min: -330, max: 290 }))
    .map(([whole, part, exponent]) => `${whole}.${part}e${exponent}`),
  fc.tuple(fc.nat({ max: 40 }), digits(17))
    .map(([zeros, part]) => `0.${"0".repeat(zeros)}${part}`),
  halfway,
  fc.constantFrom(...HARD_DECIMALS),
);
