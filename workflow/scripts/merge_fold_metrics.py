"""Merges the fold metrics of all cross-validations into one table, with a column `trained_on` for the cross-validation."""

import os

snakemake = globals()["snakemake"]  # set by Snakemake

partial = snakemake.output[0] + ".partial"
with open(partial, "w") as merged:
    pairs = zip(snakemake.params.cell_types, snakemake.input, strict=True)
    for number, (cell_type, path) in enumerate(pairs):
        with open(path) as table:
            header = next(table)
            if number == 0:
                merged.write("trained_on\t" + header)
            merged.writelines(f"{cell_type}\t{line}" for line in table)
os.replace(partial, snakemake.output[0])
