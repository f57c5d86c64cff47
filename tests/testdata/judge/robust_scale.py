"""Fits the table of src/judge/rows/robust_spread.ts, with SciPy 1.17.1:

    python3 robust_scale.py

|mean of C candidates - median of K baselines| / (Qn sqrt(1/C + 1/K)) of normal
runs, fitted by scale * Student's t at probabilities from 1e-2 to 5e-5.
"""
import numpy as np
from scipy import optimize, stats

DRAWS, BATCH, CANDIDATES = 2_000_000, 100_000, 3
PROBABILITIES = np.array([1e-2, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4, 5e-5])
rng = np.random.default_rng(7)


def distances_in_qn(count):
    half = count // 2 + 1
    rank = half * (half - 1) // 2 - 1
    first, second = np.triu_indices(count, 1)
    for _ in range(DRAWS // BATCH):
        before = rng.standard_normal((BATCH, count))
        after = rng.standard_normal((BATCH, CANDIDATES)).mean(1)
        pairs = np.abs(before[:, first] - before[:, second])
        qn = 2.2219 * np.partition(pairs, rank, axis=1)[:, rank]
        error = qn * np.sqrt(1 / CANDIDATES + 1 / count)
        yield np.abs(after - np.median(before, axis=1)) / error


for count in range(8, 21):
    drawn = np.concatenate(list(distances_in_qn(count)))
    wanted = np.log(np.quantile(drawn, 1 - PROBABILITIES))

    def misfit(guess):
        freedom, scale = guess
        fitted = np.log(stats.t.isf(PROBABILITIES / 2, freedom) * scale)
        return np.sum((fitted - wanted) ** 2)

    freedom, scale = optimize.minimize(misfit, [6, 0.8], method="Nelder-Mead").x
    print(f"  {count}: {{ freedom: {freedom:.2f}, scale: {scale:.3f} }},", flush=True)
