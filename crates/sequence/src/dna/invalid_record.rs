//! Invalid records of FASTA files, after which reading continues.

use crate::SequenceError;

/// Record of a FASTA file without a name or sequence, or with letters that are not bases.
///
/// ```
/// use tatabox_sequence::{InvalidRecord, SequenceError};
///
/// let error = SequenceError::UnnamedRecord { path: "x.fa".into(), record_number: 3 };
/// let record = InvalidRecord::of(&error).expect("an error of a record");
/// assert_eq!((record.id, record.detail.as_str()), (None, "no name after '>'"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRecord<'a> {
    /// Name, if the record has one.
    pub id: Option<&'a str>,
    /// Number of the record in its file, counted from 1.
    pub record_number: u64,
    /// The problem, without file and record.
    pub detail: String,
}

impl<'a> InvalidRecord<'a> {
    /// The record that an error concerns; `None` for an error of the file, after which no record can be read.
    pub fn of(error: &'a SequenceError) -> Option<Self> {
        Some(match error {
            SequenceError::UnnamedRecord { record_number, .. } => {
                Self { id: None, record_number: *record_number, detail: "no name after '>'".to_owned() }
            }
            SequenceError::EmptyRecord { record_number, id, .. } => {
                Self { id: Some(id), record_number: *record_number, detail: "no sequence".to_owned() }
            }
            SequenceError::ProteinRecord { record_number, id, position, letter, .. } => {
                let detail =
                    format!("'{letter}' at position {position} (counted from 0) is an amino acid; expected DNA");
                Self { id: Some(id), record_number: *record_number, detail }
            }
            SequenceError::InvalidBase { record_number, id, source, .. } => {
                Self { id: Some(id), record_number: *record_number, detail: source.to_string() }
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FastaRecords;
    use crate::text_file::tests::file_of;

    #[test]
    fn invalid_record_names_record_and_problem() {
        let (_folder, path) = file_of("x.fa", b">a\nAC-T\n>b\n\n>\nAC\n>p\nMEEP\n");
        let errors: Vec<_> = FastaRecords::open(path).unwrap().map(|record| record.unwrap_err()).collect();
        let records: Vec<_> = errors.iter().map(|error| InvalidRecord::of(error).unwrap()).collect();
        let names: Vec<_> = records.iter().map(|record| (record.record_number, record.id)).collect();
        assert_eq!(names, [(1, Some("a")), (2, Some("b")), (3, None), (4, Some("p"))]);
        assert!(records[0].detail.starts_with("'-' at position 2"), "{}", records[0].detail);
        assert_eq!(records[3].detail, "'E' at position 1 (counted from 0) is an amino acid; expected DNA");
        assert_eq!(InvalidRecord::of(&SequenceError::EmptyFile { path: "x.fa".into() }), None);
    }
}
