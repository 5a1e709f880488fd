//! Controls that a model of variant effects has to beat.

use rayon::prelude::*;
use tatabox_baselines::{BaselineTask, ExpressionKmerRidge, leave_one_group_out_ridge};
use tatabox_dataset::{Extent, PreparedDataset, TrackSource};
use tatabox_eval::{EffectPredictor, PredictorKind, VariantEffects};
use tatabox_sequence::{KmerCounter, SignalTrack, Strand, Tss, WindowGeometry, counted};

use super::resolved::{ResolvedVariant, ResolvedVariants};
use crate::error::{Context, Error, Result};
use crate::observer::Observer;

/// Name of the control that ranks variants by their distance from the TSS.
pub(super) const DISTANCE: &str = "tss-distance";
/// Name of the control that counts G and C.
pub(super) const GC: &str = "gc-change";
/// Name of the control that predicts the same loss for every variant, whose agreement in sign is the fraction of losses.
pub(super) const DECREASE: &str = "constant-decrease";
/// Name of the ridge regression on changes of k-mer counts.
pub(super) const KMER_RIDGE: &str = "kmer-change-ridge";
/// Name of the ridge regression on k-mers of promoters with measured expression.
pub(super) const EXPRESSION_RIDGE: &str = "kmer-ridge";

/// Largest k of the changes of k-mer counts.
const MAX_K: usize = 4;
/// Window around a variant in which a track is read.
const TRACK_REACH_BP: u32 = 50;
/// Variants whose k-mers are in memory at a time.
const BATCH_VARIANTS: usize = 1_024;

fn control(name: &str, is_signed: bool, values: Vec<f64>) -> EffectPredictor {
    EffectPredictor { name: name.to_owned(), kind: PredictorKind::Control, is_signed, values }
}

/// Values of a variant for each row of the table.
fn per_row(resolved: &ResolvedVariants, value: impl Fn(&ResolvedVariant) -> f64) -> Vec<f64> {
    resolved.rows.iter().map(|&(_, variant)| value(&resolved.variants[variant])).collect()
}

/// Nearness to the TSS, which predicts the magnitude of an effect, the change in the number of G and C, and a constant loss.
pub(super) fn simple(resolved: &ResolvedVariants) -> [EffectPredictor; 3] {
    let nearness = |variant: &ResolvedVariant| -(variant.edit.tss_distance().unsigned_abs() as f64);
    let gc = |variant: &ResolvedVariant| variant.gc_change() as f64;
    [
        control(DISTANCE, false, per_row(resolved, nearness)),
        control(GC, true, per_row(resolved, gc)),
        control(DECREASE, true, per_row(resolved, |_| -1.0)),
    ]
}

/// Ridge regression of the measured effects on the changes of k-mer counts, trained on the other elements, in each cell type.
/// Without another element it predicts nothing.
pub(super) fn kmer_change_ridge(
    resolved: &ResolvedVariants,
    effects: &VariantEffects,
    extent: Extent,
) -> Result<EffectPredictor> {
    let changes = kmer_changes(resolved, extent)?;
    let measured = &effects.measured;
    let mut values = vec![f64::NAN; measured.len()];
    let mut cell_types: Vec<&str> = measured.iter().map(|effect| effect.cell_type.as_str()).collect();
    cell_types.sort_unstable();
    cell_types.dedup();
    for cell_type in cell_types {
        let rows: Vec<usize> = (0..measured.len()).filter(|&row| measured[row].cell_type == cell_type).collect();
        let mut elements: Vec<&str> = rows.iter().map(|&row| measured[row].element.as_str()).collect();
        elements.sort_unstable();
        elements.dedup();
        let group = |&row: &usize| elements.binary_search(&measured[row].element.as_str()).expect("of a row");
        let groups: Vec<usize> = rows.iter().map(group).collect();
        let changes: Vec<&[(u32, f64)]> = rows.iter().map(|&row| &*changes[resolved.rows[row].1]).collect();
        let targets: Vec<f64> = rows.iter().map(|&row| measured[row].effect).collect();
        let features = KmerCounter::new(1, MAX_K).len();
        if let Some(predicted) = leave_one_group_out_ridge(features, &changes, &targets, &groups)? {
            rows.iter().zip(predicted).for_each(|(&row, value)| values[row] = value);
        }
    }
    Ok(control(KMER_RIDGE, true, values))
}

/// Changes of the k-mer counts of each variant: index of the k-mer and difference, where it is not 0.
fn kmer_changes(resolved: &ResolvedVariants, extent: Extent) -> Result<Vec<Vec<(u32, f64)>>> {
    let counter = KmerCounter::new(1, MAX_K);
    let variants: Vec<usize> = (0..resolved.variants.len()).collect();
    let mut changes = Vec::with_capacity(variants.len());
    for batch in variants.chunks(BATCH_VARIANTS) {
        let windows = resolved.windows(batch, extent, 0)?;
        changes.par_extend(windows.par_iter().map(|(_, windows)| {
            let [before, after] = [&windows.reference, &windows.alternate].map(|codes| counter.counts(codes));
            let change = |(index, (before, after)): (usize, (u32, u32))| {
                (before != after).then(|| (index as u32, f64::from(after) - f64::from(before)))
            };
            before.into_iter().zip(after).enumerate().filter_map(change).collect()
        }));
    }
    Ok(changes)
}

