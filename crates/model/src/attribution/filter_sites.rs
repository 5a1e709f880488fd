//! Sites at which the filters of the first convolution are active, and the motifs of these sites.

use rayon::prelude::*;
use tatabox_sequence::{InvalidMotif, PositionWeightMatrix, UNKNOWN};

use super::motif_filters::MotifFilters;

/// Fraction of the maximum activation of a filter above which it is active.
///
/// # Source
/// Alipanahi et al. 2015, <https://doi.org/10.1038/nbt.3300>; Kelley et al. 2016,
/// <https://doi.org/10.1101/gr.200535.115>.
pub const ACTIVATION_FRACTION: f32 = 0.5;

/// Pseudocount per motif column, distributed over the bases by the background frequencies.
const PSEUDOCOUNT: f64 = 1.0;

/// Sites at which one filter is active.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilterSites {
    /// Maximum activation over all windows; a filter without positive activation has no sites.
    pub largest_activation: f32,
    /// Sites, ordered by window and start.
    pub sites: Vec<FilterSite>,
}

/// Site at which a filter is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterSite {
    /// Index of the window.
    pub window: u32,
    /// Index of the first base of the site in the window.
    pub start: u32,
}

impl FilterSites {
    /// Finds the sites of each filter in windows of nucleotide codes: positions at which its activation exceeds half of
    /// its maximum over all windows.
    ///
    /// # Source
    /// Threshold: Alipanahi et al. 2015, <https://doi.org/10.1038/nbt.3300>; Kelley et al. 2016,
    /// <https://doi.org/10.1101/gr.200535.115>.
    pub fn find(filters: &MotifFilters, windows: &[Vec<u8>]) -> Vec<Self> {
        let largest = windows
            .par_iter()
            .map(|window| {
                let mut largest = vec![0.0f32; filters.count()];
                filters.activations(window, |_, activations| {
                    largest.iter_mut().zip(activations).for_each(|(most, &value)| *most = most.max(value));
                });
                largest
            })
            .reduce(
                || vec![0.0; filters.count()],
                |one, other| one.iter().zip(&other).map(|(one, &other)| one.max(other)).collect(),
            );
        let sites_of = |(index, window): (usize, &Vec<u8>)| {
            let mut sites = vec![Vec::new(); filters.count()];
            filters.activations(window, |start, activations| {
                for ((sites, &activation), &most) in sites.iter_mut().zip(activations).zip(&largest) {
                    if most > 0.0 && activation > ACTIVATION_FRACTION * most {
                        sites.push(FilterSite { window: index as u32, start: start as u32 });
                    }
                }
            });
            sites
        };
        let by_window: Vec<Vec<Vec<FilterSite>>> = windows.par_iter().enumerate().map(sites_of).collect();
        let mut found: Vec<Self> =
            largest.iter().map(|&largest_activation| Self { largest_activation, sites: Vec::new() }).collect();
        for window in by_window {
            found.iter_mut().zip(window).for_each(|(filter, sites)| filter.sites.extend(sites));
        }
        found
    }

    /// Position weight matrix of the sites, `kernel` columns wide, with a pseudocount of one in total.
    ///
    /// # Errors
    /// [`InvalidMotif`] if the filter has no sites, or a site is outside its window or contains N.
    pub fn motif(
        &self,
        name: &str,
        windows: &[Vec<u8>],
        kernel: usize,
        background: [f64; 4],
    ) -> Result<PositionWeightMatrix, InvalidMotif> {
        if self.sites.is_empty() {
            return Err(InvalidMotif { detail: format!("filter {name} has no active sites") });
        }
        let mut counts = vec![[0.0; 4]; kernel];
        for site in &self.sites {
            let end = site.start as usize + kernel;
            let bases = windows.get(site.window as usize).and_then(|window| window.get(site.start as usize..end));
            let Some(bases) = bases.filter(|bases| bases.iter().all(|&base| base < UNKNOWN)) else {
                let FilterSite { window, start } = site;
                return Err(InvalidMotif {
                    detail: format!("filter {name}: window {window} has no {kernel} known bases from base {start}"),
                });
            };
            for (column, &base) in counts.iter_mut().zip(bases) {
                column[usize::from(base)] += 1.0;
            }
        }
        PositionWeightMatrix::from_counts(name, &counts, PSEUDOCOUNT, background)
    }

