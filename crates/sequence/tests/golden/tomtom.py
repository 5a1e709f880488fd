"""p-values of memelite's TOMTOM for synthetic motifs, checked by tests/motif_comparison.rs.

Run with memelite 0.5.0 and numpy:  python tomtom.py > tomtom.json
With a MEME file and an output folder of `tatabox motifs` as arguments, it compares with matches.tsv of that folder:
    python tomtom.py jaspar.meme motifs
"""

import csv
import json
import sys

import numpy as np
from memelite import tomtom
from memelite.io import read_meme


def p_values(queries, targets):
    """p-values and overlaps, [query, target], without the approximate merging of similar target columns."""
    result = tomtom(queries, targets, n_target_bins=None, n_jobs=1)
    return np.asarray(result[0]), np.asarray(result[3])


def synthetic():
    rng = np.random.default_rng(7)

    def motif(width):
        columns = rng.dirichlet([0.3] * 4, size=width)
        return np.round(columns, 3) / np.round(columns, 3).sum(axis=1, keepdims=True)

    targets = [motif(int(width)) for width in rng.integers(6, 15, size=40)]
    # Four targets, four with flanks and noise, four unrelated motifs.
    noisy = []
    for index in range(4, 8):
        flanked = np.vstack([np.full((2, 4), 0.25), targets[index], np.full((3, 4), 0.25)])
        noisy.append(0.8 * flanked + 0.05)
    queries = targets[:4] + noisy + [motif(10) for _ in range(4)]
    return queries, targets


def compare(database, folder):
    queries, targets = read_meme(f"{folder}/motifs.meme"), read_meme(database)
    query_index = {name.split()[0]: index for index, name in enumerate(queries)}
    target_index = {name.split()[0]: index for index, name in enumerate(targets)}
    p, overlaps = p_values(list(map(np.array, queries.values())), list(map(np.array, targets.values())))
    with open(f"{folder}/matches.tsv") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    places = [(query_index[row["filter"]], target_index[row["target"]]) for row in rows]
    ours = np.log10([float(row["p"]) for row in rows])
    theirs = np.log10([max(p[place], 1e-300) for place in places])
    same = np.mean([int(row["overlap"]) == overlaps[place] for row, place in zip(rows, places)])
    difference = np.abs(ours - theirs)
    print(f"{len(rows)} matches, Pearson of log10 p {np.corrcoef(ours, theirs)[0, 1]:.5f}")
    print(f"|difference of log10 p|: median {np.median(difference):.3f}, 95% {np.quantile(difference, 0.95):.3f}")
    print(f"same overlap: {same:.4f}")


if len(sys.argv) == 3:
    compare(sys.argv[1], sys.argv[2])
else:
    queries, targets = synthetic()
    as_lists = lambda motifs: [np.round(motif, 9).tolist() for motif in motifs]
    p, _ = p_values([q.T for q in queries], [t.T for t in targets])
    # Six digits exceed the tolerance of the test.
    rounded = [[float(f"{value:.6g}") for value in row] for row in p]
    print(json.dumps({"queries": as_lists(queries), "targets": as_lists(targets), "p_values": rounded}))
