//! bigWig signals along a genome, such as chromatin accessibility or a histone mark.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bigtools::utils::reopen::{Reopen, ReopenableFile};
use bigtools::{BBIReadError, BigWigRead};

use super::bigwig_layout::check_layout;
use super::signal_format::check_bigwig;
use crate::SequenceError;
use crate::coord::{
    AssemblyCheck, AssemblyReport, Contig, ContigNames, Strand, Tss, WindowGeometry, WindowSpan, describe_contigs,
};
use crate::read_once::require_regular_file;
use crate::text_file::{catch_panic, open_file};

/// bigWig file with its list of contigs; [`reader`](Self::reader) gives access to its values.
pub struct SignalTrack {
    path: PathBuf,
    contigs: Vec<Contig>,
    names: ContigNames,
    bigwig: BigWigRead<ReopenableFile>,
}

/// Reader of a [`SignalTrack`] for one thread.
pub struct SignalReader<'a> {
    track: &'a SignalTrack,
    bigwig: BigWigRead<ReopenableFile>,
}

impl SignalTrack {
    /// Opens a bigWig file and reads its header.
    ///
    /// # Errors
    ///
    /// [`SequenceError::FileNotFound`], [`SequenceError::NotBigWig`], [`SequenceError::InvalidBigWig`], or
    /// [`SequenceError::EmptyBigWig`] for a file without a value.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SequenceError> {
        let path = path.as_ref();
        require_regular_file(path)?;
        check_bigwig(path)?;
        check_layout(path)?;
        let file = ReopenableFile { path: path.to_owned(), file: open_file(path)? };
        let mut bigwig = guarded(path, || BigWigRead::open(file))?.map_err(|error| invalid(path, &error))?;
        if guarded(path, || is_empty(&mut bigwig))? {
            return Err(SequenceError::EmptyBigWig { path: path.to_owned() });
        }
        let contigs: Vec<Contig> = bigwig
            .chroms()
            .iter()
            .map(|contig| Contig { name: contig.name.clone(), length: u64::from(contig.length) })
            .collect();
        Ok(Self { path: path.to_owned(), names: ContigNames::new(&contigs), contigs, bigwig })
    }

    /// Contigs of the file.
    pub fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    /// Length of a contig in bp, in any spelling of its name; `None` if the file has no such contig.
    pub fn total_length(&self, name: &str) -> Option<u64> {
        Some(self.contig(name)?.length)
    }

    /// Whether the file has a contig, in any spelling of its name.
    pub fn has_contig(&self, name: &str) -> bool {
        self.contig(name).is_some()
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Compares the contigs of the file with those of a genome, for given sites, whose contigs have their names in the
    /// genome. `label` and `genome` name both in messages; `what` is the kind of the sites, in plural. The report counts
    /// sites on contigs that the file lacks.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`] if a contig with sites has another length in the file, or if the file has
    /// none of these contigs.
    pub fn check_genome<'t>(
        &self,
        label: &str,
        what: &'static str,
        sites: impl Iterator<Item = &'t Tss>,
        genome: &str,
        genome_contigs: &[Contig],
    ) -> Result<AssemblyReport, SequenceError> {
        let genome_names = ContigNames::new(genome_contigs);
        let lengths =
            AssemblyCheck::new(label, what, genome, genome_contigs, &genome_names).with_declared_lengths(&self.contigs);
        let mut check =
            AssemblyCheck::new(genome, what, label, &self.contigs, &self.names).with_declared_lengths(genome_contigs);
        let mut compared = BTreeSet::new();
        for tss in sites {
            check.add(&tss.chrom, tss.position);
            if compared.insert(&tss.chrom)
                && let Some(contig) = self.contig(&tss.chrom)
            {
                lengths.check_length(&tss.chrom, contig.length)?;
            }
        }
        check.finish()
    }

    fn contig(&self, name: &str) -> Option<&Contig> {
        let name = self.names.resolve(name)?;
        self.contigs.iter().find(|contig| contig.name == name)
    }

    /// Reader for one thread.
    ///
    /// # Errors
    ///
    /// [`SequenceError::Io`] if the file cannot be opened again.
    pub fn reader(&self) -> Result<SignalReader<'_>, SequenceError> {
        let bigwig = self.bigwig.reopen().map_err(|source| SequenceError::Io { path: self.path.clone(), source })?;
        Ok(SignalReader { track: self, bigwig })
    }
}

impl SignalReader<'_> {
    /// Values along the window of a TSS on its sense strand; NaN where the file has no value and past the ends of the
    /// contig.
    ///
    /// # Errors
    ///
    /// [`SequenceError::UnknownContig`], [`SequenceError::TssOutsideContig`], or [`SequenceError::InvalidBigWig`] for a
    /// damaged file.
    pub fn window(&mut self, tss: &Tss, geometry: WindowGeometry) -> Result<Vec<f32>, SequenceError> {
        let Self { track, bigwig } = self;
        let unknown = || SequenceError::UnknownContig {
            path: track.path.clone(),
            contig: tss.chrom.clone(),
            known: describe_contigs(&track.contigs),
        };
        let contig = track.contig(&tss.chrom).ok_or_else(unknown)?;
        if tss.position >= contig.length {
            return Err(SequenceError::TssOutsideContig { tss: tss.clone(), length: contig.length });
        }
        let span = WindowSpan::new(tss, geometry, contig.length);
        let mut values = vec![f32::NAN; geometry.len()];
        let on_contig = &mut values[span.missing_below..][..(span.end - span.start) as usize];
        guarded(&track.path, || -> Result<(), BBIReadError> {
            for interval in bigwig.get_interval(&contig.name, span.start as u32, span.end as u32)? {
                let interval = interval?;
                let [start, end] = [interval.start, interval.end]
                    .map(|position| (u64::from(position).clamp(span.start, span.end) - span.start) as usize);
                if start < end {
                    on_contig[start..end].fill(interval.value);
                }
            }
            Ok(())
        })?
        .map_err(|error| invalid(&track.path, &error))?;
        if tss.strand == Strand::Reverse {
            values.reverse();
        }
        Ok(values)
    }
}

