//! Source of an assay: files of sequences and values, and how they are read.

mod chromosome;
mod problem;
mod reader;
mod sequences;
mod values;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use tatabox_sequence::Sequence;

use super::{AssayScale, Construct};
use crate::error::{DatasetError, Result};

pub use problem::AssayProblem;
pub(crate) use reader::{AssayInput, ExcludedRow, read};

/// Role of the files in the list of inputs.
pub(crate) const ASSAY_ROLE: &str = "assay";

/// Word for the genes of the data set in place of a file of sequences.
const GENES: &str = "genes";

/// Keys of the text form.
const KEYS: [&str; 9] = ["id", "sequence", "values", "scale", "left", "right", "tss", "chrom", "reverse-complement"];

/// Sequences that an assay measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssaySequences {
    /// FASTA file, or table with a column of sequences.
    File(PathBuf),
    /// Genes of the data set.
    Genes,
}

/// Column of values and the output that it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssayColumn {
    /// Name of the column.
    pub column: String,
    /// Name of the output; by default the name of the assay, followed by the column if there are several.
    pub output: Option<String>,
}

/// Source of an assay.
///
/// The text form is `NAME=SEQUENCES,VALUES,key=value...`. SEQUENCES is a FASTA file, a table with a column of sequences, or the
/// word `genes`; VALUES is a table with one row per sequence, and can be omitted if SEQUENCES is a table that holds the values.
///
/// | key | value | default |
/// |---|---|---|
/// | `scale` | `tpm` (any linear activity), `counts` or `log2` | required |
/// | `id` | column of identifiers | first column |
/// | `sequence` | column of sequences | `sequence` or `seq` |
/// | `values` | columns of values, `A+B`, each with an optional name of its output, `A:NAME` | the only column of numbers |
/// | `left`, `right` | constant bases of the construct around each sequence | none |
/// | `tss` | index of the TSS base from the first base of the sequence, or, if negative, from the end of the construct | `upstream_bp` for sequences as long as the window |
/// | `chrom` | column of chromosomes | locations such as `chr1:100-400` in headers and identifiers |
/// | `reverse-complement` | `true` if a sequence and its reverse complement have the same activity | `false` |
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{AssayScale, AssaySource};
///
/// let text = "lenti=reporters.tsv,values=mean_value,scale=log2,right=TAGAGGGTATATAATGG,tss=-1";
/// let source: AssaySource = text.parse()?;
/// assert_eq!((source.name.as_str(), source.scale, source.tss), ("lenti", AssayScale::Log2, Some(-1)));
/// assert!("lenti=reporters.tsv".parse::<AssaySource>().is_err(), "the scale is required");
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssaySource {
    /// Name of the assay.
    pub name: String,
    /// Sequences.
    pub sequences: AssaySequences,
    /// Table of values; `None` if the table of sequences holds them.
    pub values: Option<PathBuf>,
    /// Column of identifiers; the first column if `None`.
    pub id_column: Option<String>,
    /// Column of sequences; `sequence` or `seq` if `None`.
    pub sequence_column: Option<String>,
    /// Column of chromosomes.
    pub chromosome_column: Option<String>,
    /// Columns of values; the only column of numbers if empty.
    pub columns: Vec<AssayColumn>,
    /// Scale of the values.
    pub scale: AssayScale,
    /// Bases before each sequence, 5' to 3'.
    pub left: String,
    /// Bases after each sequence.
    pub right: String,
    /// Index of the TSS base, as in [`Construct::tss`]; `None` for sequences as long as the window.
    pub tss: Option<i64>,
    /// Whether a sequence and its reverse complement have the same activity.
    pub reverse_complement: bool,
}

