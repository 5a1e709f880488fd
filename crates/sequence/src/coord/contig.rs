//! Contigs of a genome.

/// Contigs named in an error message.
const MAX_CONTIGS_SHOWN: usize = 5;

/// A sequence of a genome: a chromosome, a scaffold, an alternate locus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contig {
    /// Its name in the genome's file.
    pub name: String,
    /// Number of bases.
    pub length: u64,
}

pub(crate) fn describe_contigs(contigs: &[Contig]) -> String {
    let shown: Vec<_> = contigs.iter().take(MAX_CONTIGS_SHOWN).map(|contig| contig.name.as_str()).collect();
    match contigs.len().checked_sub(MAX_CONTIGS_SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_contigs_are_answered_with_known_ones() {
        let contigs: Vec<_> = (1..=7).map(|n| Contig { name: format!("chr{n}"), length: 1 }).collect();
        assert_eq!(describe_contigs(&contigs), "chr1, chr2, chr3, chr4, chr5 and 2 more");
        assert_eq!(describe_contigs(&contigs[..2]), "chr1, chr2");
    }
}
