//! Genome tracks, as bedGraph and bigWig.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use crate::error::{Context, Error, Result, bail};
use bigtools::beddata::BedParserStreamingIterator;
use bigtools::{BigWigWrite, Value};
use tatabox_sequence::is_same_contig;

use crate::tables::Sink;

/// Values of genome intervals. Values added for the same start are averaged.
///
/// # Examples
///
/// ```
/// use tatabox::tracks::GenomeTrack;
///
/// let mut track = GenomeTrack::default();
/// track.add("chr1", 100, 101, 0.5);
/// assert!(!track.is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct GenomeTrack {
    /// By contig and start: end, sum and number of values.
    values: BTreeMap<String, BTreeMap<u64, (u64, f64, u32)>>,
}

impl GenomeTrack {
    /// Adds the value of bases `start..end`, 0-based and half-open.
    pub fn add(&mut self, contig: &str, start: u64, end: u64, value: f64) {
        let contig = if let Some(values) = self.values.get_mut(contig) {
            values
        } else {
            self.values.entry(contig.to_owned()).or_default()
        };
        let (longest, sum, count) = contig.entry(start).or_insert((end, 0.0, 0));
        *longest = (*longest).max(end);
        *sum += value;
        *count += 1;
    }

    /// Whether the track has no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Intervals in the order of contigs and starts, without overlaps.
    fn intervals(&self) -> impl Iterator<Item = (&str, u64, u64, f32)> {
        self.values.iter().flat_map(|(contig, values)| {
            let next = values.keys().copied().skip(1).chain([u64::MAX]);
            values.iter().zip(next).map(move |((&start, &(end, sum, count)), next)| {
                (contig.as_str(), start, end.min(next), (sum / f64::from(count)) as f32)
            })
        })
    }

    /// Writes `path`.bedgraph and `path`.bw. A contig without a length in `sizes` ends at its last value.
    ///
    /// # Errors
    /// No contig is among `sizes`, a value is beyond the end of its contig, or a file cannot be written.
    pub fn write(&self, path: &Path, sizes: &HashMap<String, u32>) -> Result<()> {
        let sizes = self.sizes(sizes)?;
        let bedgraph = path.with_added_extension("bedgraph");
        let mut sink = Sink::create(Some(&bedgraph))?;
        for (contig, start, end, value) in self.intervals() {
            writeln!(sink, "{contig}\t{start}\t{end}\t{value}").context("cannot write")?;
        }
        sink.commit()?;
        self.write_bigwig(&path.with_added_extension("bw"), sizes)
    }