impl AssaySource {
    /// Files of the assay, each once.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let sequences = match &self.sequences {
            AssaySequences::File(path) => Some(path.as_path()),
            AssaySequences::Genes => None,
        };
        let values = self.values.as_deref().filter(|&values| Some(values) != sequences);
        sequences.into_iter().chain(values)
    }

    /// Table that holds the values.
    pub(super) fn table(&self) -> &Path {
        match (&self.values, &self.sequences) {
            (Some(path), _) | (None, AssaySequences::File(path)) => path,
            (None, AssaySequences::Genes) => unreachable!("an assay of the genes has a table of values"),
        }
    }

    /// Construct around each sequence; `None` for sequences of the genome.
    pub(super) fn construct(&self, upstream_bp: u32) -> Option<Construct> {
        let is_construct = !self.left.is_empty() || !self.right.is_empty() || self.tss.is_some();
        is_construct.then(|| Construct {
            left: self.left.clone(),
            right: self.right.clone(),
            tss: self.tss.unwrap_or(i64::from(upstream_bp) - self.left.len() as i64),
        })
    }

    /// Names of the outputs of `columns`.
    pub(super) fn outputs(&self, columns: &[AssayColumn]) -> Vec<String> {
        let name = |column: &AssayColumn| match &column.output {
            Some(output) => output.clone(),
            None if columns.len() == 1 => self.name.clone(),
            None => format!("{}.{}", self.name, column.column),
        };
        columns.iter().map(name).collect()
    }

    /// Validates the settings.
    ///
    /// # Errors
    ///
    /// [`DatasetError::InvalidSetting`] with the setting and the remedy.
    pub(crate) fn check(&self) -> Result<()> {
        if self.name.trim().is_empty() || self.name.contains(['=', ',']) {
            return refuse(&self.name, "expected a name without `=` and `,`");
        }
        for (key, bases) in [("left", &self.left), ("right", &self.right)] {
            if let Err(error) = Sequence::from_ascii(bases.as_bytes()) {
                return self.refuse(&format!("{key}={bases}"), &format!("{error}; expected DNA, 5' to 3'"));
            }
        }
        if self.sequences != AssaySequences::Genes {
            return Ok(());
        }
        if self.values.is_none() {
            return self.refuse(GENES, "an assay of the genes requires a table of values: NAME=genes,VALUES,...");
        }
        let construct = !self.left.is_empty() || !self.right.is_empty() || self.tss.is_some();
        if construct || self.sequence_column.is_some() || self.chromosome_column.is_some() || self.reverse_complement {
            let expected = "an assay of the genes has the windows of the genes; remove sequence, left, right, tss, \
                            chrom and reverse-complement";
            return self.refuse(GENES, expected);
        }
        Ok(())
    }

    /// Error of a setting of this assay.
    pub(super) fn refuse<T>(&self, value: &str, expected: &str) -> Result<T> {
        refuse(&format!("{}, {value}", self.name), expected)
    }
}

fn refuse<T>(value: &str, expected: &str) -> Result<T> {
    Err(DatasetError::InvalidSetting { field: "assay", value: value.to_owned(), expected: expected.to_owned() })
}

impl FromStr for AssaySource {
    type Err = DatasetError;

    fn from_str(text: &str) -> Result<Self> {
        let Some((name, rest)) = text.split_once('=') else {
            return refuse(text, "expected NAME=SEQUENCES,VALUES,key=value...");
        };
        let mut files = Vec::new();
        let mut settings: Vec<(&str, &str)> = Vec::new();
        for part in rest.split(',').map(str::trim) {
            match part.split_once('=') {
                Some((key, value)) if KEYS.contains(&key.trim()) => {
                    let (key, value) = (key.trim(), value.trim());
                    if settings.iter().any(|&(other, _)| other == key) {
                        return refuse(name, &format!("{key} is set twice; set it once"));
                    }
                    if value.is_empty() {
                        return refuse(name, &format!("{key} has no value"));
                    }
                    settings.push((key, value));
                }
                Some((key, _)) => {
                    let expected = format!(
                        "unknown key {:?}; expected one of {}; a path must not contain `=` or `,`",
                        key.trim(),
                        KEYS.join(", ")
                    );
                    return refuse(name, &expected);
                }
                None if part.is_empty() => return refuse(name, "an item between two commas is empty"),
                None => files.push(part),
            }
        }
        let setting = |key: &str| settings.iter().find(|&&(other, _)| other == key).map(|&(_, value)| value);
        let [sequences, values @ ..] = files.as_slice() else {
            return refuse(name, "expected a file of sequences (FASTA or a table), or the word genes");
        };
        if values.len() > 1 {
            let expected = format!("{} files are given; expected SEQUENCES,VALUES and then key=value", files.len());
            return refuse(name, &expected);
        }
        let Some(scale) = setting("scale") else {
            let expected = "the scale of the values is required: scale=tpm for linear activities, scale=counts for \
                            counts, or scale=log2 for logarithms to base 2";
            return refuse(name, expected);
        };
        let tss = setting("tss").map(|text| {
            text.parse::<i64>().or_else(|_| refuse(&format!("{name}, tss={text}"), "expected a whole number"))
        });
        let reverse_complement = setting("reverse-complement").map(|text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => refuse(&format!("{name}, reverse-complement={text}"), "expected true or false"),
        });
        let sequences = match *sequences {
            GENES => AssaySequences::Genes,
            path => AssaySequences::File(path.into()),
        };
        let owned = |key| setting(key).map(str::to_owned);
        let source = Self {
            name: name.trim().to_owned(),
            sequences,
            values: values.first().map(PathBuf::from),
            id_column: owned("id"),
            sequence_column: owned("sequence"),
            chromosome_column: owned("chrom"),
            columns: setting("values").map(|text| columns(name, text)).transpose()?.unwrap_or_default(),
            scale: scale.parse()?,
            left: owned("left").unwrap_or_default(),
            right: owned("right").unwrap_or_default(),
            tss: tss.transpose()?,
            reverse_complement: reverse_complement.transpose()?.unwrap_or_default(),
        };
        source.check()?;
        Ok(source)
    }
}

