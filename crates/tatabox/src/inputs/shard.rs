//! Parts of an input, such as `2/3`.

use std::str::FromStr;

/// One of several equal parts of an input, each contiguous.
///
/// ```
/// use tatabox::inputs::Shard;
///
/// let shard: Shard = "2/3".parse().unwrap();
/// assert_eq!(shard.part_of(9), (3, 3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Number of the part, counted from 1.
    index: u64,
    count: u64,
}

impl Shard {
    /// Index of the first of `records` in this part, and the number of records in it.
    pub fn part_of(self, records: u64) -> (u64, u64) {
        let bound = |part: u64| (u128::from(records) * u128::from(part) / u128::from(self.count)) as u64;
        (bound(self.index - 1), bound(self.index) - bound(self.index - 1))
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match parts {
            Some((index, count)) if 1 <= index && index <= count => Ok(Self { index, count }),
            _ => Err("expected i/n with i from 1 to n, such as 2/3".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shard_parts_cover_every_record_once() {
        let shard = |text: &str| text.parse::<Shard>();
        for records in [0, 1, 2, 3, 10, 10_001] {
            let parts: Vec<_> = ["1/3", "2/3", "3/3"].map(|text| shard(text).expect("valid").part_of(records)).to_vec();
            assert_eq!(parts[0].0, 0);
            assert_eq!((parts[0].1, parts[0].1 + parts[1].1), (parts[1].0, parts[2].0));
            assert_eq!(parts.iter().map(|part| part.1).sum::<u64>(), records);
        }
        for refused in ["0/3", "4/3", "3", "a/b", "1/0"] {
            assert!(shard(refused).is_err(), "{refused}");
        }
    }
}
