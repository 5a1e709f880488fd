//! Writer of VCF, bgzip-compressed VCF and BCF.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use noodles::bgzf;

use super::bcf::{FieldType, LineEncoder, WRITTEN_MAGIC, write_line};
use super::header_line::LineKind;
use super::record::line_with_info;
use super::{VariantFormat, VariantHeader, VariantRecord};
use crate::SequenceError;
use crate::coord::Contig;

/// Writer of bgzip blocks, which compresses them on separate threads.
type BgzipWriter<W> = bgzf::io::MultithreadedWriter<W>;

/// Output of a [`VariantWriter`].
#[derive(Clone, Copy, Debug)]
pub struct VariantOutput<'a> {
    /// Format of the file.
    pub format: VariantFormat,
    /// Path for messages; a temporary file is created next to it.
    pub path: &'a Path,
    /// Number of threads that compress.
    pub threads: usize,
    /// Contigs of the genome, whose lengths are written to BCF for contigs that the header lacks.
    pub contigs: &'a [Contig],
}

impl<'a> VariantOutput<'a> {
    /// Output with a single thread that compresses, and without contigs of a genome.
    pub fn new(format: VariantFormat, path: &'a Path) -> Self {
        Self { format, path, threads: 1, contigs: &[] }
    }

    fn bgzip<W: Write + Send + 'static>(&self, out: W) -> BgzipWriter<W> {
        BgzipWriter::with_worker_count(NonZero::new(self.threads).unwrap_or(NonZero::<usize>::MIN), out)
    }
}

/// Writer of records with one additional INFO field.
pub struct VariantWriter<W: Write + Send + 'static> {
    out: Output<W>,
    header: VariantHeader,
    /// Key of the INFO field.
    key: String,
    /// Path of the output, for messages.
    path: PathBuf,
    /// Contigs of the genome.
    contigs: Vec<Contig>,
}

enum Output<W: Write + Send + 'static> {
    Vcf(W),
    VcfBgzip(BgzipWriter<W>),
    /// BCF of VCF lines. The header is written last, since records may use names that it lacks.
    BcfOfLines {
        out: W,
        records: BgzipWriter<File>,
        encoder: Box<LineEncoder>,
    },
    /// BCF of BCF records.
    BcfOfRecords {
        out: BgzipWriter<W>,
        key: usize,
    },
}

