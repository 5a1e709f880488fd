//! Initial weights: first-layer filters from k-mers enriched in the train genes.

mod enriched_kmers;
mod kmer_filters;

#[cfg(test)]
pub(crate) use enriched_kmers::EnrichedWord;
pub(crate) use enriched_kmers::enriched_words;
pub(crate) use kmer_filters::begin_with_words;
