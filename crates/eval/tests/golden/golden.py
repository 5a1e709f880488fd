"""Golden values for tatabox-eval, from scipy, scikit-learn, statsmodels and pingouin.

    pip install scipy==1.17.1 scikit-learn==1.9.1 statsmodels==0.15.0 pingouin==0.7.0 && python golden.py > golden.json

The inputs come from integer arithmetic, so nothing depends on a random number generator.
"""

import json

import numpy as np
import pandas as pd
import pingouin
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn import metrics
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.multitest import multipletests


def series(n, multiplier, modulus):
"""Pseudo-random values in [0, 10): i -> (i * multiplier mod modulus), scaled."""
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



def signed_rank(name, differences):
    differences = np.asarray(differences, float)
    test = stats.wilcoxon(differences, zero_method="wilcox", method="auto")
    ranks = stats.rankdata(np.abs(differences[differences != 0]))
    signs = np.sign(differences[differences != 0])
    return {
        "name": name,
        "differences": differences.tolist(),
        "statistic": float(test.statistic),
        "p": float(test.pvalue),
        "rank_biserial": float((ranks * signs).sum() / ranks.sum()),
    }


def corrected_t(differences, test_to_train):
    """Nadeau and Bengio 2003, equation of the corrected resampled t-test."""
    differences = np.asarray(differences)
    k = len(differences)
    t = differences.mean() / np.sqrt((1 / k + test_to_train) * differences.var(ddof=1))
    return {
        "differences": differences.tolist(),
        "test_to_train": test_to_train,
        "t": t,
        "p": 2 * stats.t.sf(abs(t), k - 1),
        "cohens_d": differences.mean() / differences.std(ddof=1),
    }


def one_way(groups):
    test = stats.f_oneway(*groups)
    values = np.concatenate(groups)
    between = sum(len(g) * (np.mean(g) - values.mean()) ** 2 for g in groups)
    total = ((values - values.mean()) ** 2).sum()
    return {
        "groups": [list(map(float, g)) for g in groups],
        "f": float(test.statistic),
        "p": float(test.pvalue),
        "eta_squared": between / total,
    }


def repeated(treatments):
"""F and p from statsmodels and pingouin, which must agree; epsilon and the corrected p from pingouin."""
    treatments = np.asarray(treatments, float)
    k, n = treatments.shape
    data = pd.DataFrame(
        {
            "value": treatments.ravel(),
            "model": np.repeat([f"m{i:02}" for i in range(k)], n),
            "subject": np.tile([f"s{i:04}" for i in range(n)], k),
        }
    )
    table = pingouin.rm_anova(data, dv="value", within="model", subject="subject", correction=True, effsize="np2")
    row = table.iloc[0]
    other = AnovaRM(data, "value", "subject", within=["model"]).fit().anova_table.iloc[0]
    assert np.isclose(other["F Value"], row["F"], rtol=1e-9)
    assert np.isclose(other["Pr > F"], row["p_unc"], rtol=1e-9)
    return {
        "treatments": treatments.tolist(),
        "f": float(row["F"]),
        "df": [k - 1.0, (k - 1.0) * (n - 1.0)],
        "p": float(row["p_unc"]),
        "epsilon": float(row["eps"]),
# Two treatments are always spherical, and pingouin omits the corrected p.
        "p_greenhouse_geisser": float(row["p_unc"] if k == 2 else row["p_GG_corr"]),
        "partial_eta_squared": float(row["np2"]),
    }


def adjusted(p):
    return {
        "p": p,
        "holm": multipletests(p, method="holm")[1].tolist(),
        "benjamini_hochberg": multipletests(p, method="fdr_bh")[1].tolist(),
    }


shift = [s - e + 0.7 for s, e in zip(signal, noise)]
rounded_shift = [float(round(v)) for v in shift]
wide = [series(40, 17 + 4 * m, 83 + 6 * m) for m in range(10)]
wide = [[0.5 * s + 0.1 * m + v for s, v in zip(signal, values)] for m, values in enumerate(wide)]

tests = {
    "signed_rank": [
        signed_rank("exact", shift[:20]),
        signed_rank("most exact", shift[:50]),
        signed_rank("normal approximation", shift),
        signed_rank("ties and zeros, exact", [0.0, 1.0, -1.0, 2.0, 2.0, -3.0, 4.0, 4.0, 5.0]),
        signed_rank("ties and zeros, normal approximation", rounded_shift),
        signed_rank("ties, no zeros", [v or 1.0 for v in rounded_shift[:30]]),
        signed_rank("far out", [abs(v) + 0.01 for v in shift]),
        signed_rank("two", [1.0, 2.0]),
    ],
    "corrected_t": [
        corrected_t([0.021, 0.034, -0.004, 0.018, 0.027], 0.25),
        corrected_t([-0.3, -0.1, -0.2, -0.25, -0.15, -0.2, -0.3, -0.22, -0.19, -0.21], 1 / 9),
    ],
    "one_way": [
        one_way([signal[:8], blend[8:16], noise[:8]]),
        one_way([[v + 3.0 * g for v in signal[4 * g : 4 * g + 4 + g]] for g in range(4)]),
    ],
    "repeated": [
        repeated([signal[:8], blend[:8], noise[:8]]),
        repeated([[0.6, 0.62, 0.58, 0.61, 0.65], [0.55, 0.6, 0.57, 0.54, 0.6]]),
        repeated(wide[:4]),
        repeated(wide),
    ],
    "adjusted": [
        adjusted([0.01, 0.04, 0.03, 0.005, 0.2, 0.9, 0.04]),
        adjusted([0.5, 0.6, 0.9]),
        adjusted([1e-12, 0.0, 1e-3, 1.0]),
        adjusted([0.03]),
    ],
}

print(
    json.dumps(
        {
            "versions": {
                "scipy": scipy.__version__,
                "scikit-learn": sklearn.__version__,
                "statsmodels": statsmodels.__version__,
                "pingouin": pingouin.__version__,
                "numpy": np.__version__,
            },
            "metrics": cases,
            "average_ranks": {"values": rounded, "ranks": stats.rankdata(rounded).tolist()},
            "quantiles": {
                "values": signal,
                "probabilities": [0.0, 0.025, 0.25, 0.5, 0.975, 1.0],
                "expected": np.quantile(signal, [0.0, 0.025, 0.25, 0.5, 0.975, 1.0]).tolist(),
            },
            "normal_band": {"n": n, "rows": band},
            "tests": tests,
        },
        indent=1,
        allow_nan=False,
    )
)