impl<W: Write + Send + 'static> VariantWriter<W> {
    /// Writer that starts with the header. `key` is the key of the INFO field.
    ///
    /// # Errors
    ///
    /// [`SequenceError::InvalidVariantHeader`] if BCF cannot represent the header, or a write error.
    pub fn new(out: W, output: VariantOutput<'_>, header: &VariantHeader, key: &str) -> Result<Self, SequenceError> {
        let opened = match output.format {
            VariantFormat::Vcf => write_header(out, &header.text(), Output::Vcf),
            VariantFormat::VcfBgzip => write_header(output.bgzip(out), &header.text(), Output::VcfBgzip),
            VariantFormat::Bcf => {
                header.check_for_bcf()?;
                let mut names = header.bcf_names()?;
                if header.is_bcf() {
                    let known = names.index_of(LineKind::Info, key.as_bytes());
                    let key = known.unwrap_or_else(|| names.declare(LineKind::Info, key.as_bytes(), FieldType::String));
                    let text = with_bcf_start(&header.bcf_text(&names, &[], &[]));
                    write_header(output.bgzip(out), &text, |out| Output::BcfOfRecords { out, key })
                } else {
                    temporary_file(output.path).map(|file| {
                        let samples = header.sample_names().map(|name| String::from_utf8_lossy(name).into_owned());
                        let encoder = LineEncoder::new(names, samples.collect(), header.has_leading_phase());
                        Output::BcfOfLines { out, records: output.bgzip(file), encoder: Box::new(encoder) }
                    })
                }
            }
        };
        let path = output.path.to_owned();
        let out = opened.map_err(|source| SequenceError::Io { path: path.clone(), source })?;
        Ok(Self { out, header: header.clone(), key: key.to_owned(), path, contigs: output.contigs.to_vec() })
    }

    /// Writes a record, with `value` in the INFO field if there is one. Bytes that do not depend on the field are those
    /// of the input.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedLine`] or [`SequenceError::MalformedRecord`], which name the input, if the record is
    /// malformed or BCF cannot represent it, or a write error.
    pub fn write(&mut self, record: &VariantRecord, value: Option<&str>) -> Result<(), SequenceError> {
        let failed = |detail| record_error(&self.header, record, detail);
        let written = if let Output::BcfOfRecords { out, key } = &mut self.out {
            let bytes = record.bcf_record().ok_or_else(|| failed(NOT_READ.to_owned()))?;
            let names = self.header.names().ok_or_else(|| failed(NOT_READ.to_owned()))?;
            let site = bytes.site_with_info(*key, value.map(str::as_bytes), names).map_err(failed)?;
            put_record(out, &site, &bytes.samples)
        } else {
            let (header, key) = (&self.header, &self.key);
            let field = value.map(|value| format!("{key}={value}"));
            let mut line = match (record.vcf_line(), record.bcf_record()) {
                (Some(line), _) => line_with_info(line, key, field.as_deref()),
                (None, Some(bytes)) => {
                    let names = header.names().ok_or_else(|| failed(NOT_READ.to_owned()))?;
                    let line = write_line(bytes, names, header.column_count(), header.has_leading_phase());
                    line_with_info(&line.map_err(failed)?, key, field.as_deref())
                }
                (None, None) => return Err(failed(NOT_READ.to_owned())),
            };
            match &mut self.out {
                Output::BcfOfLines { records, encoder, .. } => {
                    let encoded = encoder.encode(&line).map_err(|reason| {
                        failed(format!("{reason}; BCF cannot represent the record: correct it, or write .vcf.gz"))
                    })?;
                    put_record(records, &encoded.site, &encoded.samples)
                }
                Output::VcfBgzip(out) => {
                    line.push(b'\n');
                    out.write_all(&line)
                }
                Output::Vcf(out) => {
                    line.push(b'\n');
                    out.write_all(&line)
                }
                Output::BcfOfRecords { .. } => Ok(()),
            }
        };
        written.map_err(|source| SequenceError::Io { path: self.path.clone(), source })
    }

    /// Writes the end of the file and returns the underlying writer.
    ///
    /// # Errors
    ///
    /// Write errors.
    pub fn finish(self) -> Result<W, SequenceError> {
        let Self { out, header, path, contigs, .. } = self;
        let finished = match out {
            Output::Vcf(mut out) => out.flush().map(|()| out),
            Output::VcfBgzip(mut out) | Output::BcfOfRecords { mut out, .. } => out.finish(),
            Output::BcfOfLines { out, records, encoder } => {
                warn_of_undeclared(&header, &encoder);
                let text = header.bcf_text(encoder.names(), encoder.undeclared(), &contigs);
                join(out, &with_bcf_start(&text), records)
            }
        };
        finished.map_err(|source| SequenceError::Io { path, source })
    }
}

/// Reason for a record whose columns after ALT were not read.
const NOT_READ: &str = "only the columns CHROM to ALT were read, so the record cannot be written";

/// Writer after the header.
fn write_header<W: Write, T>(mut out: W, text: &[u8], opened: impl FnOnce(W) -> T) -> io::Result<T> {
    out.write_all(text)?;
    Ok(opened(out))
}

/// Header text with the start of a BCF file.
fn with_bcf_start(text: &[u8]) -> Vec<u8> {
    let length = text.len() as u32 + 1;
    [WRITTEN_MAGIC, &length.to_le_bytes(), text, &[0]].concat()
}

fn put_record(out: &mut impl Write, site: &[u8], samples: &[u8]) -> io::Result<()> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| io::Error::other("a record of more than 4 GB"));
    out.write_all(&length(site)?.to_le_bytes())?;
    out.write_all(&length(samples)?.to_le_bytes())?;
    out.write_all(site)?;
    out.write_all(samples)
}

/// Temporary file without a name, next to `path` unless that is a device or a pipe.
fn temporary_file(path: &Path) -> io::Result<File> {
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return tempfile::tempfile();
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::tempfile_in(folder).or_else(|_| tempfile::tempfile())
}

/// Writes a BCF header, then the blocks of its records.
fn join<W: Write>(out: W, header: &[u8], mut records: BgzipWriter<File>) -> io::Result<W> {
    let mut blocks = bgzf::io::Writer::new(out);
    blocks.write_all(header)?;
    blocks.flush()?;
    let mut out = blocks.into_inner();
    let mut records = records.finish()?;
    records.rewind()?;
    io::copy(&mut records, &mut out)?;
    Ok(out)
}

fn record_error(header: &VariantHeader, record: &VariantRecord, detail: String) -> SequenceError {
    let path = header.path().to_owned();
    match record.line {
        Some(line) => SequenceError::MalformedLine { path, line, detail },
        None => SequenceError::MalformedRecord { path, record: record.number, detail },
    }
}

