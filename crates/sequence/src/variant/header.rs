//! Header of a VCF or BCF file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::bcf::BcfNames;
use super::header_line::{HeaderLine, LineKind};
use crate::SequenceError;
use crate::coord::Contig;
use crate::text_file::display_path;

/// Columns of every record.
pub(super) const FIXED_COLUMNS: [&str; 8] = ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];

/// Start of every header.
pub(super) const FIRST_LINE: &[u8] = b"##fileformat=VCF";

/// Minor version of VCF 4 from which on genotypes can have the phase of the first allele.
const LEADING_PHASE_VERSION: u32 = 4;

/// Header lines, unchanged except that BCF's numbers of names are removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantHeader {
    /// Lines that start with `##`.
    pub(super) meta: Vec<Vec<u8>>,
    /// The line that starts with `#CHROM`, without empty columns at its end.
    pub(super) columns: Vec<u8>,
    /// Number of columns of a record.
    column_count: usize,
    /// Number of empty columns at the end of the `#CHROM` line.
    empty_columns: usize,
    /// Line number of the `#CHROM` line.
    columns_line: u64,
    /// Names and their numbers, of a BCF file.
    names: Option<BcfNames>,
    /// File of the header, for messages.
    path: PathBuf,
}

/// Declaration of an INFO field that holds a list of strings.
#[derive(Clone, Copy, Debug)]
pub struct InfoField<'a> {
    /// Key of the field.
    pub id: &'a str,
    /// Description of the field.
    pub description: &'a str,
}

