//! Matrices with one row per position and the columns A, C, G and T: gimme, Cluster-Buster, HOCOMOCO and HOMER.

use super::headed_matrix::{HeadedMatrix, Row};
use super::matrix::{Numbers, Position, motif};
use super::numbered_lines::Malformed;
use crate::counted::counted;
use crate::motif::PositionWeightMatrix;

/// Deviation of a HOMER row from 1: each number has three decimals, and HOMER raises up to three zeros to 0.001.
const HOMER_TOLERANCE: f64 = 0.005;

/// Motif of a matrix with one row per position. HOMER writes probabilities, others also counts.
pub(super) fn from_rows(matrix: &HeadedMatrix) -> Result<PositionWeightMatrix, Malformed> {
    let position = |row: &Row| {
        let values = row.numbers.clone().try_into().map_err(|_| {
            let detail = format!("{}; expected 4, for A, C, G and T", counted(row.numbers.len(), "number"));
            matrix.malformed(row.line, detail)
        })?;
        Ok(Position { line: row.line, values })
    };
    let positions = matrix.rows.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    let numbers = if matrix.is_homer {
        Numbers::Probabilities { tolerance: HOMER_TOLERANCE }
    } else {
        Numbers::CountsOrProbabilities
    };
    motif(&matrix.name, &positions, numbers, "row")
}

#[cfg(test)]
mod tests {
    use crate::motif::file::tests::read;

    #[test]
    fn homer_header_makes_rows_positions() {
        let four = ">GATT\tX(bHLH)/Cell-X/Homer\t5.1\t-10.2\t0\tT:10(1.5%),P:1e-5\n0.001\t0.001\t0.997\t0.001\n\
            0.997\t0.001\t0.001\t0.001\n0.001\t0.001\t0.001\t0.997\n0.001\t0.001\t0.001\t1.000\n";
        let six = ">ATAATA\tY/Homer\t6.1\n0.91\t0.03\t0.03\t0.03\n0.03\t0.03\t0.03\t0.91\n0.91\t0.03\t0.03\t0.03\n\
            0.91\t0.03\t0.03\t0.03\n0.03\t0.03\t0.03\t0.91\n0.91\t0.03\t0.03\t0.03\n";
        let file = read(format!("{four}{six}").as_bytes()).unwrap();
        let found: Vec<_> = file.motifs.iter().map(|motif| (motif.name(), motif.consensus())).collect();
        assert_eq!(found, [("X(bHLH)/Cell-X/Homer", "GATT".to_owned()), ("Y/Homer", "ATAATA".to_owned())]);
        assert_eq!(file.find("x").unwrap().name(), "X(bHLH)/Cell-X/Homer");
        for (rows, expected) in [
            ("4 16 0 0\n", "line 2 (N): row 1 sums to 20; expected 1"),
            ("0.5 0.25 0.25\n", "line 2 (N): 3 numbers; expected 4"),
            ("A 1 0 0 0\n", "line 2 (N): a letter"),
        ] {
            let message = read(format!(">AC\tN\t1.5\n{rows}").as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        let message = read(format!("{six}>b c\n1 0 0 0\n").as_bytes()).unwrap_err().to_string();
        assert!(message.contains("line 8 (b): ") && message.contains("HOMER"), "{message}");
    }

    #[test]
    fn gimme_and_cluster_buster_rows_are_positions() {
        let gimme = "# comment\n>GM.5.0.X.1\n0.7213\t0.0793\t0.1103\t0.0891\n1 0 0 0\n0 0 1 0\n0 0 0 1\n0 1 0 0\n";
        let cluster_buster = ">A_B C\n72.1 7.9 11.0 9.0\n100 0 0 0\n0 0 100 0\n0 0 0 100\n0 100 0 0\n";
        let encode = ">X_disc1 Y\nA 0.7 0.1 0.1 0.1\nA 1 0 0 0\nG 0 0 1 0\nT 0 0 0 1\nC 0 1 0 0\n";
        for text in [gimme, cluster_buster, encode] {
            assert_eq!(read(text.as_bytes()).unwrap().motifs[0].consensus(), "AAGTC", "{text}");
        }
        let short = format!("{gimme}>short\n0 0 0 1\n0 0 1 0\n");
        assert_eq!(read(short.as_bytes()).unwrap().motifs[1].consensus(), "TG");
    }
}
