//! DNA sequences: nucleotide codes, one-hot encoding, shuffling and FASTA records.

mod fasta;
mod invalid_record;
mod iupac;
mod nucleotide;
mod one_hot;
mod sequence;
mod shuffle;

pub use fasta::{FastaRecord, FastaRecords, header_field};
pub use invalid_record::InvalidRecord;
pub use iupac::iupac_bases;
pub(crate) use iupac::iupac_letter;
pub use nucleotide::{A, C, G, InvalidByte, T, UNKNOWN, complement, letter};
pub use one_hot::{decode_one_hot, encode_one_hot};
pub use sequence::Sequence;
pub use shuffle::{Shuffle, shuffle_dinucleotides, shuffle_mononucleotides};
