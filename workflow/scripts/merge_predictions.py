"""Merges the out-of-fold predictions of all cross-validations into one table.

Networks are named by their training: `multi`, one network for all cell types, or `single`, one network per cell type. A
baseline of several cross-validations is taken from `all` if present, else from the first.
"""

import csv
import os

snakemake = globals()["snakemake"]  # set by Snakemake


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
                # The network is the first model of its table, and its name is the prefix of its shuffled controls.
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