impl VariantHeader {
    /// Header of a file, without lines.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: display_path(path), ..Self::default() }
    }

    /// Adds a line without its line ending; returns whether it was the last one.
    ///
    /// # Errors
    ///
    /// The reason why the `#CHROM` line is not valid.
    pub(super) fn push(&mut self, line: &[u8], number: u64) -> Result<bool, String> {
        if line.starts_with(b"##") {
            self.meta.push(line.to_vec());
            return Ok(false);
        }
        let columns = line.iter().rposition(|&byte| byte != b'\t').map_or(&[][..], |last| &line[..=last]);
        let mut names = columns.strip_prefix(b"#").unwrap_or(columns).split(|&byte| byte == b'\t');
        for (index, expected) in FIXED_COLUMNS.iter().enumerate() {
            let found = names.next().unwrap_or_default();
            if found != expected.as_bytes() {
                let found = String::from_utf8_lossy(found);
                return Err(format!("line {number}: column {} is '{found}'; expected {expected}", index + 1));
            }
        }
        self.columns = columns.to_vec();
        self.column_count = columns.split(|&byte| byte == b'\t').count().max(FIXED_COLUMNS.len());
        self.empty_columns = line.len() - columns.len();
        self.columns_line = number;
        Ok(true)
    }

    /// Header of a BCF file from its text.
    pub(super) fn of_bcf(text: &[u8], path: &Path) -> Result<Self, String> {
        if !text.starts_with(FIRST_LINE) {
            return Err("expected '##fileformat=VCF' at its start".to_owned());
        }
        let mut header = Self::new(path);
        let mut names = BcfNames::default();
        for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let declared = HeaderLine::parse(line);
            if let Some(declared) = &declared {
                let added = declared.index().transpose().and_then(|index| names.add_line(declared, index));
                added.map_err(|reason| format!("'{}': {reason}", String::from_utf8_lossy(line)))?;
            }
            if header.push(&declared.map_or_else(|| line.to_vec(), |line| line.without_index()), index as u64 + 1)? {
                break;
            }
        }
        if header.columns.is_empty() {
            return Err("expected a line that starts with #CHROM, found the end of the header".to_owned());
        }
        header.names = Some(names);
        Ok(header)
    }

    /// Names and their numbers in BCF. Those of a VCF header follow from the order of its lines.
    pub(super) fn bcf_names(&self) -> Result<BcfNames, SequenceError> {
        if let Some(names) = &self.names {
            return Ok(names.clone());
        }
        let mut names = BcfNames::default();
        for line in self.meta.iter().filter_map(|line| HeaderLine::parse(line)) {
            names.add_line(&line, None).map_err(|reason| self.invalid(reason))?;
        }
        Ok(names)
    }

    /// Names and their numbers, of a BCF file.
    pub(super) fn names(&self) -> Option<&BcfNames> {
        self.names.as_ref()
    }

    /// Whether the header is that of a BCF file.
    pub(super) fn is_bcf(&self) -> bool {
        self.names.is_some()
    }

    /// File of the header, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lines that start with `##`, without line endings.
    pub(crate) fn meta(&self) -> impl Iterator<Item = &[u8]> {
        self.meta.iter().map(Vec::as_slice)
    }

    /// Number of columns of a record.
    pub(super) fn column_count(&self) -> usize {
        self.column_count
    }

    /// Number of empty columns at the end of the `#CHROM` line, and its line number.
    pub(super) fn empty_columns(&self) -> (usize, u64) {
        (self.empty_columns, self.columns_line)
    }

    /// Names of the samples.
    pub(super) fn sample_names(&self) -> impl Iterator<Item = &[u8]> {
        self.columns.split(|&byte| byte == b'\t').skip(FIXED_COLUMNS.len() + 1)
    }

    /// Whether genotypes can have the phase of the first allele: from VCF 4.4 on.
    pub(super) fn has_leading_phase(&self) -> bool {
        let version = self.meta.iter().find_map(|line| line.strip_prefix(b"##fileformat=VCFv4."));
        let version = version.and_then(|version| std::str::from_utf8(version).ok()?.trim().parse().ok());
        version.is_some_and(|version: u32| version >= LEADING_PHASE_VERSION)
    }

    /// Whether the header declares a contig.
    pub fn has_contigs(&self) -> bool {
        self.meta.iter().any(|line| line.starts_with(b"##contig="))
    }

    /// Header with an additional INFO field, additional lines `remarks` (key and text), and `contigs` if it declares
    /// none. Older declarations of the same names are replaced.
    pub fn annotated(&self, field: InfoField<'_>, remarks: &[(&str, &str)], contigs: &[Contig]) -> Self {
        let is_older = |line: &Vec<u8>| {
            let repeated = remarks.iter().any(|(key, _)| line.starts_with(format!("##{key}=").as_bytes()));
            let declared = HeaderLine::parse(line).filter(|line| line.kind == LineKind::Info);
            repeated || declared.is_some_and(|line| line.id() == Some(field.id.as_bytes()))
        };
        let mut meta: Vec<Vec<u8>> = self.meta.iter().filter(|line| !is_older(line)).cloned().collect();
        if !self.has_contigs() {
            let line = |contig: &Contig| format!("##contig=<ID={},length={}>", contig.name, contig.length);
            meta.extend(contigs.iter().map(|contig| line(contig).into_bytes()));
        }
        let InfoField { id, description } = field;
        let line = format!("##INFO=<ID={id},Number=.,Type=String,Description=\"{description}\">").into_bytes();
        let mut names = self.names.clone();
        if let (Some(names), Some(line)) = (&mut names, HeaderLine::parse(&line)) {
            names.add_line(&line, None).expect("a line without a number has no conflict");
        }
        meta.push(line);
        meta.extend(remarks.iter().map(|(key, text)| format!("##{key}={text}").into_bytes()));
        Self { meta, names, ..self.clone() }
    }

    /// Header text, with line endings.
    pub(super) fn text(&self) -> Vec<u8> {
        let lines = self.meta.iter().chain([&self.columns]);
        lines.flat_map(|line| line.iter().chain(b"\n")).copied().collect()
    }

    /// Checks what BCF cannot represent, before any record is written.
    ///
    /// # Errors
    ///
    /// [`SequenceError::InvalidVariantHeader`]: a sample occurs twice, or a line has a NUL character.
    pub(super) fn check_for_bcf(&self) -> Result<(), SequenceError> {
        let mut samples = HashSet::new();
        if let Some(repeated) = self.sample_names().find(|name| !samples.insert(*name)) {
            let name = String::from_utf8_lossy(repeated);
            let line = self.columns_line;
            return Err(self.invalid(format!(
                "line {line}: two samples have the name {name}, which BCF cannot represent; rename one, or write .vcf.gz"
            )));
        }
        match self.meta.iter().chain([&self.columns]).position(|line| line.contains(&0)) {
            Some(index) => Err(self.invalid(format!("line {} has a NUL character; remove it", index + 1))),
            None => Ok(()),
        }
    }

    fn invalid(&self, detail: String) -> SequenceError {
        SequenceError::InvalidVariantHeader { path: self.path.clone(), detail }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const TEXT: &str = "##fileformat=VCFv4.2\n##INFO=<ID=X,Number=1,Type=String,Description=\"old\">\n\
                        ##odd line\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

    /// Header of VCF text.
    pub(in crate::variant) fn header(text: &str) -> VariantHeader {
        let mut header = VariantHeader::new(Path::new("x.vcf"));
        for (index, line) in text.lines().enumerate() {
            header.push(line.as_bytes(), index as u64 + 1).unwrap();
        }
        header
    }

    #[test]
    fn annotated_adds_and_replaces_header_lines() {
        let header = header(TEXT);
        assert_eq!(header.text(), TEXT.as_bytes());
        assert_eq!(header.column_count(), 8);
        let contigs = [Contig { name: "chr1".to_owned(), length: 9 }];
        let field = InfoField { id: "X", description: "new" };
        let annotated = header.annotated(field, &[("made_by", "a test")], &contigs);
        let expected = "##fileformat=VCFv4.2\n##odd line\n##contig=<ID=chr1,length=9>\n\
                        ##INFO=<ID=X,Number=.,Type=String,Description=\"new\">\n##made_by=a test\n\
                        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
        assert_eq!(String::from_utf8(annotated.text()).unwrap(), expected);
        assert_eq!(annotated.annotated(field, &[("made_by", "a test")], &[]), annotated);
    }

    #[test]
    fn push_columns_line_is_checked() {
        let push = |line: &str| VariantHeader::default().push(line.as_bytes(), 3);
        assert_eq!(push("#CHROM\tPOS\tID\tALT").unwrap_err(), "line 3: column 4 is 'ALT'; expected REF");
        assert_eq!(push("#CHROM\tPOS").unwrap_err(), "line 3: column 3 is ''; expected ID");
        let header = header("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\t\t\n");
        assert_eq!((header.column_count(), header.empty_columns()), (8, (2, 1)));
    }

    #[test]
    fn check_for_bcf_repeated_sample_is_an_error() {
        let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB";
        assert!(header(columns).check_for_bcf().is_ok());
        let message = header(&format!("{columns}\tA")).check_for_bcf().unwrap_err().to_string();
        assert!(message.starts_with("x.vcf: header: line 1: two samples have the name A"), "{message}");
    }

    #[test]
    fn has_leading_phase_from_version_4_4() {
        for (version, expected) in [("4.1", false), ("4.3", false), ("4.4", true), ("4.5", true), ("4.10", true)] {
            assert_eq!(header(&format!("##fileformat=VCFv{version}")).has_leading_phase(), expected);
        }
    }
}
