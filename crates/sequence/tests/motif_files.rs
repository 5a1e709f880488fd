//! Motif files as databases and programs write them: each is read as the motif that it describes, or refused.

#[path = "support/real_files.rs"]
mod real_files;

use std::path::Path;

use tatabox_sequence::{MotifFile, PositionWeightMatrix};

/// Motifs of a file with this content, or the message that it is refused with.
fn read(content: &str) -> Result<Vec<PositionWeightMatrix>, String> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("motifs.txt");
    std::fs::write(&path, content).expect("written");
    MotifFile::read(&path).map(|file| file.motifs).map_err(|error| error.to_string())
}

fn consensus(content: &str) -> Vec<String> {
    read(content).expect("motifs").iter().map(PositionWeightMatrix::consensus).collect()
}

/// bjmt/universalmotif#6, biopython/biopython#4787.
#[test]
fn meme_rows_beyond_width_are_an_error() {
    let rows = "0 0 0 1\n1 0 0 0\n0 0 0 1\n1 0 0 0\n";
    let file = |rows: &str, rest: &str| {
        format!("MEME version 4\n\nMOTIF tata\nletter-probability matrix: alength= 4 w= 4\n{rows}{rest}")
    };
    assert_eq!(consensus(&file(rows, "")), ["TATA"]);
    for rest in ["1 0 0 0\n", "\n1 0 0 0\n", "# more\n1 0 0 0\n", "1 0 0\n"] {
        let message = read(&file(rows, rest)).expect_err("five rows");
        assert!(message.contains("(tata): '1 0 0") && message.contains("4 rows"), "{rest}\n{message}");
    }
    let message = read(&file("0 0 0 1\n\n1 0 0 0\n", "")).expect_err("two rows");
    assert!(message.contains("line 5 (tata): the matrix ends after 1 row; expected 4 (w=)"), "{message}");
    let message =
        read(&file(rows, "").replace(" w= 4", "").replace("\n0 0 0 1\n1", "\n0 0 0 1\n\n1")).expect_err("a gap");
    assert!(message.contains("line 7 (tata): '1 0 0 0' follows the 1 row"), "{message}");
}

/// bjmt/universalmotif#10, jianhong/motifStack#18.
#[test]
fn meme_rounded_probabilities_are_scaled() {
    let file = |row: &str| format!("MEME version 4\nMOTIF m\nletter-probability matrix: w= 1\n{row}\n");
    for row in ["0.01 0.96 0.01 0.01", "0.33 0.33 0.33 0.00", "0.0000 0.0000 0.0000 0.9999", "0.303 0.183 0.209 0.306"]
    {
        let motifs = read(&file(row)).expect(row);
        assert!((motifs[0].columns()[0].iter().sum::<f64>() - 1.0).abs() < 1e-12, "{row}");
    }
    for (row, sum) in [("0.01 0.90 0.01 0.01", "0.93"), ("0.3030 0.1830 0.2090 0.3000", "0.9950"), ("3 4 5 6", "18")] {
        let message = read(&file(row)).expect_err(row);
        assert!(message.contains(&format!("line 4 (m): row 1 sums to {sum}; expected 1")), "{row}\n{message}");
    }
}

