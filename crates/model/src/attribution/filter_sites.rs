//! Where in a set of windows the filters of the first convolution are active, and the motifs that these sites make.

use rayon::prelude::*;
use tatabox_sequence::{InvalidMotif, PositionWeightMatrix, UNKNOWN};

use super::motif_filters::MotifFilters;

/// Share of a filter's largest activation above which it is active.
///
/// # Source
/// Alipanahi et al. 2015, <https://doi.org/10.1038/nbt.3300>; Kelley et al. 2016,
/// <https://doi.org/10.1101/gr.200535.115>.
pub const ACTIVATION_FRACTION: f32 = 0.5;

/// Sites added to each column of a motif, shared among the bases as they occur in the windows.
const PSEUDOCOUNT: f64 = 1.0;

/// The places at which one filter is active.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilterSites {
    /// Largest activation over all windows; a filter that is nowhere above 0 has no sites.
    pub largest_activation: f32,
    /// Window and first base under the filter, in this order.
    pub sites: Vec<FilterSite>,
}

/// A place at which a filter is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterSite {
    /// Index of the window.
    pub window: u32,
    /// Index in the window of the first base under the filter.
    pub start: u32,
}

impl FilterSites {
    /// The sites of each filter in `windows`, nucleotide codes: places where its activation is above half of its largest
    /// activation over all of them.
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

    /// The motif of the bases at the sites, `kernel` of them, with one pseudocount of the `background`.
    ///
    /// # Errors
    /// Where the filter has no site.
    pub fn motif(
        &self,
        name: &str,
        windows: &[Vec<u8>],
        kernel: usize,
        background: [f64; 4],
    ) -> Result<PositionWeightMatrix, InvalidMotif> {
        if self.sites.is_empty() {
            return Err(InvalidMotif { detail: format!("filter {name} is active nowhere") });
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

    const WORDS: [&str; 2] = ["TGACGTCA", "CAAAGTCCA"];

    fn codes(letters: &str) -> Vec<u8> {
        Sequence::from_ascii(letters.as_bytes()).expect("letters").into_codes()
    }

    /// A network whose last filters find the words.
    fn filters() -> MotifFilters {
        let device = device::cpu();
        let mut network = NetworkConfig::preset(Preset::Small, 300, 1).build(1, &device);
        if let Network::Convolutional(network) = &mut network {
            let words: Vec<EnrichedKmer> = WORDS.iter().map(|word| EnrichedKmer { bases: codes(word) }).collect();
            init_filters_from_kmers(&mut network.stages[0], &words, &device);
        }
        MotifFilters::of_network(&network).expect("convolutions")
    }

    /// Random windows, the words in every second and third of them.
    fn windows() -> Vec<Vec<u8>> {
        let mut rng = random_stream(3, Purpose::Mutation, 0, 0);
        let mut windows: Vec<Vec<u8>> = (0..200).map(|_| (0..300).map(|_| rng.random_range(0..4)).collect()).collect();
        for (index, window) in windows.iter_mut().enumerate() {
            for (place, word) in WORDS.iter().enumerate().filter(|(place, _)| index % (place + 2) == 0) {
                let start = 100 * (place + 1) + rng.random_range(0..20);
                window[start..start + word.len()].copy_from_slice(&codes(word));
            }
        }
        windows
    }

    #[test]
    fn filters_of_words_are_active_at_the_words_and_match_them() {
        let (filters, windows) = (filters(), windows());
        let sites = FilterSites::find(&filters, &windows);
        // The words among ten others of as many columns.
        let mut rng = random_stream(4, Purpose::Mutation, 0, 0);
        let others = (0..10).map(|_| (0..9).map(|_| ['A', 'C', 'G', 'T'][rng.random_range(0..4)]).collect::<String>());
        let database: Vec<PositionWeightMatrix> = WORDS
            .iter()
            .map(|&word| word.to_owned())
            .chain(others)
            .map(|word| PositionWeightMatrix::from_consensus(word.clone(), &word).expect("letters"))
            .collect();
        for (index, word) in WORDS.iter().enumerate() {
            let sites = &sites[filters.count() - 1 - index];
            let letters = codes(word);
            let expected: Vec<(usize, usize)> = windows
                .iter()
                .enumerate()
                .flat_map(|(window, codes)| {
                    let starts = 0..codes.len() - letters.len();
                    let whole = starts.filter(|&start| codes[start..].starts_with(&letters));
                    whole.map(move |start| (window, start)).collect::<Vec<_>>()
                })
                .collect();
            let flank = (filters.kernel() - word.len()) / 2;
            let found: Vec<(usize, usize)> =
                sites.sites.iter().map(|site| (site.window as usize, site.start as usize + flank)).collect();
            // Words that reach within a flank of the ends have no place for a whole filter.
            assert!(found.iter().all(|site| expected.contains(site)), "{word}");
            assert!(found.len() >= 200 / (index + 2) && expected.len() - found.len() <= 2, "{word}: {}", found.len());

            let motif = sites.motif("f", &windows, filters.kernel(), UNIFORM_BACKGROUND).expect("sites");
            assert!(motif.consensus().contains(word), "{}", motif.consensus());
            let matches = MotifComparison::new(&database).compare(&motif);
            let best = matches.iter().min_by(|a, b| a.p_value.total_cmp(&b.p_value)).expect("a database");
            assert_eq!((best.target, best.offset), (index, flank as i64));
            assert!(best.p_value < 1e-4, "{}", best.p_value);
        }
    }

    #[test]
    fn sites_are_counted_by_window() {
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
        assert_eq!(message, "filter f07 is active nowhere");
    }

    #[test]
    fn the_same_windows_have_the_same_sites_on_any_number_of_threads() {
        let (filters, windows) = (filters(), windows());
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| FilterSites::find(&filters, &windows))
        };
        assert_eq!(on(1), on(3));
    }
}
