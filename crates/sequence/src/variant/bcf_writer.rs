//! Conversion of VCF lines to BCF records.

use std::io::{self, Write};

use noodles::vcf::variant::io::Write as _;
use noodles::vcf::variant::record_buf::Samples;
use noodles::vcf::variant::record_buf::samples::sample::Value;
use noodles::{bcf, vcf};

use super::bcf_reader::percent_encoded;

/// Number of columns before INFO.
const BEFORE_INFO: usize = 7;
/// Index of the FORMAT column, which precedes the samples.
const FORMAT: usize = 8;

/// FORMAT key of genotypes.
const GENOTYPE: &str = "GT";
/// Missing genotype.
const MISSING: &str = ".";

/// Writes a VCF line as a BCF record.
///
/// # Errors
///
/// `InvalidData` or `InvalidInput` if BCF or noodles cannot represent the line.
pub(super) fn write_line<W: Write>(
    writer: &mut bcf::io::Writer<W>,
    header: &vcf::Header,
    text: &[u8],
) -> io::Result<()> {
    let columns: Vec<&[u8]> = text.split(|&byte| byte == b'\t').collect();
    let mut escaped = Vec::with_capacity(text.len());
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            escaped.push(b'\t');
        }
        if index < BEFORE_INFO {
            escaped.extend_from_slice(column);
        } else {
            escaped.extend(percent_encoded(column));
        }
    }
    let record = vcf::Record::try_from(&escaped[..])?;
    let Some(format) = columns.get(FORMAT) else { return writer.write_variant_record(header, &record) };
    check_ploidies(format, &columns[FORMAT + 1..])?;
    let mut record = vcf::variant::RecordBuf::try_from_variant_record(header, &record)?;
    spell_missing_genotypes(&mut record);
    writer.write_variant_record(header, &record)
}

/// Checks that all genotypes with several alleles have the same ploidy. noodles pads alleles instead of genotypes,
/// which would corrupt the record.
fn check_ploidies(format: &[u8], samples: &[&[u8]]) -> io::Result<()> {
    let Some(index) = format.split(|&byte| byte == b':').position(|key| key == GENOTYPE.as_bytes()) else {
        return Ok(());
    };
    let genotypes = samples.iter().filter_map(|sample| sample.split(|&byte| byte == b':').nth(index));
    let ploidies = genotypes.map(|genotype| genotype.iter().filter(|&&byte| matches!(byte, b'/' | b'|')).count() + 1);
    let (lowest, highest) = ploidies
        .filter(|&ploidy| ploidy > 1)
        .fold((usize::MAX, 0), |(lowest, highest), ploidy| (lowest.min(ploidy), highest.max(ploidy)));
    if lowest < highest {
        let detail = format!("genotypes of {lowest} and of {highest} alleles in one record");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, detail));
    }
    Ok(())
}

/// Replaces genotypes that are missing entirely by `.` as text, since noodles rejects them.
fn spell_missing_genotypes(record: &mut vcf::variant::RecordBuf) {
    let samples = record.samples();
    let Some(index) = samples.keys().as_ref().iter().position(|key| key == GENOTYPE) else { return };
    let spelled = |values: &[Option<Value>]| -> Vec<Option<Value>> {
        let mut values = values.to_vec();
        values.resize(values.len().max(index + 1), None);
        values[index].get_or_insert_with(|| Value::String(MISSING.to_owned()));
        values
    };
    let values = samples.values().map(|sample| spelled(sample.values())).collect();
    *record.samples_mut() = Samples::new(samples.keys().clone(), values);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_ploidies_mixed_ploidy_is_an_error() {
        let check =
            |samples: &[&str]| check_ploidies(b"DP:GT", &samples.iter().map(|s| s.as_bytes()).collect::<Vec<_>>());
        assert!(check(&["3:0/1", "4:1", "5:.", "."]).is_ok());
        assert!(check(&["3:0/1/1", "4:1", "5:0|0|1"]).is_ok());
        assert!(check(&["3:0/1/1", "4:0/1"]).unwrap_err().to_string().contains("2 and of 3 alleles"));
    }
}
