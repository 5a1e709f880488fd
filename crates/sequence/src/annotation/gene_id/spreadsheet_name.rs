//! Gene names that a spreadsheet has turned into dates or numbers.

/// Names of months in the languages of common spreadsheets; each may be shortened to three letters or more.
const MONTHS: [&str; 52] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "februar",
    "märz",
    "mrz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember", // German
    "janvier",
    "février",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre", // French
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "diciembre", // Spanish
    "gennaio",
    "febbraio",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "settembre",
    "ottobre",
    "dicembre", // Italian
    "octubre",
];

/// Least number of letters of a shortened month.
const MIN_MONTH_CHARACTERS: usize = 3;

/// Separators within a date.
const SEPARATORS: [char; 4] = ['-', '/', '.', ' '];

/// Whether a gene name is a date or a number in scientific notation, into which spreadsheets convert names such as
/// SEPT2, MARCH1, DEC1 and 2310009E13Rik when a table is opened or saved.
///
/// # Source
///
/// Ziemann, Eren and El-Osta 2016, doi:10.1186/s13059-016-1044-7.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::is_spreadsheet_date;
///
/// assert!(is_spreadsheet_date("2-Sep") && is_spreadsheet_date("Mar-01") && is_spreadsheet_date("2.31E+13"));
/// assert!(!is_spreadsheet_date("SEPTIN2") && !is_spreadsheet_date("HLA-A"));
/// ```
pub fn is_spreadsheet_date(name: &str) -> bool {
    is_scientific(name) || SEPARATORS.into_iter().any(|separator| is_date(name, separator))
}

/// Whether a name is a date: day and month, month and year, or three numbers, with an optional time of day.
fn is_date(name: &str, separator: char) -> bool {
    let date = match name.split_once(['T', ' ']) {
        Some((date, time)) if separator != ' ' && time.contains(':') => date,
        _ => name,
    };
    let parts: Vec<&str> = date.split(separator).map(|part| part.trim_end_matches(['.', ','])).collect();
    match parts[..] {
        [day, month] if is_day(day) => is_month(month) && separator != '.',
        // Excel writes `Sep-02`; `sep-1` and `SEP-1` are genes of worms and plants.
        [month, year] => {
            is_month(month) && starts_with_one_capital(month) && matches!(year.len(), 2 | 4) && is_number(year)
        }
        [day, month, year] if is_month(month) => is_day(day) && is_year(year),
        [first, second, third] => {
            let is_calendar =
                (is_day(first) && is_year(third)) || (first.len() == 4 && is_year(first) && is_day(third));
            is_calendar && is_day(second) && separator != ' '
        }
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a day or a month in digits.
fn is_day(text: &str) -> bool {
    text.len() <= 2 && text.parse().is_ok_and(|day: u8| (1..=31).contains(&day))
}

fn is_year(text: &str) -> bool {
    is_number(text) && (text.len() == 2 || (text.len() == 4 && (text.starts_with("19") || text.starts_with("20"))))
}

fn is_month(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.chars().count() >= MIN_MONTH_CHARACTERS && MONTHS.iter().any(|month| month.starts_with(&lower))
}

fn starts_with_one_capital(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(char::is_uppercase) && characters.all(char::is_lowercase)
}

/// Whether a name is a number such as `2.31E+13`; `2,31E+13` where the comma is the decimal separator.
fn is_scientific(name: &str) -> bool {
    let Some((mantissa, exponent)) = name.split_once("E+").or_else(|| name.split_once("e+")) else { return false };
    let digits = mantissa.replacen([',', '.'], "", 1);
    is_number(&digits) && mantissa.starts_with(|first: char| first.is_ascii_digit()) && is_number(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_spreadsheet_date_recognises_dates_and_numbers() {
        for name in [
            "1-Mar",
            "2-Sep",
            "10-Oct",
            "1-Dec",
            "01-Mar",
            "Mar-01",
            "Sep-02",
            "Sep-2002",
            "1-Mar-22",
            "01-Mar-2022",
            "1-Mär",
            "4-Okt",
            "1. Mrz",
            "1-mars",
            "2022-03-01",
            "2022-03-01 00:00:00",
            "2022-03-01T00:00:00",
            "03/01/2022",
            "3/1/22",
            "01.03.2022",
            "1/Mar",
            "2.31E+13",
            "2,31E+13",
            "2E+13",
            "1-March",
            "2-sept",
        ] {
            assert!(is_spreadsheet_date(name), "{name}");
        }
    }

    #[test]
    fn is_spreadsheet_date_keeps_gene_names() {
        for name in [
            "SEPTIN2",
            "SEPT2",
            "MARCH1",
            "MARCHF1",
            "MARC1",
            "DEC1",
            "HLA-A",
            "NKX2-5",
            "H3-3A",
            "sep-1",
            "SEP-1",
            "dec-1",
            "H1-10",
            "2310009E13Rik",
            "AC012345.1",
            "RP11-34P13.7",
            "Y74C9A.2",
            "7SK",
            "5S_rRNA",
            "10904",
            "MT-CO1",
            "1-8D",
            "Dec-1",
            "U2AF1L4",
            "5-8S",
            "1-marker",
            "1.2.3",
            "mar",
            "",
        ] {
            assert!(!is_spreadsheet_date(name), "{name}");
        }
    }
}
