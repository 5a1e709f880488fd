//! Attention analysis: k-mers enriched under high attention, and example genes.

mod attended_ranges;
mod enriched_kmers;
mod examples;
mod kmer_counts;
mod kmer_sites;
mod searched_gene;

pub use enriched_kmers::{AttentionWindow, KmerSearch, attention_enriched_kmers};
pub use examples::attention_examples;
