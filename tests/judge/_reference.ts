import reference from "../testdata/judge/reference_figures.json" with {
  type: "json",
};

/** Figures of SciPy; `reference_figures.py` beside them made them. */
export const REFERENCE: typeof reference = reference;