/// Difference of the predictions of the k-mer ridge, trained on the expression of the train genes of a data set.
///
/// # Errors
/// The data set is smaller than the extent, or the ridge cannot be fitted.
pub(super) fn expression_ridge(
    resolved: &ResolvedVariants,
    rows: &[Vec<String>],
    dataset: &PreparedDataset,
    extent: Extent,
    observer: &dyn Observer,
) -> Result<EffectPredictor> {
    let known = |name: &String| dataset.cell_types().iter().position(|known| known == name);
    let mut columns: Vec<usize> = rows.iter().flatten().filter_map(known).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut values = vec![f64::NAN; rows.len()];
    if columns.is_empty() {
        observer.warn(&format!("{EXPRESSION_RIDGE}: data set {} has none of the compared outputs", dataset.name()));
        return Ok(control(EXPRESSION_RIDGE, true, values));
    }
    let genes: Vec<usize> = (0..dataset.len()).collect();
    let task = BaselineTask {
        dataset,
        cell_types: &columns,
        extent: extent.window_range(dataset.geometry()),
        genes: &genes,
        splits: &[],
        seed: 0,
    };
    observer.note(&format!("fitting {EXPRESSION_RIDGE} on the train genes of {}", dataset.name()));
    let ridge = ExpressionKmerRidge::fit(&task, &mut |_| {})
        .map_err(|source| Error::Comparator { name: EXPRESSION_RIDGE, source })?;
    let variants: Vec<usize> = (0..resolved.variants.len()).collect();
    let mut effects: Vec<Vec<f64>> = Vec::with_capacity(variants.len());
    for batch in variants.chunks(BATCH_VARIANTS) {
        let windows = resolved.windows(batch, extent, 0)?;
        let predict = |codes: Vec<&[u8]>| ridge.predict(&codes);
        let before = predict(windows.iter().map(|(_, windows)| &*windows.reference).collect());
        let after = predict(windows.iter().map(|(_, windows)| &*windows.alternate).collect());
        effects.extend(after.iter().zip(&before).map(|(after, before)| {
            after.iter().zip(before).map(|(after, before)| after - before).collect::<Vec<f64>>()
        }));
    }
    for ((value, names), &(_, variant)) in values.iter_mut().zip(rows).zip(&resolved.rows) {
        let indices: Option<Vec<usize>> = names.iter().map(|name| columns.binary_search(&known(name)?).ok()).collect();
        if let Some(indices) = indices.filter(|indices| !indices.is_empty()) {
            *value = indices.iter().map(|&index| effects[variant][index]).sum::<f64>() / indices.len() as f64;
        }
    }
    Ok(control(EXPRESSION_RIDGE, true, values))
}

