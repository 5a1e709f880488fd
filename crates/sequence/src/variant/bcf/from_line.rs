//! Conversion of VCF lines to BCF records.

use super::dictionary::{BcfNames, FieldType};
use super::number::parse_float;
use super::record::{BcfRecord, FixedPart, MISSING_QUALITY};
use super::samples::put_samples;
use super::typed::{ValueType, put_descriptor, put_integers, put_text};
use crate::variant::header_line::LineKind;

/// Missing value.
pub(super) const MISSING: &[u8] = b".";

/// Largest number of samples of a record.
const MAX_SAMPLES: usize = (1 << 24) - 1;

/// Encoder of VCF lines, which collects the names that the header lacks.
pub(in crate::variant) struct LineEncoder {
    pub(super) names: BcfNames,
    /// Whether genotypes have the phase of the first allele, from VCF 4.4 on.
    pub(super) has_leading_phase: bool,
    pub(super) sample_names: Vec<String>,
    undeclared: Vec<UndeclaredName>,
}

/// Name that a record uses and the header does not declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::variant) struct UndeclaredName {
    pub(in crate::variant) kind: LineKind,
    pub(in crate::variant) name: String,
    /// Whether an INFO field has a value in some record; without one it is a flag.
    pub(in crate::variant) has_value: bool,
    pub(in crate::variant) index: usize,
}

impl LineEncoder {
    /// Encoder for the names of a header.
    pub(in crate::variant) fn new(names: BcfNames, sample_names: Vec<String>, has_leading_phase: bool) -> Self {
        Self { names, has_leading_phase, sample_names, undeclared: Vec::new() }
    }

    /// Names that the records use and the header does not declare, in order of appearance.
    pub(in crate::variant) fn undeclared(&self) -> &[UndeclaredName] {
        &self.undeclared
    }

    /// Names with their numbers.
    pub(in crate::variant) fn names(&self) -> &BcfNames {
        &self.names
    }

    /// Record of a line.
    ///
    /// # Errors
    ///
    /// The reason why BCF cannot represent the line, with the column and the key.
    pub(in crate::variant) fn encode(&mut self, line: &[u8]) -> Result<BcfRecord, String> {
        if line.contains(&0) {
            return Err("NUL character".to_owned());
        }
        let mut columns = line.split(|&byte| byte == b'\t');
        let mut column = || columns.next().unwrap_or(MISSING);
        let [chrom, position, id, reference, alternate, quality, filter, info] = std::array::from_fn(|_| column());
        let contig = self.index_of(LineKind::Contig, chrom)?;
        let position = std::str::from_utf8(position).ok().and_then(|text| text.parse::<i64>().ok());
        let position = position
            .and_then(|position| i32::try_from(position - 1).ok())
            .ok_or_else(|| format!("POS is larger than {}", i64::from(i32::MAX) + 1))?;

        // The fixed part is filled in last.
        let mut site = vec![0; FixedPart::SIZE];
        if id == MISSING {
            put_descriptor(&mut site, 0, ValueType::Char);
        } else {
            put_text(&mut site, id);
        }
        let alternates = alternate.split(|&byte| byte == b',').filter(|_| alternate != MISSING);
        let mut allele_count: usize = 0;
        for allele in std::iter::once(reference).chain(alternates) {
            if allele.is_empty() {
                return Err("ALT has an empty allele".to_owned());
            }
            if allele.contains(&b',') {
                return Err("REF has a comma".to_owned());
            }
            put_text(&mut site, allele);
            allele_count += 1;
        }
        self.put_filters(&mut site, filter)?;
        let info = self.put_info(&mut site, info)?;
        let mut record = BcfRecord { site, samples: Vec::new() };
        let sample_count = self.sample_names.len();
        let format_count = match columns.next() {
            Some(format) if sample_count > 0 => put_samples(self, &mut record.samples, format, columns)?,
            _ => 0,
        };
        let span = match info.end.map(|end| i64::from(end) - i64::from(position)) {
            Some(span) if span > 0 => span,
            _ => reference.len() as i64,
        };
        let fixed = FixedPart {
            contig,
            position,
            span: i32::try_from(span).map_err(|_| format!("REF has {span} letters"))?,
            quality: match quality {
                MISSING => MISSING_QUALITY,
                text => parse_float(text).map_err(|reason| format!("QUAL: {reason}"))?.to_bits(),
            },
            allele_count: u16::try_from(allele_count).map_err(|_| format!("{allele_count} alleles"))?,
            info_count: u16::try_from(info.count).map_err(|_| format!("{} INFO fields", info.count))?,
            format_count: u8::try_from(format_count).map_err(|_| format!("{format_count} FORMAT fields"))?,
            sample_count: Some(sample_count)
                .filter(|&count| count <= MAX_SAMPLES)
                .ok_or_else(|| format!("{sample_count} samples"))?,
        };
        record.site[..FixedPart::SIZE].copy_from_slice(&fixed.bytes());
        Ok(record)
    }

