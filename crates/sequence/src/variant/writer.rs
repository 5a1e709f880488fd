//! Writer of VCF, bgzip-compressed VCF and BCF.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use noodles::{bcf, bgzf, vcf};

use super::bcf_writer;
use super::header::error_chain;
use super::{VariantHeader, VariantRecord};
use crate::SequenceError;

/// Output format of a variant file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantFormat {
    /// VCF, not compressed.
    Vcf,
    /// VCF compressed with bgzip.
    VcfBgzip,
    /// BCF.
    Bcf,
}

impl VariantFormat {
    /// Format by file name: `.vcf`, `.vcf.gz`, `.vcf.bgz` or `.bcf`, in either case. `None` for other names.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::path::Path;
    /// use tatabox_sequence::VariantFormat;
    ///
    /// assert_eq!(VariantFormat::from_path(Path::new("scored.vcf.gz")), Some(VariantFormat::VcfBgzip));
    /// assert_eq!(VariantFormat::from_path(Path::new("scored.tsv")), None);
    /// ```
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let extensions =
            [(".vcf", Self::Vcf), (".vcf.gz", Self::VcfBgzip), (".vcf.bgz", Self::VcfBgzip), (".bcf", Self::Bcf)];
        extensions.into_iter().find(|(extension, _)| name.ends_with(extension)).map(|(_, format)| format)
    }
}

/// Writer of records with one additional INFO field.
pub struct VariantWriter<W: Write> {
    out: Output<W>,
    /// Key of the INFO field.
    key: String,
    /// Path of the output, for messages.
    path: PathBuf,
}

enum Output<W: Write> {
    Vcf(W),
    VcfBgzip(bgzf::io::Writer<W>),
    Bcf { writer: bcf::io::Writer<bgzf::io::Writer<W>>, header: Box<vcf::Header> },
}

impl<W: Write> VariantWriter<W> {
    /// Writer that starts with the header. `key` is the key of the INFO field; `path` is for messages.
    ///
    /// # Errors
    ///
    /// [`SequenceError::InvalidVariantHeader`] if BCF cannot represent the header, or a write error.
    pub fn new(
        out: W,
        format: VariantFormat,
        header: &VariantHeader,
        key: &str,
        path: &Path,
    ) -> Result<Self, SequenceError> {
        let mut out = match format {
            VariantFormat::Vcf => Output::Vcf(out),
            VariantFormat::VcfBgzip => Output::VcfBgzip(bgzf::io::Writer::new(out)),
            VariantFormat::Bcf => {
                let header = Box::new(header.to_noodles(path)?);
                Output::Bcf { writer: bcf::io::Writer::new(out), header }
            }
        };
        let written = match &mut out {
            Output::Vcf(out) => out.write_all(&header.text()),
            Output::VcfBgzip(out) => out.write_all(&header.text()),
            Output::Bcf { writer, header } => writer.write_header(header),
        };
        written.map_err(|source| SequenceError::Io { path: path.to_owned(), source })?;
        Ok(Self { out, key: key.to_owned(), path: path.to_owned() })
    }

