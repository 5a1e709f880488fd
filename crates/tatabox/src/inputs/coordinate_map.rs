//! Coordinates relative to a TSS, mapped to the genome.

use tatabox_sequence::{Strand, Tss, complement};

/// Map from positions relative to a TSS, in sense direction, to genome positions.
///
/// # Examples
///
/// ```
/// use tatabox::inputs::CoordinateMap;
/// use tatabox_sequence::{Strand, Tss};
///
/// let map = CoordinateMap::new(Tss { chrom: "chr1".to_owned(), position: 100, strand: Strand::Reverse });
/// assert_eq!(map.position(-3), Some(103));
/// assert_eq!(map.interval(-3, 0), Some((101, 104)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoordinateMap {
    tss: Tss,
}

impl CoordinateMap {
    /// The map of a TSS.
    pub fn new(tss: Tss) -> Self {
        Self { tss }
    }

    /// Contig of the TSS.
    pub fn contig(&self) -> &str {
        &self.tss.chrom
    }

    /// 0-based genome position of the base at `position_bp` from the TSS; `None` before the first base of the contig.
    pub fn position(&self, position_bp: i64) -> Option<u64> {
        let tss = self.tss.position as i64;
        let position = match self.tss.strand {
            Strand::Forward => tss + position_bp,
            Strand::Reverse => tss - position_bp,
        };
        u64::try_from(position).ok()
    }

    /// Genome interval, 0-based and half-open, of the positions from `start_bp` to before `end_bp`.
    pub fn interval(&self, start_bp: i64, end_bp: i64) -> Option<(u64, u64)> {
        let (one, other) = (self.position(start_bp)?, self.position(end_bp - 1)?);
        Some((one.min(other), one.max(other) + 1))
    }

    /// Nucleotide code of the forward strand where the sense strand has `code`.
    pub fn forward(&self, code: u8) -> u8 {
        match self.tss.strand {
            Strand::Forward => code,
            Strand::Reverse => complement(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(strand: Strand) -> CoordinateMap {
        CoordinateMap::new(Tss { chrom: "chr1".to_owned(), position: 100, strand })
    }

    #[test]
    fn coordinate_map_reverse_strand_upstream_has_larger_positions() {
        assert_eq!(map(Strand::Forward).position(-3), Some(97));
        assert_eq!(map(Strand::Reverse).position(-3), Some(103));
        // Bases -3, -2 and -1.
        assert_eq!(map(Strand::Forward).interval(-3, 0), Some((97, 100)));
        assert_eq!(map(Strand::Reverse).interval(-3, 0), Some((101, 104)));
        assert_eq!(map(Strand::Forward).position(-101), None);
    }

    #[test]
    fn coordinate_map_reverse_strand_allele_is_complemented() {
        assert_eq!((map(Strand::Forward).forward(0), map(Strand::Reverse).forward(0)), (0, 3));
    }
}
