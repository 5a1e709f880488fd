"""How well an explanation finds the sites that a simulation planted.

    tatabox simulate -o sim --genes 20000 --prepare
    tatabox train --data sim --settings models/settings/simulated.json --name sim20k
    tatabox explain --fasta held_out.fa --model models/sim20k --figures 0 -o explained
    venv/bin/pip install numpy scipy
    venv/bin/python tests/golden/planted_sites.py sim/motif_sites.tsv explained

For each promoter and cell type: the area under the ROC curve with which the absolute contributions tell the bases of
planted sites that act in the cell type from all others. Printed: the mean over promoters and cell types by method, and
by motif with the sites of that motif alone.
"""

import collections
import csv
import sys

import numpy
from scipy.stats import rankdata

# A planted site may be drawn so badly that nothing would bind it.
BOUND = 0.5


def rows(path):
    with open(path, newline="") as table:
        yield from csv.DictReader(table, delimiter="\t")


def area_under_roc(values, positions, planted):
    is_planted = numpy.isin(positions, list(planted))
    in_sites, elsewhere = is_planted.sum(), (~is_planted).sum()
    ranks = rankdata(values)[is_planted].sum()
    return (ranks - in_sites * (in_sites + 1) / 2) / (in_sites * elsewhere)


def main(sites_path, folder):
    sites = collections.defaultdict(list)
    for row in rows(sites_path):
        if row["planted"] == "true" and float(row["occupancy"]) > BOUND:
            span = range(int(row["start_bp"]), int(row["end_bp"]))
            sites[row["gene_id"]].append((row["motif"], row["cell_type"], span))
    contributions = collections.defaultdict(list)
    for row in rows(f"{folder}/contributions.tsv"):
        key = row["method"], row["id"], row["cell_type"]
        contributions[key].append((int(row["position_bp"]), abs(float(row["contribution"] or 0))))
    areas, by_motif = collections.defaultdict(list), collections.defaultdict(list)
    for (method, gene, cell_type), values in contributions.items():
        positions, strengths = map(numpy.array, zip(*values))
        acting = [(motif, span) for motif, where, span in sites[gene] if where in ("", cell_type)]
        for motif, span in acting:
            by_motif[method, motif].append(area_under_roc(strengths, positions, span))
        if acting:
            planted = set().union(*(span for _, span in acting))
            areas[method].append(area_under_roc(strengths, positions, planted))
    for method, values in areas.items():
        print(f"{method}: mean {numpy.mean(values):.3f}, median {numpy.median(values):.3f}, n {len(values)}")
        for (other, motif), values in sorted(by_motif.items()):
            if other == method:
                print(f"  {motif}: {numpy.mean(values):.3f}, n {len(values)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
