//! Headers of BCF files, which give a number to every name.

use std::collections::HashMap;

use super::dictionary::BcfNames;
use super::from_line::UndeclaredName;
use crate::coord::{Contig, ContigNames};
use crate::variant::VariantHeader;
use crate::variant::header::FIXED_COLUMNS;
use crate::variant::header_line::{HeaderLine, LineKind};

/// Declaration of the filter that BCF always has.
const PASS_LINE: &[u8] = b"##FILTER=<ID=PASS,Description=\"All filters passed\",IDX=0>";

impl VariantHeader {
    /// Header text for BCF, with the numbers of all names. `undeclared` names are declared; contigs have their length in
    /// the genome, whose contigs are `genome`.
    pub(in crate::variant) fn bcf_text(
        &self,
        names: &BcfNames,
        undeclared: &[UndeclaredName],
        genome: &[Contig],
    ) -> Vec<u8> {
        let mut lines: Vec<Vec<u8>> = Vec::with_capacity(self.meta.len() + undeclared.len() + 2);
        let mut first: HashMap<(LineKind, Vec<u8>), &[u8]> = HashMap::new();
        for line in &self.meta {
            let Some(declared) = HeaderLine::parse(line) else {
                lines.push(line.clone());
                continue;
            };
            let Some(id) = declared.id() else {
                let (path, line) = (self.path().display(), String::from_utf8_lossy(line));
                tracing::warn!("{path}: header line '{line}' has no ID; BCF does not keep it");
                continue;
            };
            let Some(index) = names.index_of(declared.kind, id) else { continue };
            if let Some(earlier) = first.get(&(declared.kind, id.to_owned())) {
                if earlier != line {
                    let (kind, id) = (declared.kind.name(), String::from_utf8_lossy(id));
                    tracing::warn!(
                        "{}: the header declares {kind} {id} twice, in different words; BCF keeps the first declaration",
                        self.path().display()
                    );
                }
                continue;
            }
            first.insert((declared.kind, id.to_owned()), line);
            lines.push(declared.with_index(index));
        }
        if !first.contains_key(&(LineKind::Filter, b"PASS".to_vec())) {
            lines.insert(1.min(lines.len()), PASS_LINE.to_vec());
        }
        let genome_names = ContigNames::new(genome);
        let lengths: HashMap<&str, u64> = genome.iter().map(|contig| (&*contig.name, contig.length)).collect();
        for UndeclaredName { kind, name, has_value, index } in undeclared {
            let fields = match kind {
                LineKind::Contig => genome_names
                    .resolve(name)
                    .and_then(|contig| lengths.get(contig))
                    .map_or_else(String::new, |length| format!(",length={length}")),
                LineKind::Filter => ",Description=\"Not declared in the input\"".to_owned(),
                LineKind::Info if !has_value => {
                    ",Number=0,Type=Flag,Description=\"Not declared in the input\"".to_owned()
                }
                LineKind::Info | LineKind::Format => {
                    ",Number=1,Type=String,Description=\"Not declared in the input\"".to_owned()
                }
            };
            lines.push(format!("##{}=<ID={name}{fields},IDX={index}>", kind.name()).into_bytes());
        }
        // Other programs refuse a FORMAT column without samples.
        let has_samples = self.sample_names().next().is_some();
        lines.push(if has_samples { self.columns.clone() } else { self.site_columns().to_vec() });
        lines.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect()
    }

    /// The `#CHROM` line up to INFO.
    fn site_columns(&self) -> &[u8] {
        let mut tabs = self.columns.iter().enumerate().filter(|&(_, &byte)| byte == b'\t');
        tabs.nth(FIXED_COLUMNS.len() - 1).map_or(&self.columns[..], |(end, _)| &self.columns[..end])
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::variant::bcf::FieldType;
    use crate::variant::header::tests::header;

    #[test]
    fn bcf_text_numbers_names_and_declares_missing_ones() {
        let text = "##fileformat=VCFv4.2\n##contig=<ID=2>\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"x\">\n\
                    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"x\">\n##odd line\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
        let header = header(text);
        let mut names = header.bcf_names().unwrap();
        let undeclared = [(LineKind::Contig, "1", false), (LineKind::Info, "F", false), (LineKind::Format, "GT", true)];
        let undeclared = undeclared.map(|(kind, name, has_value)| UndeclaredName {
            kind,
            name: name.to_owned(),
            has_value,
            index: names.declare(kind, name.as_bytes(), FieldType::String),
        });
        let genome = [Contig { name: "chr1".to_owned(), length: 9 }];
        let written = String::from_utf8(header.bcf_text(&names, &undeclared, &genome)).unwrap();
        let expected = "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\",IDX=0>\n\
            ##contig=<ID=2,IDX=0>\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"x\",IDX=1>\n##odd line\n\
            ##contig=<ID=1,length=9,IDX=1>\n\
            ##INFO=<ID=F,Number=0,Type=Flag,Description=\"Not declared in the input\",IDX=2>\n\
            ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Not declared in the input\",IDX=3>\n\
            #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
        assert_eq!(written, expected);
        // The numbers are those of the reader, and VCF does not have them.
        let read = VariantHeader::of_bcf(written.as_bytes(), Path::new("x.bcf")).unwrap();
        assert_eq!(read.bcf_names().unwrap().index_of(LineKind::Format, b"GT"), Some(3));
        assert!(!String::from_utf8(read.text()).unwrap().contains("IDX"));
        assert_eq!(read.bcf_text(&read.bcf_names().unwrap(), &[], &[]), written.as_bytes());
    }
}
