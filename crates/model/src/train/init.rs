//! Initial weights: first-layer filters from k-mers enriched in the train genes.

mod enriched_kmers;
mod kmer_filters;

#[cfg(test)]
pub(crate) use enriched_kmers::EnrichedKmer;
pub(crate) use enriched_kmers::enriched_kmers;
pub(crate) use kmer_filters::init_filters_from_kmers;