/// Columns of `A+B:OUTPUT`.
fn columns(name: &str, text: &str) -> Result<Vec<AssayColumn>> {
    let mut columns: Vec<AssayColumn> = Vec::new();
    for part in text.split('+').map(str::trim) {
        let (column, output) = match part.split_once(':') {
            Some((column, output)) => (column.trim(), Some(output.trim().to_owned())),
            None => (part, None),
        };
        if column.is_empty() || output.as_deref() == Some("") {
            return refuse(&format!("{name}, values={text}"), "expected COLUMN or COLUMN:OUTPUT, joined with `+`");
        }
        if columns.iter().any(|other| other.column == column) {
            return refuse(&format!("{name}, values={text}"), &format!("column {column} is named twice; name it once"));
        }
        columns.push(AssayColumn { column: column.to_owned(), output });
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> AssaySource {
        text.parse().expect("valid")
    }

    fn refused(text: &str) -> String {
        text.parse::<AssaySource>().expect_err(text).to_string()
    }

    #[test]
    fn assay_source_text_sets_every_key() {
        let source = parsed(
            "mpra=seqs.fa.gz,values.tsv,id=name,sequence=insert,values=K562_mean:K+HepG2_mean,scale=log2,left=AC,\
             right=GT,tss=-3,chrom=chr,reverse-complement=true",
        );
        assert_eq!(source.sequences, AssaySequences::File("seqs.fa.gz".into()));
        assert_eq!(source.paths().collect::<Vec<_>>(), [Path::new("seqs.fa.gz"), Path::new("values.tsv")]);
        assert_eq!(source.table(), Path::new("values.tsv"));
        assert_eq!(source.outputs(&source.columns), ["K", "mpra.HepG2_mean"]);
        assert_eq!((source.id_column.as_deref(), source.sequence_column.as_deref()), (Some("name"), Some("insert")));
        assert_eq!((source.chromosome_column.as_deref(), source.reverse_complement), (Some("chr"), true));
        let construct = source.construct(50).expect("a construct");
        assert_eq!((construct.left.as_str(), construct.right.as_str(), construct.tss), ("AC", "GT", -3));
    }

    #[test]
    fn assay_source_defaults_take_one_table_and_no_construct() {
        let source = parsed("EPD=epd.tsv,values=RPM,scale=tpm");
        assert_eq!((source.paths().count(), source.table()), (1, Path::new("epd.tsv")));
        assert_eq!(source.construct(50), None);
        assert_eq!(source.outputs(&source.columns), ["EPD"]);
        // A construct whose bases fill the window: its TSS is at the index `upstream_bp`.
        assert_eq!(parsed("x=a.fa,b.tsv,scale=tpm,left=ACGT").construct(50).expect("a construct").tss, 46);
        assert_eq!(parsed("x=a.tsv,a.tsv,scale=tpm").paths().count(), 1);
        assert_eq!(parsed("x=genes,a.tsv,scale=counts").sequences, AssaySequences::Genes);
    }

    #[test]
    fn assay_source_invalid_text_names_item_and_remedy() {
        for (text, expected) in [
            ("reporters.tsv", "expected NAME=SEQUENCES"),
            ("x=a.tsv", "scale=log2"),
            ("x=a.tsv,scale=ln", "expected tpm, counts or log2"),
            ("x=a.tsv,b.tsv,c.tsv,scale=tpm", "3 files"),
            ("x=scale=tpm", "expected a file of sequences"),
            ("x=a.tsv,scale=tpm,strand=+", "unknown key \"strand\""),
            ("x=a.tsv,scale=tpm,scale=log2", "scale is set twice"),
            ("x=a.tsv,scale=tpm,id=", "id has no value"),
            ("x=a.tsv,,scale=tpm", "is empty"),
            ("x=a.tsv,scale=tpm,tss=half", "tss=half: expected a whole number"),
            ("x=a.tsv,scale=tpm,left=AXG", "left=AXG"),
            ("x=a.tsv,scale=tpm,reverse-complement=yes", "expected true or false"),
            ("x=a.tsv,scale=tpm,values=A+", "COLUMN:OUTPUT"),
            ("x=a.tsv,scale=tpm,values=A+A:B", "named twice"),
            ("x=genes,scale=tpm", "requires a table of values"),
            ("x=genes,a.tsv,scale=tpm,tss=3", "has the windows of the genes"),
            ("=a.tsv,scale=tpm", "expected a name"),
        ] {
            let message = refused(text);
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
