//! Bases of a promoter on the genome.

use tatabox_sequence::{Strand, Tss, complement};

/// Where a window lies.
pub(crate) struct GenomePlace {
    tss: Tss,
}

impl GenomePlace {
    pub(crate) fn new(tss: Tss) -> Self {
        Self { tss }
    }

    pub(crate) fn contig(&self) -> &str {
        &self.tss.chrom
    }

    /// Position of the base at `position_bp` from the TSS in sense direction, counted from 0; none before the contig's
    /// first base.
    pub(crate) fn position(&self, position_bp: i64) -> Option<u64> {
        let tss = self.tss.position as i64;
        let position = match self.tss.strand {
            Strand::Forward => tss + position_bp,
            Strand::Reverse => tss - position_bp,
        };
        u64::try_from(position).ok()
    }

    /// The stretch from `start_bp` to before `end_bp`, relative to the TSS, on the genome: 0-based, half-open.
    pub(crate) fn stretch(&self, start_bp: i64, end_bp: i64) -> Option<(u64, u64)> {
        let (one, other) = (self.position(start_bp)?, self.position(end_bp - 1)?);
        Some((one.min(other), one.max(other) + 1))
    }

    /// The base of the forward strand where the sense strand has `code`.
    pub(crate) fn forward(&self, code: u8) -> u8 {
        match self.tss.strand {
            Strand::Forward => code,
            Strand::Reverse => complement(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(strand: Strand) -> GenomePlace {
        GenomePlace::new(Tss { chrom: "chr1".to_owned(), position: 100, strand })
    }

    #[test]
    fn upstream_lies_to_the_right_of_a_gene_on_the_reverse_strand() {
        assert_eq!(place(Strand::Forward).position(-3), Some(97));
        assert_eq!(place(Strand::Reverse).position(-3), Some(103));
        // Bases -3, -2 and -1.
        assert_eq!(place(Strand::Forward).stretch(-3, 0), Some((97, 100)));
        assert_eq!(place(Strand::Reverse).stretch(-3, 0), Some((101, 104)));
        assert_eq!(place(Strand::Forward).position(-101), None);
    }

    #[test]
    fn alleles_are_those_of_the_forward_strand() {
        assert_eq!((place(Strand::Forward).forward(0), place(Strand::Reverse).forward(0)), (0, 3));
    }
}
