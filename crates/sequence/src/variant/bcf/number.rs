//! Numbers of VCF text.

use std::io::Write;

use super::typed::MIN_INTEGER;

/// Significant digits of floats in text, as in other programs that convert BCF to VCF.
const DIGITS: i32 = 6;

/// Integer that BCF can represent, or the reason why not. `3.0` is an integer, `3.5` is not.
pub(super) fn parse_integer(text: &[u8]) -> Result<i32, String> {
    let shown = || String::from_utf8_lossy(text).into_owned();
    let value: i64 = std::str::from_utf8(text)
        .ok()
        .map(|text| match text.split_once('.') {
            Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') => whole,
            _ => text,
        })
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("'{}' is not a whole number", shown()))?;
    i32::try_from(value)
        .ok()
        .filter(|&value| value >= MIN_INTEGER)
        .ok_or_else(|| format!("{} is outside the range of BCF, {MIN_INTEGER} to {}", shown(), i32::MAX))
}

/// Float in single precision, or the reason why BCF cannot represent it.
pub(super) fn parse_float(text: &[u8]) -> Result<f32, String> {
    let shown = || String::from_utf8_lossy(text).into_owned();
    let value: f64 = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("'{}' is not a number", shown()))?;
    if value.is_nan() {
        return Ok(f32::NAN);
    }
    let single = value as f32;
    if (value.is_finite() && single.is_infinite()) || (value != 0.0 && single == 0.0) {
        return Err(format!("{} is outside the range of the 32-bit floats of BCF", shown()));
    }
    Ok(single)
}

/// Appends a float with six significant digits, as `%g` of C does.
pub(super) fn put_float_text(out: &mut Vec<u8>, value: f32) {
    let value = f64::from(value);
    if value.is_nan() {
        out.extend_from_slice(b"nan");
        return;
    }
    if value.is_infinite() {
        out.extend_from_slice(if value < 0.0 { b"-inf" } else { b"inf" });
        return;
    }
    let scientific = format!("{value:.*e}", DIGITS as usize - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        let fixed = format!("{value:.*}", (DIGITS - 1 - exponent).max(0) as usize);
        out.extend_from_slice(without_trailing_zeros(&fixed).as_bytes());
        return;
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let mantissa = without_trailing_zeros(mantissa);
    write!(out, "{mantissa}e{sign}{:02}", exponent.unsigned_abs()).expect("writing to memory cannot fail");
}

fn without_trailing_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn put_float_text_matches_printf_g() {
        // Expected values: printf("%g", (double)x) of C.
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (0.25, "0.25"),
            (29.0, "29"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (1_234_567.0, "1.23457e+06"),
            (123_456.0, "123456"),
            (999_999.5, "1e+06"),
            (0.0001, "0.0001"),
            (0.000_012_345_678, "1.23457e-05"),
            (3.4e38, "3.4e+38"),
            (1e-30, "1e-30"),
            (f32::INFINITY, "inf"),
            (f32::NEG_INFINITY, "-inf"),
            (f32::NAN, "nan"),
        ] {
            let mut out = Vec::new();
            put_float_text(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn parse_float_out_of_range_is_an_error() {
        assert_eq!(parse_float(b"1e-5"), Ok(1e-5));
        assert!(parse_float(b"NaN").is_ok_and(f32::is_nan));
        assert_eq!(parse_float(b"inf"), Ok(f32::INFINITY));
        for text in [&b"1e-300"[..], b"1e39", b"x", b"", b"1,5", b"\xff"] {
            assert!(parse_float(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn parse_integer_out_of_range_is_an_error() {
        assert_eq!(parse_integer(b"-2147483640"), Ok(-2_147_483_640));
        assert_eq!([parse_integer(b"+5"), parse_integer(b"60.00")], [Ok(5), Ok(60)]);
        for text in [&b"-2147483641"[..], b"2147483648", b"3.5", b"3.", b".0", b"", b"1e3", b"99999999999999999999"] {
            assert!(parse_integer(text).is_err(), "{text:?}");
        }
    }
}
