"""Tests of reporter_scan_effects.py: python3 -m unittest discover workflow/scripts"""

import unittest

from reporter_scan_effects import effects

TILE = "ACGTACGTAA"
REGION = "Lincrna.noflip.NA__p1@X__chr1:1..2,+"


def row(label, numbers, sequence, mean, sd="0.3", n="4"):
    return {
        "unique_id": f"{label}__{REGION}__{numbers}",
        "element": sequence,
        "K562_mean": mean,
        "K562_sd": sd,
        "K562_n": n,
    }


def table():
    return [
        row("WILDTYPE_DELETION", "7.2.0.0.3.1", "ACTACGTAA", "0.5", "0.4"),
        row("WILDTYPE", "7.2.0.0.0.0", TILE, "2.0", "0.6"),
        row("WILDTYPE_SNP_INDIV", "7.2.1.0.0.0", "ACGTTCGTAA", "2.25"),
        row("SCRAMBLED", "7.2.0.0.0.0", TILE[::-1], "", "", "0"),
        row("RANDOM", "1.1", "TTTTTTTTTT", "-1"),
    ]


class ReporterScanEffects(unittest.TestCase):
    def test_effects_are_differences_to_the_tile(self):
        found = list(effects(table(), ["deletion", "snp"], {"2": "79"}))
        self.assertEqual([one["effect"] for one in found], ["-1.5000", "0.2500"])
        # sqrt(0.4^2 / 4 + 0.6^2 / 4)
        self.assertEqual(found[0]["se"], "0.3606")
        self.assertEqual(found[0]["element"], "p1@X/7.2")
        self.assertEqual((found[0]["reference_sequence"], found[0]["alternative_sequence"]), (TILE, "ACTACGTAA"))
        self.assertEqual((found[0]["tss_offset"], found[0]["cell_type"]), ("79", "K562"))

    def test_values_of_too_few_replicates_are_missing(self):
        scrambles = list(effects(table(), ["scramble"], {"2": "79"}))
        self.assertEqual([one["effect"] for one in scrambles], [""])
        few = list(effects(table(), ["snp"], {"2": "79"}, min_replicates=5))
        self.assertEqual(few[0]["effect"], "")

    def test_wrong_identifiers_are_errors(self):
        for index, change, expected in [
            (0, {"element": "ACGACGTAA"}, "is not its tile"),
            (1, {"unique_id": "RANDOM__x"}, "has no wild type"),
            (2, {"unique_id": "WILDTYPE_SNP_INDIV__x__7"}, "another form"),
        ]:
            rows = table()
            rows[index].update(change)
            with self.assertRaisesRegex(ValueError, expected):
                list(effects(rows, ["deletion", "snp"], {"2": "79"}))
        with self.assertRaisesRegex(ValueError, "no TSS offset"):
            list(effects(table(), ["deletion"], {"1": "173"}))


if __name__ == "__main__":
    unittest.main()