    fn write_bigwig(&self, path: &Path, sizes: HashMap<String, u32>) -> Result<()> {
        let partial = path.with_added_extension("partial");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build();
        let runtime = runtime.context("cannot start the bigWig writer")?;
        let values = self.intervals().map(|(contig, start, end, value)| {
            (contig.to_owned(), Value { start: start as u32, end: end as u32, value })
        });
        let values = BedParserStreamingIterator::wrap_infallible_iter(values, true);
        let written = BigWigWrite::create_file(&partial, sizes)
            .map_err(Error::from)
            .and_then(|file| file.write(values, runtime).map_err(|error| Error::encoding(error.to_string())))
            .and_then(|()| std::fs::rename(&partial, path).map_err(Error::from));
        if written.is_err() {
            // The file may not exist yet.
            let _ = std::fs::remove_file(&partial);
        }
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    fn sizes(&self, known: &HashMap<String, u32>) -> Result<HashMap<String, u32>> {
        let is_known = |contig: &String| length_of(contig, known).is_some();
        if !known.is_empty() && !self.is_empty() && !self.values.keys().any(is_known) {
            let contigs: Vec<&str> = self.values.keys().map(String::as_str).collect();
            bail!(
                "no contig of the promoters is among the contig lengths: the promoters have {}, the lengths {}; give those of \
                 the genome of the promoters",
                first_names(contigs),
                first_names(known.keys().map(String::as_str).collect())
            );
        }
        let mut sizes = HashMap::new();
        for (contig, values) in &self.values {
            let reach = values.values().map(|(end, ..)| *end).max().unwrap_or(0);
            let size = length_of(contig, known).map_or(reach, u64::from);
            if reach > size {
                bail!(
                    "contig {contig} has {size} bp, but a promoter reaches to {reach}; check that the contig lengths are of the same assembly"
                );
            }
            sizes.insert(
                contig.clone(),
                u32::try_from(size).ok().with_context(|| format!("contig {contig} is too long for bigWig"))?,
            );
        }
        Ok(sizes)
    }
}

/// Length of a contig, in any spelling of its name.
fn length_of(contig: &str, known: &HashMap<String, u32>) -> Option<u32> {
    let other_spelling = || known.iter().find(|(name, _)| is_same_contig(name, contig)).map(|(_, length)| length);
    known.get(contig).or_else(other_spelling).copied()
}

/// The first names in alphabetical order, for messages.
fn first_names(mut names: Vec<&str>) -> String {
    const SHOWN: usize = 5;
    names.sort_unstable();
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    names.truncate(SHOWN);
    format!("{}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use bigtools::BigWigRead;

    use super::*;

    #[test]
    fn genome_track_written_values_are_read_back() {
        let mut track = GenomeTrack::default();
        track.add("chr2", 10, 11, 0.5);
        track.add("chr1", 7, 8, -1.0);
        track.add("chr1", 5, 6, 2.0);
        // Twice: the mean.
        track.add("chr1", 5, 6, 4.0);
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("ism.K562");
        track.write(&path, &HashMap::from([("chr1".to_owned(), 100)])).expect("written");
        let text = std::fs::read_to_string(folder.path().join("ism.K562.bedgraph")).expect("there");
        assert_eq!(text, "chr1\t5\t6\t3\nchr1\t7\t8\t-1\nchr2\t10\t11\t0.5\n");
        let mut bigwig = BigWigRead::open_file(folder.path().join("ism.K562.bw")).expect("bigWig");
        let lengths: Vec<(String, u32)> =
            bigwig.chroms().iter().map(|contig| (contig.name.clone(), contig.length)).collect();
        assert_eq!(lengths, [("chr1".to_owned(), 100), ("chr2".to_owned(), 11)]);
        let values: Vec<Value> =
            bigwig.get_interval("chr1", 0, 100).expect("chr1").map(|value| value.expect("good")).collect();
        assert_eq!(values[0], Value { start: 5, end: 6, value: 3.0 });
        assert_eq!(values.len(), 2);
    }

    #[test]
    fn genome_track_value_beyond_contig_is_an_error() {
        let mut track = GenomeTrack::default();
        track.add("chr1", 99, 101, 1.0);
        let folder = tempfile::tempdir().expect("folder");
        let sizes = HashMap::from([("chr1".to_owned(), 100)]);
        let message = track.write(&folder.path().join("x"), &sizes).expect_err("too far").to_string();
        assert!(message.contains("chr1 has 100 bp"), "{message}");
        let sizes = HashMap::from([("1".to_owned(), 100)]);
        let message = track.write(&folder.path().join("x"), &sizes).expect_err("too far").to_string();
        assert!(message.contains("chr1 has 100 bp"), "another spelling: {message}");
        let sizes = HashMap::from([("scaffold_1".to_owned(), 100)]);
        let message = track.write(&folder.path().join("x"), &sizes).expect_err("no contig").to_string();
        assert!(message.contains("the promoters have chr1, the lengths scaffold_1"), "{message}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
    }

    #[test]
    fn intervals_end_where_the_next_begins() {
        let mut track = GenomeTrack::default();
        track.add("chr1", 0, 8, 1.0);
        track.add("chr1", 4, 12, 2.0);
        let intervals: Vec<(u64, u64)> = track.intervals().map(|(_, start, end, _)| (start, end)).collect();
        assert_eq!(intervals, [(0, 4), (4, 12)]);
    }
}
