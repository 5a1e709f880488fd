//! Contigs that the header of a variant file declares.

use super::VariantHeader;
use crate::coord::Contig;

/// Start of the header line of a contig.
const CONTIG_LINE: &str = "##contig=<";

/// Length that programs write for a contig of unknown length: the largest 32-bit integer.
const PLACEHOLDER_LENGTH: u64 = i32::MAX as u64;

impl VariantHeader {
    /// Contigs that the header declares with a length, in its order.
    ///
    /// Other declarations are omitted: lengths are optional in VCF.
    pub fn contig_lengths(&self) -> Vec<Contig> {
        self.meta().filter_map(|line| contig_of(std::str::from_utf8(line).ok()?)).collect()
    }
}

/// Contig of a header line such as `##contig=<ID=chr1,length=9,md5="x">`.
fn contig_of(line: &str) -> Option<Contig> {
    let fields = line.trim_end().strip_prefix(CONTIG_LINE)?.strip_suffix('>')?;
    let (mut name, mut length) = (None, None);
    for field in split_fields(fields) {
        let (key, value) = field.split_once('=')?;
        let value = value.trim().trim_matches('"');
        match key.trim() {
            "ID" => name = Some(value.to_owned()),
            "length" => length = value.parse().ok().filter(|&length| length > 0 && length < PLACEHOLDER_LENGTH),
            _ => {}
        }
    }
    Some(Contig { name: name?, length: length? })
}

/// Fields separated by commas outside quotation marks.
fn split_fields(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |letter| {
        is_quoted ^= letter == '"';
        letter == ',' && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contig_lengths_are_read_in_any_order_and_quoting() {
        let mut header = VariantHeader::default();
        for line in [
            "##fileformat=VCFv4.3",
            "##contig=<ID=chr1,length=248956422,assembly=GRCh38>",
            "##contig=<length=\"57\",species=\"Homo, length=3\",ID=chrY>",
            "##contig=<ID=chr2>",
            "##contig=<ID=chr3,length=?>",
            "##contig=<ID=chr4,length=2147483647>",
            "##contig=<ID=chr5,length=0>",
            "##contig=odd",
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
        ] {
            header.push(line.as_bytes(), 1).expect("valid");
        }
        let contigs = header.contig_lengths();
        let found: Vec<_> = contigs.iter().map(|contig| (contig.name.as_str(), contig.length)).collect();
        assert_eq!(found, [("chr1", 248_956_422), ("chrY", 57)]);
    }
}