/// Mean signal of a track, such as conservation, over the bases that a variant changes, or the two neighbours of an insertion.
///
/// # Errors
/// The variants have no positions on a genome, or the track cannot be read or is of another assembly.
pub(super) fn track_signal(
    resolved: &ResolvedVariants,
    source: &TrackSource,
    observer: &dyn Observer,
) -> Result<EffectPredictor> {
    if !resolved.has_coordinates {
        let problem =
            format!("{} is known only for positions on a genome, with the columns chrom and pos", source.name);
        return Err(Error::request("track", problem));
    }
    let path = &source.path;
    let track = SignalTrack::open(path)?;
    let mut reader = track.reader()?;
    let geometry = WindowGeometry::new(TRACK_REACH_BP, TRACK_REACH_BP).context("the window around a variant")?;
    let mut without = 0usize;
    let mut of_variant = Vec::with_capacity(resolved.variants.len());
    for ResolvedVariant { variant, .. } in &resolved.variants {
        let mut value = f64::NAN;
        if track.has_contig(&variant.chrom) {
            let tss = Tss { chrom: variant.chrom.clone(), position: variant.start, strand: Strand::Forward };
            let values = reader.window(&tss, geometry)?;
            let centre = TRACK_REACH_BP as usize;
            let changed = if variant.deleted.is_empty() {
                centre - 1..centre + 1
            } else {
                centre..(centre + variant.deleted.len()).min(values.len())
            };
            // bigWig files omit zeros.
            let signal = |value: &f32| if value.is_nan() { 0.0 } else { f64::from(*value) };
            let length = changed.len() as f64;
            value = values[changed].iter().map(signal).sum::<f64>() / length;
        } else {
            without += 1;
        }
        of_variant.push(value);
    }
    if without == resolved.variants.len() {
        return Err(Error::input(format!("{}: none of the contigs of the variants is in the track", path.display())));
    }
    if without > 0 {
        observer.warn(&format!("{}: the track lacks the contigs of {}", path.display(), counted(without, "variant")));
    }
    let values = resolved.rows.iter().map(|&(_, variant)| of_variant[variant]).collect();
    Ok(control(&source.name, false, values))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use tatabox_eval::MeasuredEffect;
    use tatabox_sequence::{InMemoryGenome, Sequence, Variant};

    use super::*;
    use crate::observer::Silent;
    use crate::tracks::GenomeTrack;

    const EXTENT: Extent = Extent { upstream_bp: 40, downstream_bp: 20 };

    fn resolved(changes: &[(u64, &str, &str)]) -> ResolvedVariants {
        let genome = InMemoryGenome::new([("chr1", "ACGT".repeat(50).as_str())]).expect("letters");
        let mut resolved = ResolvedVariants::new(Arc::new(genome), true);
        let tss = Tss { chrom: "chr1".to_owned(), position: 100, strand: Strand::Forward };
        for (row, (start, deleted, inserted)) in changes.iter().enumerate() {
            let bases = |letters: &str| Sequence::from_ascii(letters.as_bytes()).expect("letters");
            let variant = Variant::new("chr1", *start, &bases(deleted), &bases(inserted)).expect("a change");
            resolved.add(row, variant, &tss);
        }
        resolved
    }

    #[test]
    fn simple_controls_are_distance_gc_and_a_constant() {
        // Base 96 is A, bases 101 to 103 are CGT.
        let [distance, gc, constant] = simple(&resolved(&[(96, "A", "G"), (101, "CGT", ""), (90, "", "TTC")]));
        assert_eq!(distance.values, [-4.0, -1.0, -11.0]);
        assert_eq!(gc.values, [1.0, -2.0, 1.0]);
        assert_eq!(constant.values, [-1.0; 3]);
        assert!(!distance.is_signed && gc.is_signed);
    }

    #[test]
    fn kmer_changes_are_those_of_the_window() {
        let changes = kmer_changes(&resolved(&[(96, "A", "G")]), EXTENT).expect("in memory").remove(0);
        let names = KmerCounter::new(1, MAX_K).names();
        let change = |kmer: &str| {
            let index = names.iter().position(|name| name == kmer).expect("a k-mer") as u32;
            changes.iter().find(|(other, _)| *other == index).map(|(_, change)| *change)
        };
        // TACG becomes TGCG.
        assert_eq!([change("A"), change("G"), change("C")], [Some(-1.0), Some(1.0), None]);
        assert_eq!([change("TA"), change("TG"), change("GC"), change("CG")], [Some(-1.0), Some(1.0), Some(1.0), None]);
        assert_eq!([change("TACG"), change("TGCG")], [Some(-1.0), Some(1.0)]);
    }

    #[test]
    fn kmer_change_ridge_of_one_element_predicts_nothing() {
        let resolved = resolved(&[(96, "A", "G"), (97, "C", "G"), (98, "G", "T"), (92, "A", "G")]);
        let effects = |elements: [&str; 4]| VariantEffects {
            measured: elements
                .into_iter()
                .enumerate()
                .map(|(variant, element)| MeasuredEffect {
                    element: element.to_owned(),
                    cell_type: "K562".to_owned(),
                    variant,
                    effect: variant as f64 - 1.0,
                    is_significant: None,
                })
                .collect(),
            predictors: Vec::new(),
        };
        let ridge = |elements| kmer_change_ridge(&resolved, &effects(elements), EXTENT).expect("solved").values;
        assert!(ridge(["E1"; 4]).iter().all(|value| value.is_nan()));
        assert!(ridge(["E1", "E1", "E2", "E2"]).iter().all(|value| value.is_finite()));
    }

    #[test]
    fn track_signal_is_the_mean_over_the_changed_bases() {
        let folder = tempfile::tempdir().expect("folder");
        let mut track = GenomeTrack::default();
        track.add("chr1", 101, 103, 3.0);
        track.write(&folder.path().join("x"), &HashMap::from([("chr1".to_owned(), 200)])).expect("written");
        let source = TrackSource { name: "conservation".to_owned(), path: folder.path().join("x.bw") };
        let resolved = resolved(&[(96, "A", "G"), (101, "CGT", ""), (101, "", "TTC")]);
        let control = track_signal(&resolved, &source, &Silent).expect("read");
        // Bases 101 to 103 have 3, 3 and no value; the neighbours of an insertion at 101 are 100 and 101.
        assert_eq!((control.name.as_str(), control.values), ("conservation", vec![0.0, 2.0, 1.5]));
        let constructs = ResolvedVariants::new(Arc::new(InMemoryGenome::default()), false);
        let message = track_signal(&constructs, &source, &Silent).expect_err("no positions").to_string();
        assert!(message.starts_with("track: conservation is known only"), "{message}");
    }
}