/// Whether a file has no value. Most files state their number of values; a few writers leave it at 0.
fn is_empty(bigwig: &mut BigWigRead<ReopenableFile>) -> bool {
    if bigwig.get_summary().is_ok_and(|summary| summary.total_items > 0) {
        return false;
    }
    let contigs: Vec<(String, u32)> = bigwig.chroms().iter().map(|chrom| (chrom.name.clone(), chrom.length)).collect();
    contigs.into_iter().all(|(name, length)| match bigwig.get_interval(&name, 0, length) {
        // A file without values may have no index of them.
        Err(BBIReadError::UnknownMagic) => true,
        Err(_) => false,
        Ok(mut values) => values.next().is_none(),
    })
}

/// Error for a panic of the bigWig library, which panics on damaged files.
fn guarded<T>(path: &Path, read: impl FnOnce() -> T) -> Result<T, SequenceError> {
    catch_panic(read).ok_or_else(|| invalid(path, "the file ends early, or its index points past its end"))
}

fn invalid(path: &Path, detail: &(impl ToString + ?Sized)) -> SequenceError {
    SequenceError::InvalidBigWig { path: path.to_owned(), detail: detail.to_string() }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use bigtools::beddata::BedParserStreamingIterator;
    use bigtools::{BigWigWrite, Value};

    use super::*;

    /// Writes values of contig chr1, which is 1,000 bp long.
    pub(crate) fn bigwig(path: &Path, intervals: &[(u32, u32, f32)]) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("runtime");
        let values = intervals.iter().map(|&(start, end, value)| ("chr1".to_owned(), Value { start, end, value }));
        let values = BedParserStreamingIterator::wrap_infallible_iter(values.collect::<Vec<_>>().into_iter(), true);
        let sizes = HashMap::from([("chr1".to_owned(), 1000)]);
        BigWigWrite::create_file(path, sizes).expect("created").write(values, runtime).expect("written");
    }

    fn tss(chrom: &str, position: u64, strand: Strand) -> Tss {
        Tss { chrom: chrom.to_owned(), position, strand }
    }

    #[test]
    fn window_is_sense_strand_and_nan_without_value() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.bw");
        bigwig(&path, &[(100, 110, 2.0), (130, 131, 7.5), (990, 1000, 1.0)]);
        let track = SignalTrack::open(&path).expect("opened");
        let geometry = WindowGeometry::new(50, 10).expect("valid");
        let mut reader = track.reader().expect("reader");
        // The window of TSS 150 is [100, 160).
        let forward = reader.window(&tss("1", 150, Strand::Forward), geometry).expect("read");
        assert_eq!((forward[0], forward[9], forward[30]), (2.0, 2.0, 7.5));
        assert_eq!(forward.iter().filter(|value| value.is_nan()).count(), 60 - 11);
        // The window of TSS 109 on the reverse strand is [100, 160) too, read from its end.
        let mut reverse = reader.window(&tss("chr1", 109, Strand::Reverse), geometry).expect("read");
        reverse.reverse();
        assert!(reverse.iter().zip(&forward).all(|(one, other)| one.to_bits() == other.to_bits()));
        // The window is [945, 1005); the contig has 1,000 bases.
        let end = reader.window(&tss("chr1", 995, Strand::Forward), geometry).expect("read");
        assert!(end[45..55].iter().all(|value| (value - 1.0).abs() < 1e-6));
        assert!(end[55..].iter().all(|value| value.is_nan()));
        assert!(!track.has_contig("chr2") && track.has_contig("1"));
        assert!(matches!(
            reader.window(&tss("chr2", 5, Strand::Forward), geometry),
            Err(SequenceError::UnknownContig { .. })
        ));
        assert!(matches!(
            reader.window(&tss("chr1", 1000, Strand::Forward), geometry),
            Err(SequenceError::TssOutsideContig { length: 1000, .. })
        ));
    }

    #[test]
    fn window_damaged_file_is_an_error() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.bw");
        let intervals: Vec<_> = (0..300).map(|at| (3 * at, 3 * at + 2, at as f32)).collect();
        bigwig(&path, &intervals);
        let whole = std::fs::read(&path).expect("bytes");
        let geometry = WindowGeometry::new(500, 400).expect("valid");
        let read = |bytes: &[u8]| {
            let damaged = folder.path().join("damaged.bw");
            std::fs::write(&damaged, bytes).expect("written");
            SignalTrack::open(&damaged)?.reader()?.window(&tss("chr1", 500, Strand::Forward), geometry)
        };
        assert!(read(&whole).is_ok());
        for kept in [0, 3, 40, 100, 300, 600] {
            assert!(read(&whole[..kept]).is_err(), "{kept} bytes");
        }
        assert!(matches!(read(b"track type=bedGraph\n"), Err(SequenceError::NotBigWig { .. })));
    }
}