/// biopython/biopython#461: the output of MEME begins with a banner, and its MOTIF lines have two forms.
#[test]
fn meme_text_output_is_read() {
    for (names, expected) in [
        ("MOTIF TATAA MEME-1\twidth =   5  sites =  20  llr = 12", ("TATAA", Some("MEME-1"))),
        ("MOTIF  1 MEME\twidth =   5  sites =   3", ("1", Some("MEME"))),
        ("MOTIF  1\twidth =   5   sites =  18   llr = 212", ("1", None)),
    ] {
        let text = format!(
            "****\nMEME - Motif discovery tool\n****\nMEME version 5.5.5 (Release date: Thu Sep 7 2023)\n\n****\n\
             TRAINING SET\n****\nPRIMARY SEQUENCES= a.fa\nALPHABET= ACGT\n\
             Sequence name            Weight Length  Sequence name            Weight Length\n\
             1                        1.0000    200  2                        1.0000    200\n****\n\nstrands: + -\n\n\
             Background letter frequencies (from file dataset with add-one prior applied):\nA 0.303 C 0.183 G 0.209 T 0.306\n\
             ****\n{names}\n****\n\tMotif 1 Description\n----\nSimplified        A  :a:aa\n----\n\
             log-odds matrix: alength= 4 w= 5 n= 392\n-1097 -1097 -1097 198\n198 -1097 -1097 -1097\n-1097 -1097 -1097 198\n\
             198 -1097 -1097 -1097\n198 -1097 -1097 -1097\n----\nletter-probability matrix: alength= 4 w= 5 nsites= 20 E= 1.2e-003\n\
             \u{20}0.000000  0.000000  0.000000  1.000000\n 1.000000  0.000000  0.000000  0.000000\n 0 0 0 1\n 1 0 0 0\n 1 0 0 0\n\
             ----\n\tMotif TATAA MEME-1 regular expression\n----\nTATAA\n----\n\nTime  0.46 secs.\n"
        );
        let motifs = read(&text).expect("output of MEME");
        assert_eq!((motifs.len(), motifs[0].consensus().as_str()), (1, "TATAA"));
        assert_eq!((motifs[0].name(), motifs[0].alternative_name()), expected);
    }
}

#[test]
fn dreme_and_streme_text_output_is_read() {
    let alphabet = "ALPHABET \"DNA\" DNA-LIKE\nA \"Adenine\" CC0000 ~ T \"Thymine\" 008000\nC \"Cytosine\" 0000CC ~ G \"Guanine\" FFB300\n\
        N \"Any base\" = ACGT\nX = ACGT\nV \"Not T\" = ACG\nEND ALPHABET\n";
    let dreme = format!(
        "# DREME 5.1.1\n# command:     dreme -oc .\n\nMEME version 5.1.1 (Release date: 2020)\n\n{alphabet}\nstrands: + -\n\n\
         Background letter frequencies (from dataset):\nA 0.250 C 0.250 G 0.250 T 0.250\n\n\nMOTIF TA DREME-1\n\n\
         #             Word        RC Word        Pos        Neg    P-value    E-value\n# BEST        TA  TA 62  17 3.9e-008 8.1e-004\n\n\
         letter-probability matrix: alength= 4 w= 2 nsites= 62 E= 8.1e-1262\n0.000000 0.000000 0.000000 1.000000\n1.000000 0 0 0\n\n\n\
         # Stopping reason: E-value threshold exceeded\n#    Running time: 1.2 seconds\n"
    );
    let streme = "****\nSTREME - Sensitive, Thorough, Rapid, Enriched Motif Elicitation\n****\nMEME version 5.5.5 (Release date: 2023)\n\
        ****\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\nA 0.281 C 0.219 G 0.219 T 0.281\n\n\
        MOTIF 1-TA STREME-1\nletter-probability matrix: alength= 4 w= 2 nsites= 1022 E= 1.0e-010\n 0.0 0.0 0.0 1.0\n 1.0 0.0 0.0 0.0\n\n\
        ****\nMotif  SITES\n****\n";
    for text in [&dreme, streme] {
        assert_eq!(consensus(text), ["TA"]);
    }
}

/// biopython/biopython#4787, jianhong/motifStack#18: RNA alphabets, and matrices without w= and nsites=.
#[test]
fn meme_alphabets_give_the_columns() {
    let file = |alphabet: &str| {
        format!(
            "MEME version 5.5.3\n\n{alphabet}\n\nstrands: +\n\nMOTIF g g\n\nletter-probability matrix: alength= 4\n0.7\t0.1\t0.1\t0.1\n0.1\t0.1\t0.1\t0.7\n"
        )
    };
    let definition = |rows: &str| format!("ALPHABET \"x\"\n{rows}\nEND ALPHABET");
    for (alphabet, expected) in [
        ("ALPHABET= ACGT".to_owned(), "AT"),
        ("ALPHABET= ACGU".to_owned(), "AT"),
        ("ALPHABET= acgt".to_owned(), "AT"),
        ("ALPHABET= TGCA".to_owned(), "TA"),
        (definition("A ~ T\nC ~ G\nN = ACGT"), "AT"),
        (definition("T \"T = x\" FF0000 ~ A\nG ~ C"), "AT"),
        (definition("A\nC\nG\nU"), "AT"),
    ] {
        assert_eq!(consensus(&file(&alphabet)), [expected], "{alphabet}");
    }
    for (alphabet, expected) in [
        ("ALPHABET= ACDEFGHIKLMNPQRSTVWY".to_owned(), "protein"),
        ("ALPHABET= ACGTN".to_owned(), "alphabet ACGTN"),
        (definition("A ~ T\nC ~ G\nm ~ 1"), "alphabet of the letters ATCGm1"),
        (definition("A\nC\nG"), "alphabet of the letters ACG"),
    ] {
        let message = read(&file(&alphabet)).expect_err(&alphabet);
        assert!(message.contains(expected) && message.contains("expected the DNA alphabet"), "{alphabet}\n{message}");
    }
}

