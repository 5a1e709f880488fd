//! Genotypes: alleles and their phase, as integers in BCF and as text in VCF.

use std::io::Write;

use super::typed::{Element, ValueType, Vector};

/// Bit of an allele that is phased with the previous one.
const PHASED: i32 = 1;

/// Appends the alleles of a genotype: index of the allele + 1, shifted by one bit, and its phase. 0 is a missing allele.
///
/// `has_leading_phase` is true from VCF 4.4 on: the phase of the first allele can be written before it, and otherwise
/// follows from the other alleles.
///
/// # Errors
///
/// The reason why the text is not a genotype.
pub(super) fn parse_genotype(text: &[u8], has_leading_phase: bool, alleles: &mut Vec<i32>) -> Result<(), String> {
    let shown = || format!("'{}' is not a genotype such as 0/1", String::from_utf8_lossy(text));
    let first = alleles.len();
    let mut rest = text;
    let mut phase = 0;
    let leading = text.first().filter(|byte| has_leading_phase && matches!(byte, b'|' | b'/'));
    if let Some(&byte) = leading {
        phase = i32::from(byte == b'|');
        rest = &rest[1..];
    }
    loop {
        let end = rest.iter().position(|byte| matches!(byte, b'|' | b'/')).unwrap_or(rest.len());
        let allele = match &rest[..end] {
            b"." => 0,
            digits if digits.iter().all(u8::is_ascii_digit) => {
                let index: i32 =
                    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or_else(shown)?;
                index.checked_add(1).filter(|&allele| allele <= i32::MAX >> 1).ok_or_else(shown)?
            }
            _ => return Err(shown()),
        };
        alleles.push(allele << 1 | phase);
        let Some(&separator) = rest.get(end) else { break };
        phase = i32::from(separator == b'|');
        rest = &rest[end + 1..];
    }
    if has_leading_phase && leading.is_none() {
        alleles[first] |= implied_phase(alleles[first], &alleles[first + 1..]);
    }
    Ok(())
}

/// Phase of the first allele where the text has none before it (VCF 4.4, section 1.6.2): phased if all other alleles are;
/// a single allele is phased unless it is missing.
fn implied_phase(first: i32, others: &[i32]) -> i32 {
    i32::from(if others.is_empty() { first >> 1 != 0 } else { others.iter().all(|allele| allele & PHASED != 0) })
}

/// Appends the text of a genotype; see [`parse_genotype`] for `has_leading_phase`. `alleles` is a buffer.
pub(super) fn put_genotype(out: &mut Vec<u8>, vector: Vector<'_>, has_leading_phase: bool, alleles: &mut Vec<i32>) {
    alleles.clear();
    if matches!(vector.kind, ValueType::Int8 | ValueType::Int16 | ValueType::Int32) {
        let present = vector.integers().take_while(|element| *element != Element::End);
        alleles.extend(present.map(|element| if let Element::Value(allele) = element { allele } else { 0 }));
    }
    let [first, others @ ..] = &alleles[..] else {
        out.push(b'.');
        return;
    };
    let separator = |allele: i32| if allele & PHASED == 0 { b'/' } else { b'|' };
    if has_leading_phase && first & PHASED != implied_phase(*first, others) {
        out.push(separator(*first));
    }
    put_allele(out, *first);
    for &allele in others {
        out.push(separator(allele));
        put_allele(out, allele);
    }
}

fn put_allele(out: &mut Vec<u8>, allele: i32) {
    match allele >> 1 {
        ..=0 => out.push(b'.'),
        index @ 1..=10 => out.push(b'0' + (index - 1) as u8),
        index => write!(out, "{}", index - 1).expect("writing to memory cannot fail"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alleles(text: &str, has_leading_phase: bool) -> Vec<i32> {
        let mut alleles = Vec::new();
        parse_genotype(text.as_bytes(), has_leading_phase, &mut alleles).unwrap();
        alleles
    }

    #[test]
    fn parse_genotype_keeps_phase_of_missing_alleles() {
        assert_eq!(alleles("0/1", false), [2, 4]);
        assert_eq!(alleles("0|1", false), [2, 5]);
        assert_eq!(alleles(".|.", false), [0, 1]);
        assert_eq!(alleles("1|.", false), [4, 1]);
        assert_eq!(alleles(".", false), [0]);
        assert_eq!(alleles("1", false), [4]);
        assert_eq!(alleles("0/1|70", false), [2, 4, 143]);
        assert_eq!(alleles("0|1", true), [3, 5]);
        assert_eq!(alleles("/0|1", true), [2, 5]);
        assert_eq!(alleles("1", true), [5]);
    }

    fn written(text: &str, has_leading_phase: bool) -> String {
        let bytes: Vec<u8> = alleles(text, has_leading_phase).iter().flat_map(|allele| allele.to_le_bytes()).collect();
        let mut out = Vec::new();
        put_genotype(&mut out, Vector { kind: ValueType::Int32, bytes: &bytes }, has_leading_phase, &mut Vec::new());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn genotype_text_round_trip_is_identity() {
        for text in ["0/1", "0|1", ".|.", "./.", "1|.", "./1", ".", "0", "0/1/2", "0|1/.", "12|130", "2|1|0|3", "9/10"]
        {
            assert_eq!([written(text, false), written(text, true)], [text; 2]);
        }
    }

    #[test]
    fn genotype_text_has_leading_phase_only_where_it_is_not_implied() {
        for (text, expected) in
            [("/0/1", "0/1"), ("|0|1", "0|1"), ("/1", "/1"), ("|1", "1"), ("|0/1", "|0/1"), ("/0|1", "/0|1")]
        {
            assert_eq!(written(text, true), expected);
        }
    }

    #[test]
    fn parse_genotype_other_text_is_an_error() {
        for text in ["", "A/B", "0/", "/0", "0//1", "-1", "0/1 ", "99999999999"] {
            assert!(parse_genotype(text.as_bytes(), false, &mut Vec::new()).is_err(), "{text}");
        }
    }
}
