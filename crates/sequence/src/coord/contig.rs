//! Contigs of a genome.

/// Largest number of contigs listed in an error message.
const MAX_CONTIGS_SHOWN: usize = 5;

/// Contig of a genome: a chromosome, a scaffold or an alternate locus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contig {
    /// Name in the genome file.
    pub name: String,
    /// Length in bp.
    pub length: u64,
}

/// List of the first contig names, for messages.
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
    fn describe_contigs_long_list_is_abbreviated() {
        let contigs: Vec<_> = (1..=7).map(|n| Contig { name: format!("chr{n}"), length: 1 }).collect();
        assert_eq!(describe_contigs(&contigs), "chr1, chr2, chr3, chr4, chr5 and 2 more");
        assert_eq!(describe_contigs(&contigs[..2]), "chr1, chr2");
    }
}
