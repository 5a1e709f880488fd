"""Golden values for tatabox-eval, from scipy and scikit-learn.

    pip install scipy==1.17.1 scikit-learn==1.9.1 && python golden.py > golden.json

The inputs come from integer arithmetic, so that nothing depends on a generator of random numbers.
"""

import json

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics


def series(n, multiplier, modulus):
    """Values in [0, 10) that look random: i -> (i * multiplier mod modulus), scaled."""
    return [((i * multiplier) % modulus) * 10.0 / modulus for i in range(1, n + 1)]


def case(name, measured, predicted):
    measured, predicted = np.asarray(measured, float), np.asarray(predicted, float)
    pearson = stats.pearsonr(measured, predicted).statistic
    return {
        "name": name,
        "measured": measured.tolist(),
        "predicted": predicted.tolist(),
        "pearson": pearson,
        "spearman": stats.spearmanr(measured, predicted).statistic,
        "r2_pearson": pearson**2,
        "r2": metrics.r2_score(measured, predicted),
        "mse": metrics.mean_squared_error(measured, predicted),
        "mae": metrics.mean_absolute_error(measured, predicted),
    }


noise = series(60, 37, 101)
signal = series(60, 29, 97)
blend = [0.6 * s + 0.4 * e for s, e in zip(signal, noise)]
rounded = [float(round(v / 2)) for v in signal]
zero_heavy = [0.0 if v < 5 else v for v in signal]

cases = [
    case("blend", signal, blend),
    case("ties in both", rounded, [float(round(v)) for v in blend]),
    case("many zeros", zero_heavy, blend),
    case("anticorrelated", signal, [10 - v for v in blend]),
    case("two genes", [1.0, 2.0], [3.0, 2.5]),
    case("far from zero", [1e6 + v for v in signal], [1e6 + v for v in blend]),
]

probabilities = [0.02, 0.1, 0.25, 0.5, 0.9, 0.98]
n = 50
band = [
    {
        "p": p,
        "low": stats.norm.ppf(stats.beta.ppf(0.025, p * (n + 1), (1 - p) * (n + 1))),
        "middle": stats.norm.ppf(p),
        "high": stats.norm.ppf(stats.beta.ppf(0.975, p * (n + 1), (1 - p) * (n + 1))),
    }
    for p in probabilities
]

print(
    json.dumps(
        {
            "versions": {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__},
            "metrics": cases,
            "average_ranks": {"values": rounded, "ranks": stats.rankdata(rounded).tolist()},
            "quantiles": {
                "values": signal,
                "probabilities": [0.0, 0.025, 0.25, 0.5, 0.975, 1.0],
                "expected": np.quantile(signal, [0.0, 0.025, 0.25, 0.5, 0.975, 1.0]).tolist(),
            },
            "normal_band": {"n": n, "rows": band},
        },
        indent=1,
        allow_nan=False,
    )
)
