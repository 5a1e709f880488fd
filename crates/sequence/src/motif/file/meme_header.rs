//! Alphabet and background frequencies of a MEME file.

use super::letters::{BaseOrder, base_of, only_letter};
use super::matrix::{Number, rounding_tolerance};
use super::numbered_lines::{NumberedLines, excerpt};

const EXPECTED: &str = "expected the DNA alphabet ACGT";

/// Parses `ALPHABET= ACGT` or an alphabet definition up to its end. `rest` follows the word `ALPHABET`.
///
/// The columns of a matrix follow the letters of the short form. MEME sorts the letters of a definition, so that the
/// columns of a DNA alphabet are A, C, G and T in whatever order it defines them.
pub(super) fn alphabet(rest: &str, lines: &mut NumberedLines) -> Result<BaseOrder, String> {
    if let Some(letters) = rest.trim_start().strip_prefix('=') {
        let letters = letters.trim();
        return match letters.to_ascii_uppercase().as_str() {
            "DNA" => Ok(BaseOrder::ACGT),
            "RNA" => Ok(BaseOrder::ACGU),
            _ => BaseOrder::of(letters.chars()).ok_or_else(|| {
                let protein = if letters.len() >= 20 { " (protein)" } else { "" };
                format!("alphabet {letters}{protein}; {EXPECTED}")
            }),
        };
    }
    let mut core = Vec::new();
    while let Some((_, text)) = lines.next_content() {
        if text.starts_with("END ALPHABET") {
            let Some(order) = BaseOrder::of(core.iter().copied()) else {
                let letters: String = core.iter().collect();
                return Err(format!("alphabet of the letters {letters}; {EXPECTED}"));
            };
            return Ok(if order.is_rna { BaseOrder::ACGU } else { BaseOrder::ACGT });
        }
        core.extend(core_letters(text).ok_or_else(|| format!("{} in the alphabet; {EXPECTED}", excerpt(text)))?);
    }
    Err("the definition of the alphabet has no END ALPHABET".to_owned())
}

/// Letters that a line of an alphabet definition defines: one, or two complements, as in
/// `A "Adenine" CC0000 ~ T "Thymine" 008000`. Ambiguous letters such as `N = ACGT` define none. `None` if malformed.
fn core_letters(text: &str) -> Option<Vec<char>> {
    // Every second part is a quoted name.
    let unquoted: Vec<&str> = text.split('"').step_by(2).collect();
    let text = unquoted.join(" ");
    if text.contains('=') {
        return Some(Vec::new());
    }
    text.split('~').map(|part| part.split_whitespace().next()?.chars().next()).collect()
}

/// Parses `A 0.25 C 0.25 G 0.25 T 0.25`, on one or several lines.
pub(super) fn background(lines: &mut NumberedLines) -> Result<[f64; 4], String> {
    let mut found: [Option<Number>; 4] = [None; 4];
    while found.contains(&None) {
        let expected = "expected the frequencies of A, C, G and T after \"Background letter frequencies\"";
        let (_, text) = lines.next_content().ok_or(expected)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        for pair in words.chunks(2) {
            let base = only_letter(pair[0]).and_then(base_of);
            let (Some(base), Some(value)) = (base, pair.get(1)) else {
                return Err(format!("{expected}, found {}", excerpt(text)));
            };
            let number = Number::parse(value)?;
            if number.value <= 0.0 {
                return Err(format!("background frequency {value} of {}; expected above 0", pair[0]));
            }
            if found[base].replace(number).is_some() {
                return Err(format!("two background frequencies of {}; {expected}", pair[0]));
            }
        }
    }
    let sum: f64 = found.iter().flatten().map(|number| number.value).sum();
    if (sum - 1.0).abs() > rounding_tolerance(found.into_iter().flatten()) {
        return Err(format!("the background frequencies sum to {sum:.4}; expected 1"));
    }
    Ok(found.map(|number| number.map_or(0.0, |number| number.value) / sum))
}