    fn put_filters(&mut self, site: &mut Vec<u8>, filter: &[u8]) -> Result<(), String> {
        let mut indices = Vec::new();
        for name in filter.split(|&byte| byte == b';').filter(|name| !name.is_empty() && *name != MISSING) {
            indices.push(Some(self.index_of(LineKind::Filter, name)? as i32));
        }
        put_integers(site, &indices);
        Ok(())
    }

    /// Number of a contig or filter, which is declared if the header does not.
    fn index_of(&mut self, kind: LineKind, name: &[u8]) -> Result<usize, String> {
        match self.names.index_of(kind, name) {
            Some(index) => Ok(index),
            None => self.declare(kind, name, FieldType::Flag, false),
        }
    }

    /// Number and type of a field, which is declared as text if the header does not.
    pub(super) fn field(&mut self, kind: LineKind, key: &[u8], has_value: bool) -> Result<(usize, FieldType), String> {
        let Some((index, field_type)) = self.names.field(kind, key) else {
            return Ok((self.declare(kind, key, FieldType::String, has_value)?, FieldType::String));
        };
        if has_value && field_type == FieldType::String && !self.undeclared.is_empty() {
            let known = self.undeclared.iter_mut().find(|known| known.kind == kind && known.index == index);
            if let Some(known) = known {
                known.has_value = true;
            }
        }
        Ok((index, field_type))
    }

