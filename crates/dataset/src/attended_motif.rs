//! What a model reads where it looks: words over-represented under its attention, and the tracks of single genes.

/// An aligned word that is over-represented where attention is high.
#[derive(Debug, Clone, PartialEq)]
pub struct AttendedMotif {
    /// Most frequent base of each column, such as `GGGCGG`.
    pub consensus: String,
    /// Attended places at which it was found.
    pub sites: u32,
    /// log2 of its frequency in attended bins over that in all bins of the same genes.
    pub log2_enrichment: f64,
    /// Median position of its sites relative to the TSS, in bp; negative is upstream.
    pub median_position_bp: i32,
    /// Sites with A, C, G and T in each column.
    pub counts: Vec<[u32; 4]>,
}

/// Attention along the window of one gene, with its bases.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneTrack {
    /// Gene identifier.
    pub gene_id: String,
    /// Gene name, where known.
    pub gene_name: Option<String>,
    /// Position of the first base relative to the TSS, in bp.
    pub start_bp: i32,
    /// Bases under one weight.
    pub bin_bp: u32,
    /// Attention weight of each bin, first to last.
    pub weights: Vec<f64>,
    /// Bases of the window, sense strand, N where unknown.
    pub sequence: String,
    /// Mean measured log2(TPM + 1) over the cell types.
    pub measured: f64,
    /// Mean predicted log2(TPM + 1) over the cell types.
    pub predicted: f64,
}

/// Motifs and example genes, as a model writes them and evaluation draws them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttentionExamples {
    /// Motifs, most enriched first.
    pub motifs: Vec<AttendedMotif>,
    /// Example genes.
    pub tracks: Vec<GeneTrack>,
}
