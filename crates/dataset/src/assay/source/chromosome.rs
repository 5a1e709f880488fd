//! Chromosomes stated in the header or identifier of a sequence.

use tatabox_sequence::header_field;

/// Contigs of the locations in a header or identifier: `chrom=chr1`, an identifier such as `chr1:100-400(+)` or `1:100-400`, and
/// locations within longer text, which must begin with `chr` (`promoter__chr16:67993585..67993700,+`).
pub(super) fn stated_contigs(header: &str) -> Vec<&str> {
    let mut contigs: Vec<&str> = header_field(header, "chrom").into_iter().filter(|name| !name.is_empty()).collect();
    let id = header.split_ascii_whitespace().next().unwrap_or_default();
    let whole = location(id).filter(|(_, rest)| {
        matches!(rest.trim_start_matches([',', ':']), "" | "+" | "-" | "(+)" | "(-)" | "(.)" | ".")
    });
    contigs.extend(whole.map(|(contig, _)| contig));
    for (at, _) in header.match_indices("chr") {
        let is_start = !header[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
        contigs.extend(location(&header[at..]).filter(|_| is_start).map(|(contig, _)| contig));
    }
    contigs.sort_unstable();
    contigs.dedup();
    contigs
}

/// Contig of a location at the start of a text, `CONTIG:START-END` or `CONTIG:START..END`, and the text after it.
fn location(text: &str) -> Option<(&str, &str)> {
    let (contig, rest) = text.split_once(':')?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
    if contig.is_empty() || !contig.chars().all(is_name) {
        return None;
    }
    let rest = after_number(rest)?;
    let rest = rest.strip_prefix('-').or_else(|| rest.strip_prefix(".."))?;
    Some((contig, after_number(rest)?))
}

/// Text after the digits, and the separators of thousands among them, that it starts with.
fn after_number(text: &str) -> Option<&str> {
    let is_thousands = |(at, letter): (usize, char)| {
        letter == ',' && text[at + 1..].len() >= 3 && text.as_bytes()[at + 1..at + 4].iter().all(u8::is_ascii_digit)
    };
    let end = text.char_indices().find(|&(at, letter)| !letter.is_ascii_digit() && !is_thousands((at, letter)));
    let end = end.map_or(text.len(), |(at, _)| at);
    (end > 0).then(|| &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_contigs_of_headers_and_identifiers() {
        for (header, expected) in [
            ("chr1:100-400(+)", &["chr1"][..]),
            ("chr1:100-400", &["chr1"]),
            ("1:100-400", &["1"]),
            ("NC_000001.11:5-9 promoter", &["NC_000001.11"]),
            ("r1 chrom=chr7", &["chr7"]),
            ("CONTROL__control.flip.sense__chr16:67993585..67993700,+__2318.1.0.0", &["chr16"]),
            ("chr6_cox_hap2:1,000-2,000", &["chr6_cox_hap2"]),
            ("a|chr1:1-9|chr2:4-8", &["chr1", "chr2"]),
            ("H1hesc_1_0_chr20_30310735", &[]),
            ("seq10266_F", &[]),
            ("insert:3-mutant", &[]),
            ("12:34", &[]),
            ("", &[]),
        ] {
            assert_eq!(stated_contigs(header), expected, "{header}");
        }
    }
}