    fn declare(
        &mut self,
        kind: LineKind,
        name: &[u8],
        field_type: FieldType,
        has_value: bool,
    ) -> Result<usize, String> {
        let is_reserved = |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control() || b"<>,=\"".contains(byte);
        let text = std::str::from_utf8(name)
            .ok()
            .filter(|name| !name.is_empty() && !name.bytes().any(|byte| is_reserved(&byte)));
        let Some(text) = text else {
            let name = String::from_utf8_lossy(name);
            return Err(format!("{} '{name}' is not declared in the header, and is not a valid name", kind.name()));
        };
        let index = self.names.declare(kind, name, field_type);
        self.undeclared.push(UndeclaredName { kind, name: text.to_owned(), has_value, index });
        Ok(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variant::bcf::write_line;
    use crate::variant::header_line::HeaderLine;

    const HEADER: [&str; 12] = [
        "##contig=<ID=1>",
        "##INFO=<ID=DP,Number=1,Type=Integer>",
        "##INFO=<ID=AF,Number=A,Type=Float>",
        "##INFO=<ID=NOTE,Number=.,Type=String>",
        "##INFO=<ID=DB,Number=0,Type=Flag>",
        "##INFO=<ID=END,Number=1,Type=Integer>",
        "##FORMAT=<ID=GT,Number=1,Type=String>",
        "##FORMAT=<ID=AD,Number=R,Type=Integer>",
        "##FORMAT=<ID=GL,Number=G,Type=Float>",
        "##FORMAT=<ID=FT,Number=1,Type=String>",
        "##FORMAT=<ID=C,Number=.,Type=Character>",
        "##FILTER=<ID=q10>",
    ];

    fn encoder() -> LineEncoder {
        let mut names = BcfNames::default();
        for line in HEADER {
            names.add_line(&HeaderLine::parse(line.as_bytes()).unwrap(), None).unwrap();
        }
        LineEncoder::new(names, ["NA1", "NA2", "NA3"].map(str::to_owned).to_vec(), false)
    }

    fn round_trip(line: &str) -> Result<String, String> {
        let mut encoder = encoder();
        let record = encoder.encode(line.as_bytes())?;
        let text = write_line(&record, &encoder.names, 12, false)?;
        Ok(String::from_utf8(text).unwrap())
    }

    #[test]
    fn line_round_trip_is_identity() {
        let site = "1\t5\trs1;rs2\tA\tC,<DEL>,*\t9.5\tq10";
        let samples = "\tGT\t0/1\t0|1\t.";
        for columns in [
            format!("{site}\tDP=3;AF=0.25,.,1e-05;NOTE=a%3Ab,c|d;DB{samples}"),
            format!("{site}\tAF=.;DP=.;NOTE=.{samples}"),
            format!("{site}\tNOTE=a;DP=3;NOTE=b{samples}"),
            format!("{site}\tAF=nan,inf,-inf;DP=300,-70000{samples}"),
            format!("1\t0\t.\tN\tG[1:3[\t.\t.\t.{samples}"),
            format!("1\t2147483647\t.\tacgRYn\t.\t1e-05\tPASS\tEND=2147483647{samples}"),
            // Phase of missing alleles, mixed ploidy, 16-bit and 32-bit alleles.
            format!("{site}\t.\tGT\t.|.\t1|.\t./."),
            format!("{site}\t.\tGT\t0\t1/2/3\t."),
            format!("{site}\t.\tGT\t0/63\t64|1\t.|40000"),
            format!("{site}\t.\tGT:AD\t0/1:3,4,5\t./.:.\t.:7"),
            format!("{site}\t.\tAD\t.\t.\t."),
            format!("{site}\t.\tFT:GL:C\tPASS:-0.5,.,-3:a,b\t.:.:.\tq10;x:0:c"),
            format!("{site}\t.\t.\t.\t.\t."),
        ] {
            assert_eq!(round_trip(&columns).as_deref(), Ok(columns.as_str()));
        }
    }

    #[test]
    fn line_round_trip_spells_missing_values_out() {
        let site = "1\t5\t.\tA\tC\t.\t.";
        for (columns, expected) in [
            ("DP=;;.;NOTE=\tGT\t0\t0\t0", "DP=.;NOTE=.\tGT\t0\t0\t0"),
            (".\tGT:AD:FT\t0/1\t0/1:3\t.", ".\tGT:AD:FT\t0/1:.:.\t0/1:3:.\t.:.:."),
            (".\tGT:AD:FT\t0/1::\t0/1:3:x\t:4:", ".\tGT:AD:FT\t0/1:.:.\t0/1:3:x\t.:4:."),
            ("DB=1\tAD\t.,.\t1,.\t.", "DB=1\tAD\t.,.\t1,.\t."),
        ] {
            let line = format!("{site}\t{columns}");
            assert_eq!(round_trip(&line).unwrap(), format!("{site}\t{expected}"));
        }
    }

    #[test]
    fn undeclared_names_are_collected() {
        let mut encoder = encoder();
        let first = "2\t5\t.\tA\tC\t.\tlow;PASS\tX;Y=3\tGT:Z\t0/1:a\t.:.\t.:.";
        let second = "2\t6\t.\tA\tC\t.\tlow\tX=1;W\tGT\t.\t.\t.";
        for line in [first, second] {
            let record = encoder.encode(line.as_bytes()).unwrap();
            let text = write_line(&record, &encoder.names, 12, false).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), line);
        }
        let names: Vec<_> = encoder.undeclared().iter().map(|name| (name.kind, &*name.name, name.has_value)).collect();
        let expected = [
            (LineKind::Contig, "2", false),
            (LineKind::Filter, "low", false),
            (LineKind::Info, "X", true),
            (LineKind::Info, "Y", true),
            (LineKind::Format, "Z", true),
            (LineKind::Info, "W", false),
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn text_that_vcf_cannot_represent_is_an_error() {
        let line = "1\t5\t.\tA\tC\t.\t.\tNOTE=abc\tFT\tdef\t.\t.";
        let mut encoder = encoder();
        let record = encoder.encode(line.as_bytes()).unwrap();
        for (byte, is_info) in [(b';', true), (b'\t', true), (b'\n', true), (b':', false), (b'\t', false)] {
            let mut damaged = record.clone();
            let bytes = if is_info { &mut damaged.site } else { &mut damaged.samples };
            let at = bytes.iter().position(|&byte| byte == b'b' || byte == b'e').unwrap();
            bytes[at] = byte;
            let message = write_line(&damaged, &encoder.names, 12, false).unwrap_err();
            let expected = if is_info { "INFO NOTE: the text has '" } else { "sample 1: the text has '" };
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn values_that_bcf_cannot_represent_are_errors() {
        let line = |columns: &str, samples: &str| round_trip(&format!("{columns}\t{samples}")).unwrap_err();
        let (site, samples) = ("1\t5\t.\tA\tC\t.\t.", "GT\t0\t0\t0");
        for (info, expected) in [
            ("DP=3.5", "INFO DP: '3.5' is not a whole number"),
            ("DP=3000000000", "INFO DP: 3000000000 is outside the range"),
            ("AF=1e-300", "INFO AF: 1e-300 is outside the range"),
            ("AF=0.5,x", "INFO AF: 'x' is not a number"),
            ("A,B=1", "INFO 'A,B' is not declared in the header, and is not a valid name"),
        ] {
            let message = line(&format!("{site}\t{info}"), samples);
            assert!(message.starts_with(expected), "{message}");
        }
        for (samples, expected) in [
            ("GT\t0/1\tA/B\t.", "sample NA2, GT: 'A/B' is not a genotype"),
            ("AD\t1\t2\t3,x", "sample NA3, AD: 'x' is not a whole number"),
            ("GT\t0:1\t.\t.", "sample NA1: 2 values; FORMAT has 1"),
            ("GT:GT\t.\t.\t.", "FORMAT has GT twice"),
            ("FT\ta\0b\t.\t.", "NUL character"),
            (".\t.\t3\t.", "sample NA2: 3; FORMAT is missing"),
        ] {
            let message = line(&format!("{site}\t."), samples);
            assert!(message.starts_with(expected), "{message}");
        }
        assert!(line("1\t2147483649\t.\tA\tC\t.\t.\t.", samples).starts_with("POS is larger"));
        assert!(line("1\t5\t.\tA\tC,\t.\t.\t.", samples).starts_with("ALT has an empty"));
        assert!(line("1\t5\t.\tA\tC\thigh\t.\t.", samples).starts_with("QUAL: 'high'"));
    }

    #[test]
    fn record_span_is_the_length_of_ref_or_reaches_to_end() {
        let span = |info: &str, reference: &str| {
            let line = format!("1\t5\t.\t{reference}\tC\t.\t.\t{info}\tGT\t.\t.\t.");
            let record = encoder().encode(line.as_bytes()).unwrap();
            i32::from_le_bytes(*record.site[8..].first_chunk().unwrap())
        };
        assert_eq!([span(".", "ACG"), span("END=20", "A"), span("END=3", "AC"), span("END=.", "A")], [3, 16, 2, 1]);
    }
}
