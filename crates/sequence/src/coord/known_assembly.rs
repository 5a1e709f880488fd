//! Assemblies of human and mouse, recognised by the lengths of their chromosomes and by RefSeq accessions.

use super::Contig;
use super::contig_names::contig_key;

/// Genome assembly with the lengths and RefSeq accessions of its chromosomes.
#[derive(Debug)]
pub(crate) struct KnownAssembly {
    /// Name of the consortium and of UCSC.
    pub name: &'static str,
    /// Other names, in lower case, as they occur in headers of files.
    synonyms: &'static [&'static str],
    /// Lengths of the autosomes, X and Y.
    lengths: &'static [u64],
    /// RefSeq accession number of chromosome 1; the others follow.
    first_accession: u32,
    /// Versions of the accessions, which denote the assembly.
    versions: &'static [u32],
    /// RefSeq accession number of the mitochondrion.
    mitochondrion: u32,
}

/// RefSeq accession of a chromosome, such as `NC_000001.11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accession {
    number: u32,
    /// Version; `None` if the name has none.
    version: Option<u32>,
}

/// Assemblies, human first. Lengths as in `chrom.sizes` of UCSC, accessions as in the assembly reports of NCBI.
static ASSEMBLIES: [KnownAssembly; 5] = [
    KnownAssembly {
        name: "GRCh38 (hg38)",
        synonyms: &["grch38", "hg38"],
        lengths: &[
            248_956_422,
            242_193_529,
            198_295_559,
            190_214_555,
            181_538_259,
            170_805_979,
            159_345_973,
            145_138_636,
            138_394_717,
            133_797_422,
            135_086_622,
            133_275_309,
            114_364_328,
            107_043_718,
            101_991_189,
            90_338_345,
            83_257_441,
            80_373_285,
            58_617_616,
            64_444_167,
            46_709_983,
            50_818_468,
            156_040_895,
            57_227_415,
        ],
        first_accession: 1,
        versions: &[11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10],
        mitochondrion: 12_920,
    },
    KnownAssembly {
        name: "GRCh37 (hg19)",
        synonyms: &["grch37", "hg19", "b37", "hs37d5"],
        lengths: &[
            249_250_621,
            243_199_373,
            198_022_430,
            191_154_276,
            180_915_260,
            171_115_067,
            159_138_663,
            146_364_022,
            141_213_431,
            135_534_747,
            135_006_516,
            133_851_895,
            115_169_878,
            107_349_540,
            102_531_392,
            90_354_753,
            81_195_210,
            78_077_248,
            59_128_983,
            63_025_520,
            48_129_895,
            51_304_566,
            155_270_560,
            59_373_566,
        ],
        first_accession: 1,
        versions: &[10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9],
        mitochondrion: 12_920,
    },
    KnownAssembly {
        name: "T2T-CHM13v2.0 (hs1)",
        synonyms: &["t2t-chm13", "chm13", "hs1"],
        lengths: &[
            248_387_328,
            242_696_752,
            201_105_948,
            193_574_945,
            182_045_439,
            172_126_628,
            160_567_428,
            146_259_331,
            150_617_247,
            134_758_134,
            135_127_769,
            133_324_548,
            113_566_686,
            101_161_492,
            99_753_195,
            96_330_374,
            84_276_897,
            80_542_538,
            61_707_364,
            66_210_255,
            45_090_682,
            51_324_926,
            154_259_566,
            62_460_029,
        ],
        first_accession: 60_925,
        versions: &[1; 24],
        mitochondrion: 12_920,
    },
    KnownAssembly {
        name: "GRCm39 (mm39)",
        synonyms: &["grcm39", "mm39"],
        lengths: &[
            195_154_279,
            181_755_017,
            159_745_316,
            156_860_686,
            151_758_149,
            149_588_044,
            144_995_196,
            130_127_694,
            124_359_700,
            130_530_862,
            121_973_369,
            120_092_757,
            120_883_175,
            125_139_656,
            104_073_951,
            98_008_968,
            95_294_699,
            90_720_763,
            61_420_004,
            169_476_592,
            91_455_967,
        ],
        first_accession: 67,
        versions: &[7, 8, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8],
        mitochondrion: 5_089,
    },
    KnownAssembly {
        name: "GRCm38 (mm10)",
        synonyms: &["grcm38", "mm10"],
        lengths: &[
            195_471_971,
            182_113_224,
            160_039_680,
            156_508_116,
            151_834_684,
            149_736_546,
            145_441_459,
            129_401_213,
            124_595_110,
            130_694_993,
            122_082_543,
            120_129_022,
            120_421_639,
            124_902_244,
            104_043_685,
            98_207_768,
            94_987_271,
            90_702_639,
            61_431_566,
            171_031_299,
            91_744_698,
        ],
        first_accession: 67,
        versions: &[6, 7, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7],
        mitochondrion: 5_089,
    },
];