    /// Writes a record, with `value` in the INFO field if there is one.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedRecord`] if BCF cannot represent the record, for example because the header lacks a
    /// declaration, or a write error.
    pub fn write(&mut self, line: &VariantRecord, value: Option<&str>) -> Result<(), SequenceError> {
        let field = value.map(|value| format!("{}={value}", self.key));
        let mut text = line.with_info(&self.key, field.as_deref());
        text.push(b'\n');
        let written = match &mut self.out {
            Output::Vcf(out) => out.write_all(&text),
            Output::VcfBgzip(out) => out.write_all(&text),
            Output::Bcf { writer, header } => {
                return bcf_writer::write_line(writer, header, &text).map_err(|error| {
                    let detail = format!(
                        "BCF cannot represent the record: {}; declare missing names in the header (bcftools view adds them), or write .vcf.gz",
                        error_chain(&error)
                    );
                    match error.kind() {
                        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                            SequenceError::MalformedRecord { path: self.path.clone(), record: line.number, detail }
                        }
                        _ => SequenceError::Io { path: self.path.clone(), source: error },
                    }
                });
            }
        };
        written.map_err(|source| SequenceError::Io { path: self.path.clone(), source })
    }

    /// Writes the end of the file and returns the underlying writer.
    pub fn finish(self) -> Result<W, SequenceError> {
        let Self { out, path, .. } = self;
        let finished = match out {
            Output::Vcf(mut out) => out.flush().map(|()| out),
            Output::VcfBgzip(out) => out.finish(),
            Output::Bcf { writer, .. } => writer.into_inner().finish(),
        };
        finished.map_err(|source| SequenceError::Io { path, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coord::Contig;
    use crate::text_file::tests::file_of;
    use crate::variant::{InfoField, VariantEntry, VariantFile};

    const TEXT: &str = "##fileformat=VCFv4.2\n##FILTER=<ID=q10,Description=\"low\">\n\
        ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"depth\">\n\
        ##INFO=<ID=AF,Number=A,Type=Float,Description=\"frequency\">\n\
        ##INFO=<ID=CSQ,Number=.,Type=String,Description=\"text\">\n\
        ##INFO=<ID=DB,Number=0,Type=Flag,Description=\"flag\">\n\
        ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"genotype\">\n\
        ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"depths\">\n\
        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1\tNA2\n\
        1\t5\t.\tA\tC\t9.5\tPASS\tDP=3;AF=0.25;CSQ=G:c.1A>C|100%25,x%3Ay;DB\tGT:AD\t0/1:3,4\t./.:.,.\n\
        1\t7\trs1;rs2\tARG\tA,<DEL>,*\t.\tq10\t.\tGT\t0|1\t1|2\n\
        1\t0\t.\tN\tG[1:3[\t.\t.\tAF=1,2\tGT\t.\t1\n";

    fn rewritten(content: &[u8], format: VariantFormat, value: Option<&str>) -> Vec<u8> {
        let (_folder, path) = file_of("x", content);
        let mut file = VariantFile::open(&path).unwrap();
        let contigs = [Contig { name: "1".to_owned(), length: 100 }];
        let header = file.header().annotated(InfoField { id: "NEW", description: "new" }, &[], &contigs);
        let mut writer = VariantWriter::new(Vec::new(), format, &header, "NEW", &path).unwrap();
        while let Some(entry) = file.next_entry().unwrap() {
            let VariantEntry::Record(line) = entry else { panic!("{entry:?}") };
            writer.write(&line, value).unwrap();
        }
        writer.finish().unwrap()
    }

    fn records(text: &[u8]) -> Vec<String> {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    #[test]
    fn variant_writer_vcf_adds_field_and_keeps_other_bytes() {
        let plain = rewritten(TEXT.as_bytes(), VariantFormat::Vcf, None);
        assert_eq!(records(&plain), records(TEXT.as_bytes()));
        let with = rewritten(TEXT.as_bytes(), VariantFormat::Vcf, Some("a|b,c"));
        assert!(records(&with)[0].contains(";DB;NEW=a|b,c\tGT"));
        assert!(records(&with)[1].contains("\tNEW=a|b,c\tGT"));
        let zipped = rewritten(TEXT.as_bytes(), VariantFormat::VcfBgzip, Some("a|b,c"));
        assert_eq!(rewritten(&zipped, VariantFormat::Vcf, Some("a|b,c")), with);
    }

    #[test]
    fn variant_writer_bcf_round_trip_is_identity() {
        let binary = rewritten(TEXT.as_bytes(), VariantFormat::Bcf, Some("a|b%2C,c"));
        let back = rewritten(&binary, VariantFormat::Vcf, None);
        assert_eq!(records(&back), records(TEXT.as_bytes()));
        let twice = rewritten(&binary, VariantFormat::Bcf, None);
        assert_eq!(records(&rewritten(&twice, VariantFormat::Vcf, None)), records(TEXT.as_bytes()));
    }

    #[test]
    fn variant_writer_bcf_undeclared_name_is_an_error() {
        let text = TEXT.replace("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"depth\">\n", "");
        let (_folder, path) = file_of("x.vcf", text.as_bytes());
        let mut file = VariantFile::open(&path).unwrap();
        let contigs = [Contig { name: "1".to_owned(), length: 100 }];
        let header = file.header().annotated(InfoField { id: "NEW", description: "new" }, &[], &contigs);
        let out = Path::new("y.bcf");
        let mut writer = VariantWriter::new(Vec::new(), VariantFormat::Bcf, &header, "NEW", out).unwrap();
        let Some(VariantEntry::Record(line)) = file.next_entry().unwrap() else { panic!("a record") };
        let message = writer.write(&line, None).unwrap_err().to_string();
        assert!(message.starts_with("y.bcf, record 1: BCF cannot represent the record"), "{message}");
        assert_eq!(VariantFormat::from_path(out), Some(VariantFormat::Bcf));
        assert_eq!(VariantFormat::from_path(Path::new("a.b.VCF.gz")), Some(VariantFormat::VcfBgzip));
        assert_eq!(VariantFormat::from_path(Path::new("x.tsv")), None);
    }
}
