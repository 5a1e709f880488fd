//! Records written back, as VCF, VCF under bgzip, or BCF.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use noodles::{bcf, bgzf, vcf};

use super::bcf_writer;
use super::header::error_chain;
use super::{VariantHeader, VariantRecord};
use crate::SequenceError;

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantFormat {
    /// VCF.
    Vcf,
    /// VCF under bgzip.
    VcfBgzip,
    /// BCF.
    Bcf,
}

impl VariantFormat {
    /// The format of a file of this name: `.vcf`, `.vcf.gz`, `.vcf.bgz` or `.bcf`.
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let endings =
            [(".vcf", Self::Vcf), (".vcf.gz", Self::VcfBgzip), (".vcf.bgz", Self::VcfBgzip), (".bcf", Self::Bcf)];
        endings.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, format)| format)
    }
}

/// Writes records, each with an INFO field of one key.
pub struct VariantWriter<W: Write> {
    out: Output<W>,
    /// Key of the field.
    key: String,
    /// Where it goes, for messages.
    path: PathBuf,
}

enum Output<W: Write> {
    Vcf(W),
    VcfBgzip(bgzf::io::Writer<W>),
    Bcf { writer: bcf::io::Writer<bgzf::io::Writer<W>>, header: Box<vcf::Header> },
}

impl<W: Write> VariantWriter<W> {
    /// Writes the header. `key` is that of the INFO field to come, `path` is for messages.
    ///
    /// # Errors
    ///
    /// [`SequenceError::InvalidVariantHeader`] of a header that BCF cannot hold, or why it cannot be written.
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

    /// Writes a record, with `value` under the key of the field, where there is one.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedRecord`] of a record that BCF cannot hold, such as one with a name that the header
    /// does not declare, or why it cannot be written.
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
                        "BCF cannot hold it: {}; declare what the header lacks (bcftools view does), or write .vcf.gz",
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

    /// Writes what comes after the last record, and gives back where it went.
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
    fn vcf_keeps_every_byte_but_the_new_field() {
        let plain = rewritten(TEXT.as_bytes(), VariantFormat::Vcf, None);
        assert_eq!(records(&plain), records(TEXT.as_bytes()));
        let with = rewritten(TEXT.as_bytes(), VariantFormat::Vcf, Some("a|b,c"));
        assert!(records(&with)[0].contains(";DB;NEW=a|b,c\tGT"));
        assert!(records(&with)[1].contains("\tNEW=a|b,c\tGT"));
        let zipped = rewritten(TEXT.as_bytes(), VariantFormat::VcfBgzip, Some("a|b,c"));
        assert_eq!(rewritten(&zipped, VariantFormat::Vcf, Some("a|b,c")), with);
    }

    #[test]
    fn vcf_through_bcf_is_the_same_vcf() {
        let binary = rewritten(TEXT.as_bytes(), VariantFormat::Bcf, Some("a|b%2C,c"));
        let back = rewritten(&binary, VariantFormat::Vcf, None);
        assert_eq!(records(&back), records(TEXT.as_bytes()));
        let twice = rewritten(&binary, VariantFormat::Bcf, None);
        assert_eq!(records(&rewritten(&twice, VariantFormat::Vcf, None)), records(TEXT.as_bytes()));
    }

    #[test]
    fn names_that_the_header_does_not_declare_are_refused_by_bcf() {
        let text = TEXT.replace("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"depth\">\n", "");
        let (_folder, path) = file_of("x.vcf", text.as_bytes());
        let mut file = VariantFile::open(&path).unwrap();
        let contigs = [Contig { name: "1".to_owned(), length: 100 }];
        let header = file.header().annotated(InfoField { id: "NEW", description: "new" }, &[], &contigs);
        let out = Path::new("y.bcf");
        let mut writer = VariantWriter::new(Vec::new(), VariantFormat::Bcf, &header, "NEW", out).unwrap();
        let Some(VariantEntry::Record(line)) = file.next_entry().unwrap() else { panic!("a record") };
        let message = writer.write(&line, None).unwrap_err().to_string();
        assert!(message.starts_with("y.bcf, record 1: BCF cannot hold it"), "{message}");
        assert_eq!(VariantFormat::from_path(out), Some(VariantFormat::Bcf));
        assert_eq!(VariantFormat::from_path(Path::new("a.b.VCF.gz")), Some(VariantFormat::VcfBgzip));
        assert_eq!(VariantFormat::from_path(Path::new("x.tsv")), None);
    }
}
