"""Puts the out-of-fold predictions of all cross-validations into one table.

Networks are named by how they were trained: `multi`, one network for all cell types, or `single`, one for each. A baseline
that several cross-validations fitted is taken from the first that has it, `all` before the others.
"""

import csv
import os

snakemake = globals()["snakemake"]  # put there by the workflow


def tables():
    pairs = list(zip(snakemake.params.cell_types, snakemake.input, strict=True))
    return sorted(pairs, key=lambda pair: pair[0] != "all")


def merge(writer):
    seen = set()
    for cell_type, path in tables():
        with open(path, newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            network = None
            for row in reader:
                # The network comes first in its table; its name begins those of its shuffled controls.
                network = network or row["model"]
                if row["model"] == network or row["model"].startswith(network + "-"):
                    row["model"] = ("multi" if cell_type == "all" else "single") + row["model"][len(network) :]
                key = (row["gene_id"], row["cell_type"], row["split"], row["model"])
                if key not in seen:
                    seen.add(key)
                    writer.writerow(row)


with open(snakemake.input[0], newline="") as first:
    columns = next(csv.reader(first, delimiter="\t"))
partial = snakemake.output[0] + ".partial"
with open(partial, "w", newline="") as file:
    writer = csv.DictWriter(file, columns, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    merge(writer)
os.replace(partial, snakemake.output[0])