/// Warns of names other than contigs that the header lacks, since their type is not known.
fn warn_of_undeclared(header: &VariantHeader, encoder: &LineEncoder) {
    let undeclared = encoder.undeclared().iter().filter(|name| name.kind != LineKind::Contig);
    let names: Vec<String> = undeclared.map(|name| format!("{} {}", name.kind.name(), name.name)).collect();
    if !names.is_empty() {
        tracing::warn!(
            "{}: the header does not declare {}; the BCF file declares them, as text where they have values",
            header.path().display(),
            names.join(", ")
        );
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
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

    fn rewritten(content: &[u8], format: VariantFormat, value: Option<&str>) -> Result<Vec<u8>, SequenceError> {
        let (_folder, path) = file_of("x", content);
        let mut file = VariantFile::open(&path)?;
        let contigs = [Contig { name: "1".to_owned(), length: 100 }];
        let header = file.header().annotated(InfoField { id: "NEW", description: "new" }, &[], &contigs);
        let mut writer = VariantWriter::new(Vec::new(), VariantOutput::new(format, &path), &header, "NEW")?;
        while let Some(entry) = file.next_entry()? {
            let VariantEntry::Record(record) = entry else { panic!("{entry:?}") };
            writer.write(&record, value)?;
        }
        writer.finish()
    }

    fn decompressed(content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        flate2::read::MultiGzDecoder::new(content).read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn records(text: &[u8]) -> Vec<String> {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    #[test]
    fn variant_writer_vcf_adds_field_and_keeps_other_bytes() {
        let plain = rewritten(TEXT.as_bytes(), VariantFormat::Vcf, None).unwrap();
        assert_eq!(records(&plain), records(TEXT.as_bytes()));
        let with = rewritten(TEXT.as_bytes(), VariantFormat::Vcf, Some("a|b,c")).unwrap();
        assert!(records(&with)[0].contains(";DB;NEW=a|b,c\tGT"));
        assert!(records(&with)[1].contains("\tNEW=a|b,c\tGT"));
        let zipped = rewritten(TEXT.as_bytes(), VariantFormat::VcfBgzip, Some("a|b,c")).unwrap();
        assert_eq!(rewritten(&zipped, VariantFormat::Vcf, Some("a|b,c")).unwrap(), with);
    }

    #[test]
    fn variant_writer_bcf_round_trip_is_identity() {
        let binary = rewritten(TEXT.as_bytes(), VariantFormat::Bcf, Some("a|b%2C,c")).unwrap();
        let back = rewritten(&binary, VariantFormat::Vcf, None).unwrap();
        assert_eq!(records(&back), records(TEXT.as_bytes()));
        // From BCF to BCF, the field is replaced and everything else is kept.
        let twice = rewritten(&binary, VariantFormat::Bcf, None).unwrap();
        assert_eq!(records(&rewritten(&twice, VariantFormat::Vcf, None).unwrap()), records(TEXT.as_bytes()));
        let direct = rewritten(TEXT.as_bytes(), VariantFormat::Vcf, Some("z")).unwrap();
        let through = rewritten(&twice, VariantFormat::Vcf, Some("z")).unwrap();
        assert_eq!(records(&through), records(&direct));
        let thrice = rewritten(&twice, VariantFormat::Bcf, Some("a|b%2C,c")).unwrap();
        assert_eq!(decompressed(&thrice), decompressed(&binary));
    }

    #[test]
    fn variant_writer_bcf_declares_undeclared_names() {
        let text = TEXT.replace("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"depth\">\n", "");
        let binary = rewritten(text.as_bytes(), VariantFormat::Bcf, None).unwrap();
        let back = rewritten(&binary, VariantFormat::Vcf, None).unwrap();
        assert_eq!(records(&back), records(TEXT.as_bytes()));
        assert!(String::from_utf8(back).unwrap().contains("##INFO=<ID=DP,Number=1,Type=String,"));
    }

    #[test]
    fn variant_writer_bcf_error_names_input_and_line() {
        let text = TEXT.replace("DP=3", "DP=3.5");
        let message = rewritten(text.as_bytes(), VariantFormat::Bcf, None).unwrap_err().to_string();
        assert!(message.contains("x, line 10: INFO DP: '3.5' is not a whole number; BCF cannot"), "{message}");
    }

    #[test]
    fn variant_writer_site_only_record_is_an_error() {
        let (_folder, path) = file_of("x", TEXT.as_bytes());
        let mut file = VariantFile::open(&path).unwrap();
        file.read_sites_only();
        for format in [VariantFormat::Vcf, VariantFormat::VcfBgzip, VariantFormat::Bcf] {
            let header = file.header().clone();
            let mut writer = VariantWriter::new(Vec::new(), VariantOutput::new(format, &path), &header, "NEW").unwrap();
            let Some(VariantEntry::Record(record)) = file.next_entry().unwrap() else { panic!("a record") };
            assert!(writer.write(&record, None).is_err());
        }
    }
}
