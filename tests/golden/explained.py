"""Reads what `tatabox explain` wrote with readers that share no code with it.

    python -m venv venv && venv/bin/pip install numpy pyBigWig pillow
    venv/bin/python tests/golden/explained.py explained

Checks that every bigWig holds the contributions of contributions.tsv (the mean where promoters share a base) and the
attention of attention.tsv, that its bedGraph says the same, that arrays have the shape N x L x 4 and add up to the
table, and that every figure is a well-formed SVG with a PNG of the same shape. Ends with 1 and the first difference
where something is not so.
"""

import collections
import csv
import glob
import os
import sys
import xml.etree.ElementTree

import numpy
import pyBigWig
from PIL import Image


def rows(path):
    with open(path, newline="") as table:
        yield from csv.DictReader(table, delimiter="\t")


def check(condition, message):
    if not condition:
        sys.exit(f"difference: {message}")


def expected_tracks(folder):
    """By method and cell type: the values at each place on the genome."""
    tracks = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows(f"{folder}/contributions.tsv"):
        if row["start"] and row["contribution"]:
            place = row["chrom"], int(row["start"])
            tracks[row["method"], row["cell_type"]][place].append(float(row["contribution"]))
    return tracks


def check_tracks(folder):
    compared = 0
    for (method, cell_type), values in expected_tracks(folder).items():
        path = f"{folder}/tracks/{method}.{cell_type}"
        bigwig = pyBigWig.open(f"{path}.bw")
        check(bigwig.isBigWig(), f"{path}.bw is no bigWig")
        check(bigwig.header()["nBasesCovered"] == len(values), f"{path}.bw covers {bigwig.header()['nBasesCovered']} bases")
        for (contig, start), expected in values.items():
            found = bigwig.values(contig, start, start + 1)[0]
            check(abs(found - numpy.mean(expected)) < 1e-5, f"{path}.bw, {contig}:{start}: {found} for {expected}")
            compared += 1
        with open(f"{path}.bedgraph") as bedgraph:
            for line in bedgraph:
                contig, start, end, value = line.split("\t")
                found = bigwig.values(contig, int(start), int(end))
                check(numpy.allclose(found, float(value), atol=1e-6), f"{path}.bedgraph, {line!r}")
    if os.path.exists(f"{folder}/tracks/attention.bw"):
        bigwig = pyBigWig.open(f"{folder}/tracks/attention.bw")
        seen = collections.Counter()
        bins = [row for row in rows(f"{folder}/attention.tsv") if row["start"]]
        for row in bins:
            seen.update((row["chrom"], base) for base in range(int(row["start"]), int(row["end"])))
        for row in bins:
            span = range(int(row["start"]), int(row["end"]))
            if all(seen[row["chrom"], base] == 1 for base in span):
                found = bigwig.values(row["chrom"], span.start, span.stop)
                check(numpy.allclose(found, float(row["weight"]), atol=1e-5), f"attention at {row['chrom']}:{span.start}")
                compared += 1
    return compared


def check_arrays(folder):
    if not os.path.exists(f"{folder}/arrays/one_hot.npz"):
        return 0
    one_hot = numpy.load(f"{folder}/arrays/one_hot.npz")["arr_0"]
    check(one_hot.ndim == 3 and one_hot.shape[2] == 4, f"one_hot.npz has the shape {one_hot.shape}")
    check(set(numpy.unique(one_hot)) <= {0.0, 1.0} and one_hot.sum(axis=2).max() == 1, "one_hot.npz is not one-hot")
    totals = collections.defaultdict(float)
    for row in rows(f"{folder}/contributions.tsv"):
        totals[row["method"], row["cell_type"]] += float(row["contribution"] or 0)
    for (method, cell_type), total in totals.items():
        hypothetical = numpy.load(f"{folder}/arrays/{method}.{cell_type}.hypothetical.npz")["arr_0"]
        check(hypothetical.shape == one_hot.shape, f"{method}.{cell_type} has the shape {hypothetical.shape}")
        added_up = float((hypothetical.astype(float) * one_hot).sum())
        # Of mutagenesis the mean is taken over all four bases here, over the three others in the table.
        expected = total * 3 / 4 if method == "ism" else total
        tolerance = 1e-5 * one_hot.sum() ** 0.5 + 1e-6 * one_hot.sum()
        check(abs(added_up - expected) < tolerance, f"{method}.{cell_type}: {added_up} for {expected}")
    return len(totals)


def check_figures(folder):
    figures = sorted(glob.glob(f"{folder}/figures/*.svg"))
    for path in figures:
        root = xml.etree.ElementTree.parse(path).getroot()
        check(root.tag == "{http://www.w3.org/2000/svg}svg", f"{path} is no SVG")
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        with Image.open(path.removesuffix(".svg") + ".png") as image:
            image.load()
            check(abs(image.width / image.height - width / height) < 0.01, f"{path}: its PNG has another shape")
    return len(figures)


if __name__ == "__main__":
    folder = sys.argv[1]
    places, arrays, figures = check_tracks(folder), check_arrays(folder), check_figures(folder)
    check(places + arrays + figures > 0, f"there is nothing to check in {folder}")
    print(f"{places} values of tracks, {arrays} arrays and {figures} figures are as they should be")
