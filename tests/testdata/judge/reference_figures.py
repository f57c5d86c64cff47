"""Figures of SciPy that the tests compare with.

    python3 reference_figures.py > reference_figures.json

SciPy 1.17.1, NumPy 2; Debian has it as python3-scipy.
"""
import json
import numpy as np
from scipy import special, stats

FREEDOMS = [1, 1.5, 2, 3, 4.07, 6, 8.24, 12.5, 29, 200.5]
UPPER = [0.4, 0.2, 0.1, 0.025, 0.005, 1e-3, 1e-4, 1e-5, 1e-7]
KNOWN = [0.1, 1, 2.5, 7, 30]

# R. A. Fisher's sleep data (Student 1908), hours gained with two drugs.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
test = stats.ttest_ind(DRUG_2, DRUG_1)
interval = test.confidence_interval(0.95)
rng = np.random.default_rng(3)
skewed = np.exp(rng.normal(0, 0.5, 101)).round(6)

print(json.dumps({
    "t_upper_quantile": [[p, v, stats.t.isf(p, v)] for v in FREEDOMS for p in UPPER],
    "t_two_sided": [[t, v, 2 * stats.t.sf(t, v)] for v in FREEDOMS for t in KNOWN],
    "f_quantile": [[p, a, b, stats.f.ppf(p, a, b)]
                   for p in [0.5, 0.95, 0.99] for a in [1, 2, 9, 19] for b in [1, 4, 19, 40]],
    "normal_quantile": [[p, special.ndtri(p)] for p in
                        [1e-10, 1e-5, 0.001, 0.025, 0.07, 0.3, 0.5, 0.84, 0.975, 0.9999]],
    "log_gamma": [[x, special.gammaln(x)] for x in [0.5, 1, 1.5, 3.25, 10, 100.5, 1000]],
    "pooled_t": {"x": DRUG_1, "y": DRUG_2, "t": test.statistic, "p": test.pvalue,
                 "low": interval.low, "high": interval.high},
    "quantiles": {"values": skewed.tolist(),
                  "wanted": [[q, np.quantile(skewed, q)] for q in [0.5, 0.95, 0.99]]},
    "mann_whitney": {"x": DRUG_1, "y": DRUG_2, "p": stats.mannwhitneyu(
        DRUG_1, DRUG_2, method="asymptotic", use_continuity=True).pvalue},
}, indent=1))
