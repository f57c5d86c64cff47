import { assert, assertEquals } from "@std/assert";
import { fQuantile } from "../../../src/judge/distributions/f_quantile.ts";
import { logGamma } from "../../../src/judge/distributions/incomplete_beta.ts";
import { normalQuantile } from "../../../src/judge/distributions/normal_quantile.ts";
import {
  tTwoSided,
  tUpperQuantile,
} from "../../../src/judge/distributions/student_t.ts";
import { REFERENCE } from "../_reference.ts";

function assertClose(actual: number, wanted: number, by: number, of: string) {
  const error = Math.abs(actual - wanted) / Math.max(Math.abs(wanted), 1e-300);
  assert(
    wanted === 0 ? actual === 0 : error <= by,
    `${of}: ${actual}, not ${wanted}`,
  );
}

Deno.test("tUpperQuantile() is SciPy's t.isf for fractional degrees and p to 1e-7", () => {
  for (const [p, v, wanted] of REFERENCE.t_upper_quantile) {
    assertClose(tUpperQuantile(p!, v!), wanted!, 1e-11, `p ${p}, v ${v}`);
  }
});

Deno.test("tTwoSided() is twice SciPy's t.sf", () => {
  for (const [t, v, wanted] of REFERENCE.t_two_sided) {
    assertClose(tTwoSided(t!, v!), wanted!, 1e-11, `t ${t}, v ${v}`);
  }
});

Deno.test("tUpperQuantile() is what tables print", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
  const cases: [number, number, number][] = [
    [0.025, 10, 2.228],
    [0.005, 5, 4.032],
    [0.001, 3, 10.215],
    [0.05, 30, 1.697],
    [0.1, 1, 3.078],
  ];
  for (const [p, v, wanted] of cases) {
    assertEquals(Number(tUpperQuantile(p, v).toFixed(3)), wanted);
  }
});

Deno.test("fQuantile() is SciPy's f.ppf", () => {
  for (const [p, a, b, wanted] of REFERENCE.f_quantile) {
    assertClose(fQuantile(p!, a!, b!), wanted!, 1e-10, `${p}, ${a}, ${b}`);
  }
});

Deno.test("normalQuantile() is SciPy's ndtri", () => {
  for (const [p, wanted] of REFERENCE.normal_quantile) {
    assertClose(normalQuantile(p!), wanted!, 1e-13, `p ${p}`);
  }
});

Deno.test("logGamma() is SciPy's gammaln", () => {
  for (const [x, wanted] of REFERENCE.log_gamma) {
    assert(Math.abs(logGamma(x!) - wanted!) <= 1e-13 * Math.max(1, wanted!));
  }
});