/// loosolab/TOBIAS#248, loosolab/TOBIAS#78, aertslab/create_cisTarget_databases#19: rows are positions, however many.
#[test]
fn homer_rows_are_positions() {
    let rows = ["0.001\t0.001\t0.997\t0.001\n", "0.997\t0.001\t0.001\t0.001\n", "0.001\t0.001\t0.001\t0.997\n"];
    for (motif, count) in [("GAT", 3), ("GATG", 4), ("GATGA", 5), ("GATGATGA", 8)] {
        let matrix: String = (0..count).map(|row| rows[row % 3]).collect();
        let header = format!(
            ">{motif}\t1-{motif},BestGuess:X(Zf)/Y/Homer(0.6)\t5.18\t-342.03\t0\tT:22.0(48.8%),B:2.3(5.5%),P:1e-149\n"
        );
        assert_eq!(consensus(&format!("{header}{matrix}")), [motif]);
        assert_eq!(consensus(&format!("{header}{matrix}{header}{matrix}")), [motif, motif]);
        // Copied from a web page, with spaces in place of tabs.
        assert_eq!(consensus(&format!("{header}{matrix}").replace('\t', "   ")), [motif]);
    }
    assert_eq!(consensus(&format!(">GATG\tX\n{}{}{}{}", rows[0], rows[1], rows[2], rows[0])), ["GATG"]);
}

/// Files without motifs, or with motifs in other formats: the message names the format.
#[test]
fn other_files_are_refused_by_name() {
    for (content, expected) in [
        ("<?xml version='1.0'?>\n<MEME version=\"5.5.5\">\nMEME version 4\n", "XML"),
        ("<!DOCTYPE html>\n<html>\n", "HTML"),
        (">seq1\nACGTACGTAC\n", "FASTA"),
        ("A [ 1 2 ]\nC [ 1 2 ]\nG [ 1 2 ]\nT [ 1 2 ]\n", "without a name"),
        ("0.1\t0.2\t0.3\t0.4\n", "without a name"),
        (">M.pwm\n-0.5\t0.6\t-0.6\t0.6\n1.3\t-3.3\t-4.4\t-3.9\n0 0 0 0\n0 0 0 0\n0 0 0 0\n", "log-odds"),
        ("MEME version 4\nMOTIF a\nlog-odds matrix: alength= 4 w= 1\n1 2 3 4\n", "log-odds"),
        (">m\n0,25 0,25 0,25 0,25\n", "use a decimal point"),
    ] {
        let message = read(content).expect_err(content);
        assert!(message.contains("motifs.txt") && message.contains(expected), "{content}\n{message}");
    }
}

/// Numbers of motifs and columns of the real files equal those of the lines.
#[test]
fn real_files_have_expected_motifs() {
    let Some(folder) = real_files::real_files() else { return };
    let read = |path: &Path| MotifFile::read(path).expect("real motif file").motifs;
    for (file, count, columns) in [("JASPAR2022.jaspar.gz", 1956, 24_391), ("HOCOMOCOv11.jaspar.gz", 769, 10_536)] {
        let motifs = read(&folder.join(file));
        assert_eq!(motifs.len(), count, "{file}");
        assert_eq!(motifs.iter().map(PositionWeightMatrix::len).sum::<usize>(), columns, "{file}");
    }
    let motifs = read(&folder.join("../data/motifs/jaspar2020_core_vertebrates.meme"));
    assert_eq!(motifs.len(), 746);
    assert_eq!(motifs.iter().map(PositionWeightMatrix::len).sum::<usize>(), 8_983);
}