    /// Number of sites in each of `windows` windows.
    pub fn per_window(&self, windows: usize) -> Vec<u32> {
        let mut counts = vec![0; windows];
        for site in &self.sites {
            if let Some(count) = counts.get_mut(site.window as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// First bases of the sites in a window.
    pub fn in_window(&self, window: usize) -> impl Iterator<Item = usize> {
        let of = |site: &FilterSite| site.window as usize;
        let first = self.sites.partition_point(|site| of(site) < window);
        self.sites[first..].iter().take_while(move |site| of(site) == window).map(|site| site.start as usize)
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;
    use tatabox_sequence::{MotifComparison, Sequence, UNIFORM_BACKGROUND};

    use super::*;
    use crate::device;
    use crate::nn::{Network, NetworkConfig, Preset};
    use crate::random_stream::{Purpose, random_stream};
    use crate::train::init::{EnrichedKmer, init_filters_from_kmers};

    const KMERS: [&str; 2] = ["TGACGTCA", "CAAAGTCCA"];

    fn codes(letters: &str) -> Vec<u8> {
        Sequence::from_ascii(letters.as_bytes()).expect("letters").into_codes()
    }

    /// Filters of a network whose last filters are initialised with the k-mers.
    fn filters() -> MotifFilters {
        let device = device::cpu();
        let mut network = NetworkConfig::preset(Preset::Small, 300, 1).build(1, &device);
        if let Network::Convolutional(network) = &mut network {
            let kmers: Vec<EnrichedKmer> = KMERS.iter().map(|kmer| EnrichedKmer { bases: codes(kmer) }).collect();
            init_filters_from_kmers(&mut network.stages[0], &kmers, &device);
        }
        MotifFilters::of_network(&network).expect("convolutions")
    }

    /// Random windows with the first k-mer in every second and the second k-mer in every third window.
    fn windows() -> Vec<Vec<u8>> {
        let mut rng = random_stream(3, Purpose::Mutation, 0, 0);
        let mut windows: Vec<Vec<u8>> = (0..200).map(|_| (0..300).map(|_| rng.random_range(0..4)).collect()).collect();
        for (index, window) in windows.iter_mut().enumerate() {
            for (number, kmer) in KMERS.iter().enumerate().filter(|(number, _)| index % (number + 2) == 0) {
                let start = 100 * (number + 1) + rng.random_range(0..20);
                window[start..start + kmer.len()].copy_from_slice(&codes(kmer));
            }
        }
        windows
    }

    #[test]
    fn filter_sites_of_kmer_filters_match_planted_kmers() {
        let (filters, windows) = (filters(), windows());
        let sites = FilterSites::find(&filters, &windows);
        // Database of the k-mers and ten random consensus sequences.
        let mut rng = random_stream(4, Purpose::Mutation, 0, 0);
        let others = (0..10).map(|_| (0..9).map(|_| ['A', 'C', 'G', 'T'][rng.random_range(0..4)]).collect::<String>());
        let database: Vec<PositionWeightMatrix> = KMERS
            .iter()
            .map(|&kmer| kmer.to_owned())
            .chain(others)
            .map(|kmer| PositionWeightMatrix::from_consensus(kmer.clone(), &kmer).expect("letters"))
            .collect();
        for (index, kmer) in KMERS.iter().enumerate() {
            let sites = &sites[filters.count() - 1 - index];
            let letters = codes(kmer);
            let expected: Vec<(usize, usize)> = windows
                .iter()
                .enumerate()
                .flat_map(|(window, codes)| {
                    let starts = 0..codes.len() - letters.len();
                    let whole = starts.filter(|&start| codes[start..].starts_with(&letters));
                    whole.map(move |start| (window, start)).collect::<Vec<_>>()
                })
                .collect();
            let flank = (filters.kernel() - kmer.len()) / 2;
            let found: Vec<(usize, usize)> =
                sites.sites.iter().map(|site| (site.window as usize, site.start as usize + flank)).collect();
            // Near the window ends, the filter does not fit around a k-mer.
            assert!(found.iter().all(|site| expected.contains(site)), "{kmer}");
            assert!(found.len() >= 200 / (index + 2) && expected.len() - found.len() <= 2, "{kmer}: {}", found.len());

            let motif = sites.motif("f", &windows, filters.kernel(), UNIFORM_BACKGROUND).expect("sites");
            assert!(motif.consensus().contains(kmer), "{}", motif.consensus());
            let matches = MotifComparison::new(&database).compare(&motif);
            let best = matches.iter().min_by(|a, b| a.p_value.total_cmp(&b.p_value)).expect("a database");
            assert_eq!((best.target, best.offset), (index, flank as i64));
            assert!(best.p_value < 1e-4, "{}", best.p_value);
        }
    }

    #[test]
    fn filter_sites_per_window_counts_sum_to_total() {
        let (filters, windows) = (filters(), windows());
        let sites = FilterSites::find(&filters, &windows).pop().expect("filters");
        let counts = sites.per_window(windows.len());
        assert_eq!(counts.iter().sum::<u32>() as usize, sites.sites.len());
        for (window, &count) in counts.iter().enumerate() {
            assert_eq!(sites.in_window(window).count(), count as usize);
            assert!(count > 0 || window % 2 == 1);
        }
        let none = FilterSites::default();
        let message = none.motif("f07", &windows, 15, UNIFORM_BACKGROUND).expect_err("no site").to_string();
        assert_eq!(message, "filter f07 has no active sites");
    }

    #[test]
    fn filter_sites_do_not_depend_on_thread_count() {
        let (filters, windows) = (filters(), windows());
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| FilterSites::find(&filters, &windows))
        };
        assert_eq!(on(1), on(3));
    }
}
