#!/usr/bin/env python3
"""Converts a table of reporter activities of promoter tiles into the input of `tatabox evaluate-variants`.

The input has one construct per row (TSV, plain or gzip) with the columns unique_id, element (its sequence) and, per cell
type, NAME_mean, NAME_sd and NAME_n: log2 activity, its standard deviation and its number of replicates. Identifiers are those of
Mattioli et al. 2019 (doi:10.1101/gr.242222.118):

    CLASS__BIOTYPE__PROMOTER__REGION__TILESET.TILE.SNP.0.DELETION.LENGTH

A tile has one construct of the class WILDTYPE, WILDTYPE_BUT_HAS_SNP, CONTROL_BUT_HAS_SNP or FLIPPED. *_DELETION lack LENGTH bases
from base DELETION on (counted from 1), *_SNP_INDIV carry one known variant, and SCRAMBLED are permutations of the tile. Random
sequences belong to no tile. A deletion that is not the tile without these bases is an error.

The output has one row per variant and cell type: id, element, kind, cell_type, reference_sequence, alternative_sequence,
tss_offset, effect (log2 activity of the variant minus that of its tile) and, with --se, its standard error.

    python3 workflow/scripts/reporter_scan_effects.py activities.tsv.gz effects.tsv.gz
    tatabox evaluate-variants --measured effects.tsv.gz --cell-type K562 -o scan
"""

import argparse
import csv
import gzip
import sys

WILD_TYPES = {"WILDTYPE", "WILDTYPE_BUT_HAS_SNP", "CONTROL_BUT_HAS_SNP", "FLIPPED"}
KINDS = ("deletion", "snp", "scramble")


def kind_of(label):
    """Kind of a construct by its class; None for random sequences."""
    if label in WILD_TYPES:
        return "wildtype"
    if label.endswith("_DELETION"):
        return "deletion"
    if label.endswith("_SNP_INDIV"):
        return "snp"
    return "scramble" if label == "SCRAMBLED" else None


def construct_of(row, line):
    """Construct of a row: its tile, kind and sequence; None for a random sequence."""
    parts = row["unique_id"].split("__")
    kind = kind_of(parts[0])
    if kind is None:
        return None
    numbers = parts[-1].split(".")
    if len(parts) < 5 or len(numbers) != 6:
        raise ValueError(f"line {line}: identifier {row['unique_id']} has another form than CLASS__..__1.2.3.4.5.6")
    promoter = parts[2] if parts[2] != parts[3] else parts[3]
    return {
        "id": row["unique_id"],
        "line": line,
        "kind": kind,
        "tile": numbers[1],
        "element": f"{promoter}/{numbers[0]}.{numbers[1]}",
        "deletion": (int(numbers[4]), int(numbers[5])),
        "sequence": row["element"].upper(),
        "row": row,
    }


def check_deletion(construct, wild_type):
    """Raises an error unless the construct is its tile without the bases that its identifier names."""
    first, length = construct["deletion"]
    tile = wild_type["sequence"]
    if tile[: first - 1] + tile[first - 1 + length :] != construct["sequence"]:
        raise ValueError(
            f"line {construct['line']}: {construct['id']} is not its tile (line {wild_type['line']}) without "
            f"{length} bp at base {first}"
        )


def measured(row, cell_type, min_replicates):
    """Mean, standard deviation and number of replicates; None where too few were measured."""
    mean, sd, n = (row[f"{cell_type}_{name}"] for name in ("mean", "sd", "n"))
    if not mean or not n or int(float(n)) < min_replicates:
        return None
    return float(mean), float(sd) if sd else None, int(float(n))


def effects(rows, kinds, tss_offsets, min_replicates=2):
    """Rows of the output for rows of the input."""
    constructs = [construct for line, row in enumerate(rows, start=2) if (construct := construct_of(row, line))]
    wild_types = {}
    for construct in constructs:
        if construct["kind"] == "wildtype":
            other = wild_types.setdefault(construct["element"], construct)
            if other is not construct:
                raise ValueError(f"line {construct['line']}: second wild type of tile {construct['element']}")
    cell_types = [name[: -len("_mean")] for name in (rows[0] if rows else {}) if name.endswith("_mean")]
    for construct in constructs:
        if construct["kind"] not in kinds:
            continue
        wild_type = wild_types.get(construct["element"])
        if wild_type is None:
            raise ValueError(f"line {construct['line']}: tile {construct['element']} has no wild type")
        if construct["kind"] == "deletion":
            check_deletion(construct, wild_type)
        if construct["tile"] not in tss_offsets:
            raise ValueError(f"line {construct['line']}: no TSS offset of tile {construct['tile']}; use --tss-offset")
        for cell_type in cell_types:
            values = [measured(one["row"], cell_type, min_replicates) for one in (construct, wild_type)]
            effect = se = ""
            if None not in values:
                effect = f"{values[0][0] - values[1][0]:.4f}"
                if all(sd is not None for _, sd, _ in values):
                    se = f"{sum(sd**2 / n for _, sd, n in values) ** 0.5:.4f}"
            yield {
                "id": construct["id"],
                "element": construct["element"],
                "kind": construct["kind"],
                "cell_type": cell_type,
                "reference_sequence": wild_type["sequence"],
                "alternative_sequence": construct["sequence"],
                "tss_offset": tss_offsets[construct["tile"]],
                "effect": effect,
                "se": se,
            }


def open_text(path, mode):
    return gzip.open(path, mode + "t", newline="") if path.endswith(".gz") else open(path, mode, newline="")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("activities", help="table of activities (TSV, .gz)")
    parser.add_argument("effects", help="table of effects to write (TSV, .gz)")
    parser.add_argument("--kinds", default="deletion,snp", help="kinds of variants: deletion, snp, scramble (%(default)s)")
    parser.add_argument(
        "--tss-offset",
        default="1=173,2=79",
        help="index of the TSS base in each tile, 0-based; may be past its end (%(default)s)",
    )
    parser.add_argument("--min-replicates", type=int, default=2, help="fewest replicates of a value (%(default)s)")
    parser.add_argument("--se", action="store_true", help="write the standard error, so that effects are significant or not")
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(",")
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        parser.error(f"--kinds: {unknown[0]} is none of {', '.join(KINDS)}")
    offsets = dict(pair.split("=") for pair in arguments.tss_offset.split(","))
    with open_text(arguments.activities, "r") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    try:
        converted = list(effects(rows, kinds, offsets, arguments.min_replicates))
    except ValueError as error:
        sys.exit(f"{arguments.activities}, {error}")
    columns = ["id", "element", "kind", "cell_type", "reference_sequence", "alternative_sequence", "tss_offset", "effect"]
    with open_text(arguments.effects, "w") as table:
        writer = csv.DictWriter(
            table, columns + ["se"] * arguments.se, delimiter="\t", extrasaction="ignore", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(converted)
    print(f"{len(converted)} effects of {len({row['element'] for row in converted})} tiles", file=sys.stderr)


if __name__ == "__main__":
    main()