impl KnownAssembly {
    /// Assembly with most chromosomes of the same name and length; `None` without one.
    pub(crate) fn of_contigs<'a>(contigs: impl Iterator<Item = &'a Contig>) -> Option<&'static Self> {
        let mut shared = [0u32; ASSEMBLIES.len()];
        for contig in contigs {
            let key = contig_key(&contig.name);
            for (count, assembly) in shared.iter_mut().zip(&ASSEMBLIES) {
                let length = assembly.index_of(&key).map(|index| assembly.lengths[index]);
                *count += u32::from(length == Some(contig.length));
            }
        }
        let most = *shared.iter().max()?;
        let best = shared.iter().position(|&count| count == most)?;
        (most > 0).then(|| &ASSEMBLIES[best])
    }

    /// Assembly of an accession with its version.
    pub(crate) fn of_accession(name: &str) -> Option<&'static Self> {
        let accession = Accession::parse(name)?;
        accession.version?;
        ASSEMBLIES.iter().find(|assembly| assembly.index_of_accession(accession).is_some())
    }

    /// Assembly that a header names, such as `GRCh38.p14`; `None` if it names none or several.
    pub(crate) fn of_text(text: &str) -> Option<&'static Self> {
        let lower = text.to_ascii_lowercase();
        let is_named = |assembly: &&Self| assembly.synonyms.iter().any(|name| has_word(&lower, name));
        let mut named = ASSEMBLIES.iter().filter(is_named);
        named.next().filter(|_| named.next().is_none())
    }

    /// Whether a chromosome or mitochondrion of this assembly has the accession. A missing version matches any.
    pub(crate) fn has_accession(&self, accession: Accession) -> bool {
        accession.number == self.mitochondrion || self.index_of_accession(accession).is_some()
    }

    fn index_of_accession(&self, accession: Accession) -> Option<usize> {
        let index = accession.number.checked_sub(self.first_accession)? as usize;
        let version = self.versions.get(index)?;
        accession.version.is_none_or(|found| found == *version).then_some(index)
    }

    /// Index of a chromosome, by its normalised name.
    fn index_of(&self, key: &str) -> Option<usize> {
        let autosomes = self.lengths.len() - 2;
        match key {
            "x" => Some(autosomes),
            "y" => Some(autosomes + 1),
            _ => key.parse().ok().filter(|number| (1..=autosomes).contains(number)).map(|number: usize| number - 1),
        }
    }
}

impl Accession {
    /// Accession of a complete molecule, `NC_` and six digits, with or without its version.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let digits = name.get(..3).filter(|prefix| prefix.eq_ignore_ascii_case("NC_")).map(|_| &name[3..])?;
        let (digits, version) = digits.split_once('.').map_or((digits, None), |(digits, text)| (digits, Some(text)));
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        if digits.len() != 6 {
            return None;
        }
        let version = match version {
            Some(text) => Some(number(text)?),
            None => None,
        };
        Some(Self { number: number(digits)?, version })
    }

    /// Whether two accessions denote versions of one molecule, and not the same one.
    pub(crate) fn is_other_version(self, other: Self) -> bool {
        self.number == other.number && matches!((self.version, other.version), (Some(one), Some(two)) if one != two)
    }

    /// Normalised name of the chromosome in human or mouse.
    pub(crate) fn chromosome(self) -> Option<String> {
        let index_in = |assembly: &KnownAssembly| {
            let index = self.number.checked_sub(assembly.first_accession)? as usize;
            Some((index, assembly.lengths.len())).filter(|&(index, count)| index < count)
        };
        if ASSEMBLIES.iter().any(|assembly| assembly.mitochondrion == self.number) {
            return Some("m".to_owned());
        }
        let (index, count) = ASSEMBLIES.iter().find_map(index_in)?;
        Some(match count - index {
            1 => "y".to_owned(),
            2 => "x".to_owned(),
            _ => (index + 1).to_string(),
        })
    }
}

/// Whether `text` has `word` with no letter or digit around it.
fn has_word(text: &str, word: &str) -> bool {
    let is_bound = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_ascii_alphanumeric());
    text.match_indices(word)
        .any(|(at, _)| is_bound(text[..at].chars().next_back()) && is_bound(text[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(contigs: &[(&str, u64)]) -> Option<&'static str> {
        let contigs: Vec<_> = contigs.iter().map(|&(name, length)| Contig { name: name.to_owned(), length }).collect();
        KnownAssembly::of_contigs(contigs.iter()).map(|assembly| assembly.name)
    }

    #[test]
    fn known_assembly_is_recognised_by_lengths() {
        assert_eq!(name_of(&[("chr1", 248_956_422), ("chrUn", 7)]), Some("GRCh38 (hg38)"));
        assert_eq!(name_of(&[("22", 51_304_566)]), Some("GRCh37 (hg19)"));
        assert_eq!(name_of(&[("NC_000067.7", 195_154_279)]), Some("GRCm39 (mm39)"));
        assert_eq!(name_of(&[("chrX", 154_259_566), ("chrM", 16_569)]), Some("T2T-CHM13v2.0 (hs1)"));
        assert_eq!(name_of(&[("chr1", 4_000), ("chrM", 16_569)]), None);
        for assembly in &ASSEMBLIES {
            assert_eq!(assembly.lengths.len(), assembly.versions.len(), "{}", assembly.name);
        }
    }

    #[test]
    fn known_assembly_is_recognised_by_accession_version_and_header() {
        let of = |name| KnownAssembly::of_accession(name).map(|assembly| assembly.name);
        assert_eq!(of("NC_000001.11"), Some("GRCh38 (hg38)"));
        assert_eq!(of("nc_000024.9"), Some("GRCh37 (hg19)"));
        assert_eq!(of("NC_000086.7"), Some("GRCm38 (mm10)"));
        assert_eq!(of("NC_060948.1"), Some("T2T-CHM13v2.0 (hs1)"));
        assert_eq!(of("NC_000001"), None);
        assert_eq!(of("NC_051336.1"), None);
        let of = |text| KnownAssembly::of_text(text).map(|assembly| assembly.name);
        assert_eq!(of("#!genome-build GRCh37.p13"), Some("GRCh37 (hg19)"));
        assert_eq!(of("evidence-based annotation of the mouse genome (GRCm39)"), Some("GRCm39 (mm39)"));
        assert_eq!(of("lifted from hg19 to hg38"), None);
        assert_eq!(of("ensemble37 ghg19"), None);
    }
}
