//! Activity of promoters, which chooses the promoter of a gene where a source has several.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use tatabox_sequence::{Strand, Tss};

use crate::drop_reason::DropReason;
use crate::error::{DatasetError, LISTED_NAMES, Result};
use crate::io::number::parse_number;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;
use crate::prepare::candidate::{Candidate, PromoterOrigin};
use crate::prepare::qc_log::QcLog;
use crate::prepare::row_match::SourceGene;
use crate::prepared::{ChosenPromoter, PromoterChoice, PromoterChoiceRecord};
use crate::schema::{CHROM, GENE_ID, GENE_NAME, PROMOTER, STRAND, TRANSCRIPT_ID};

/// Role of the table in the list of inputs.
pub(crate) const ACTIVITY_ROLE: &str = "promoter_activity";

/// Columns that hold no activity, in addition to those of TSSs.
const OTHER_COLUMNS: [&str; 7] = [PROMOTER, TRANSCRIPT_ID, GENE_ID, GENE_NAME, "symbol", CHROM, STRAND];

/// Table of the activity of promoters, such as that measured by CAGE or RAMPAGE.
///
/// Each promoter is named by a column `promoter` (or `transcript_id`), or by `chrom`, `strand` and a column whose name begins
/// with `tss` and ends with `1based` or `0based`.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::PromoterActivitySource;
///
/// let columns = vec!["CAGE_K562".to_owned()];
/// let source = PromoterActivitySource { table: "activity.tsv".into(), columns };
/// assert_eq!(source.columns.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromoterActivitySource {
    /// The table: TSV or CSV, plain, gzip or zip.
    pub table: PathBuf,
    /// Columns of activities, which are scaled to the same total and added; empty for every column that does not name the
    /// promoter or its gene.
    pub columns: Vec<String>,
}

/// Contig without `chr`, 0-based position and strand of a TSS.
type Site = (String, u64, Strand);

/// Activities by promoter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PromoterActivity {
    path: PathBuf,
    columns: Vec<String>,
    rows: Vec<ActivityRow>,
    by_name: HashMap<String, usize>,
    by_site: HashMap<Site, usize>,
}

/// Row of a promoter.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ActivityRow {
    name: Option<String>,
    /// Values scaled to a sum of 1 per column; `None` if missing.
    scaled: Vec<Option<f64>>,
}

/// Positions of the columns that name promoters.
struct KeyColumns {
    name: Option<usize>,
    site: Option<SiteColumns>,
}

/// Contig, position and strand: columns and their names.
struct SiteColumns {
    columns: [usize; 3],
    names: [String; 3],
    counts_from_1: bool,
}

impl PromoterActivity {
    /// Reads the table.
    ///
    /// # Errors
    ///
    /// [`TableError`] with the line: columns that name no promoter, a missing column, a cell that is not an activity, a
    /// promoter that is listed twice, a column without any activity.
    pub(crate) fn read(source: &PromoterActivitySource) -> Result<Self> {
        let path = &source.table;
        let mut table = TextTable::open(path)?;
        let keys = KeyColumns::of(&table)?;
        let columns = activity_columns(&table, &source.columns)?;
        let names: Vec<String> = columns.iter().map(|&column| table.header[column].clone()).collect();
        let (mut by_name, mut by_site) = (HashMap::new(), HashMap::new());
        let mut cells_of: Vec<(Option<String>, Vec<Option<f64>>)> = Vec::new();
        while let Some((location, cells)) = table.next_row()? {
            let error = |problem| -> Result<Self> { Err(TableError::at(path, location, problem).into()) };
            let twice = |name: String| error(TableProblem::ListedTwice { name });
            let row = cells_of.len();
            let name = keys.name.map(|column| cells[column].trim().to_owned()).filter(|name| !name.is_empty());
            if let Some(name) = &name
                && by_name.insert(name.clone(), row).is_some()
            {
                return twice(name.clone());
            }
            if let Some(columns) = &keys.site {
                let site = columns.site(cells).map_err(|problem| TableError::at(path, location, problem))?;
                // Two named promoters may have one TSS; to a source of TSSs, the first of them counts.
                if name.is_none() && by_site.contains_key(&site) {
                    return twice(site_text(&site));
                }
                by_site.entry(site).or_insert(row);
            } else if name.is_none() {
                return error(TableProblem::EmptyCell { column: PROMOTER.to_owned() });
            }
            let value = |(&column, name): (&usize, &String)| activity(&cells[column], name, path, location);
            cells_of.push((name, columns.iter().zip(&names).map(value).collect::<Result<_, _>>()?));
        }
        let totals: Vec<f64> =
            (0..names.len()).map(|column| cells_of.iter().filter_map(|(_, cells)| cells[column]).sum()).collect();
        if let Some((name, _)) = names.iter().zip(&totals).find(|(_, total)| **total <= 0.0) {
            let (column, text) = (name.clone(), "no value above 0".to_owned());
            let problem = TableProblem::OutOfRange { column, text, expected: "activities of promoters" };
            return Err(TableError::in_file(path, problem).into());
        }
        let row = |(name, cells): (Option<String>, Vec<Option<f64>>)| {
            let scaled = cells.iter().zip(&totals).map(|(cell, total)| cell.map(|value| value / total));
            ActivityRow { name, scaled: scaled.collect() }
        };
        let rows = cells_of.into_iter().map(row).collect();
        Ok(Self { path: path.clone(), columns: names, rows, by_name, by_site })
    }

    /// Row of a promoter by its name.
    pub(crate) fn of_name(&self, name: &str) -> Option<&ActivityRow> {
        Some(&self.rows[*self.by_name.get(name)?])
    }

    /// Row of a promoter by its TSS.
    pub(crate) fn of_site(&self, tss: &Tss) -> Option<&ActivityRow> {
        let site = (plain_contig(&tss.chrom), tss.position, tss.strand);
        Some(&self.rows[*self.by_site.get(&site)?])
    }

    /// Checks that at least one of the genes of a source has an active promoter.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoSharedNames`]
    pub(crate) fn check_used<'a>(
        &self,
        source: &str,
        mut origins: impl Iterator<Item = &'a PromoterOrigin>,
        examples: impl FnOnce() -> Vec<String>,
    ) -> Result<()> {
        let is_active = |origin: &PromoterOrigin| origin.promoter.choice != PromoterChoice::NoActivity;
        if origins.any(is_active) { Ok(()) } else { Err(self.no_shared_names(source, examples())) }
    }

    /// Error for a source none of whose promoters has an activity.
    fn no_shared_names(&self, source: &str, examples: Vec<String>) -> DatasetError {
        let mut named: Vec<(usize, String)> = self.by_name.iter().map(|(name, &row)| (row, name.clone())).collect();
        if named.is_empty() {
            named = self.by_site.iter().map(|(site, &row)| (row, site_text(site))).collect();
        }
        named.sort();
        DatasetError::NoSharedNames {
            what: "promoter with an activity",
            left: source.to_owned(),
            left_examples: examples.into_iter().take(LISTED_NAMES).collect(),
            right: self.path.display().to_string(),
            right_examples: named.into_iter().map(|(_, name)| name).take(LISTED_NAMES).collect(),
        }
    }

    /// Record of the choice for the genes of a data set.
    pub(crate) fn record(&self, genes: &[(String, Candidate)]) -> PromoterChoiceRecord {
        let table = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut record =
            PromoterChoiceRecord { table, columns: self.columns.clone(), choices: BTreeMap::new(), changed: 0 };
        for origin in genes.iter().filter_map(|(_, gene)| gene.metadata.promoter.as_ref()) {
            *record.choices.entry(origin.promoter.choice).or_default() += 1;
            record.changed += usize::from(!origin.is_default);
        }
        record
    }
}

impl KeyColumns {
    fn of(table: &TextTable) -> Result<Self> {
        let at = |name: &str| table.header.iter().position(|found| found == name);
        let position =
            |suffix: &str| table.header.iter().position(|name| name.starts_with("tss") && name.ends_with(suffix));
        let tss = position("1based").map(|column| (column, true)).or(position("0based").map(|column| (column, false)));
        let site = match (at(CHROM), tss, at(STRAND)) {
            (Some(chrom), Some((tss, counts_from_1)), Some(strand)) => {
                let columns = [chrom, tss, strand];
                Some(SiteColumns { columns, names: columns.map(|column| table.header[column].clone()), counts_from_1 })
            }
            _ => None,
        };
        let name = at(PROMOTER).or_else(|| at(TRANSCRIPT_ID));
        if name.is_none() && site.is_none() {
            return Err(table
                .header_error(TableProblem::MissingColumn {
                    name: PROMOTER.to_owned(),
                    found: table.header.clone(),
                    expected: [PROMOTER, "or", CHROM, "tss_1based", "(or tss_0based)", STRAND]
                        .map(str::to_owned)
                        .to_vec(),
                })
                .into());
        }
        Ok(Self { name, site })
    }
}

impl SiteColumns {
    /// TSS of a row.
    fn site(&self, cells: &StringRecord) -> Result<Site, TableProblem> {
        let [chrom, position, strand] = self.columns.map(|column| cells[column].trim());
        let wrong = |index: usize, text: &str, expected| {
            let column = self.names[index].clone();
            TableProblem::OutOfRange { column, text: text.to_owned(), expected }
        };
        let number: Option<u64> = position.parse().ok();
        let number = if self.counts_from_1 { number.and_then(|number| number.checked_sub(1)) } else { number };
        let expected = if self.counts_from_1 { "a position, counted from 1" } else { "a position, counted from 0" };
        let number = number.ok_or_else(|| wrong(1, position, expected))?;
        Ok((plain_contig(chrom), number, strand.parse().map_err(|_| wrong(2, strand, "+ or -"))?))
    }
}

/// Columns of activities.
fn activity_columns(table: &TextTable, requested: &[String]) -> Result<Vec<usize>> {
    if !requested.is_empty() {
        let expected: Vec<&str> = requested.iter().map(String::as_str).collect();
        return Ok(expected.iter().map(|name| table.column(name, &expected)).collect::<Result<_, _>>()?);
    }
    let holds_activity = |name: &String| !OTHER_COLUMNS.contains(&name.as_str()) && !name.starts_with("tss");
    let columns: Vec<usize> = (0..table.header.len()).filter(|&column| holds_activity(&table.header[column])).collect();
    if columns.is_empty() {
        let (found, expected) = (table.header.clone(), vec!["a column of activities".to_owned()]);
        let problem = TableProblem::MissingColumn { name: "activity".to_owned(), found, expected };
        return Err(table.header_error(problem).into());
    }
    Ok(columns)
}

/// A TSS as text, 0-based as in messages of other inputs.
fn site_text((chrom, position, strand): &Site) -> String {
    format!("{chrom}:{position}({strand})")
}

/// Activity in a cell; `None` if it is missing.
fn activity(cell: &str, column: &str, path: &Path, location: TableLocation) -> Result<Option<f64>, TableError> {
    let value = parse_number(cell).ok().filter(|value| value.is_none_or(|value| value.is_finite() && value >= 0.0));
    value.ok_or_else(|| {
        let expected = "an activity of 0 or more, or an empty cell; name the columns of activities if this is none";
        let (column, text) = (column.to_owned(), cell.trim().to_owned());
        TableError::at(path, location, TableProblem::OutOfRange { column, text, expected })
    })
}

/// Name of a contig without `chr`.
fn plain_contig(name: &str) -> String {
    let bare = if name.len() > 3 && name.is_char_boundary(3) && name[..3].eq_ignore_ascii_case("chr") {
        &name[3..]
    } else {
        name
    };
    if bare == "MT" { "M".to_owned() } else { bare.to_owned() }
}

/// Choice among the promoters of one gene, given by their rows in the order in which the source prefers them, and the indices
/// among which the choice leaves the decision to that order.
///
/// Promoters are compared over the columns in which none of them lacks a value. A promoter without activity, or without a row,
/// is never preferred. The only promoter of a gene has no recorded reason, because the number of promoters correlates with
/// expression.
pub(crate) fn choose(rows: &[Option<&ActivityRow>]) -> (PromoterChoice, Vec<usize>) {
    let columns = rows.iter().flatten().map(|row| row.scaled.len()).max().unwrap_or(0);
    let is_common = |column: &usize| rows.iter().flatten().all(|row| row.scaled[*column].is_some());
    let common: Vec<usize> = (0..columns).filter(is_common).collect();
    let sum = |row: &&ActivityRow| common.iter().filter_map(|&column| row.scaled[column]).sum::<f64>();
    let activities: Vec<f64> = rows.iter().map(|row| row.as_ref().map_or(0.0, sum)).collect();
    let highest = activities.iter().copied().fold(0.0, f64::max);
    if highest <= 0.0 {
        return (PromoterChoice::NoActivity, (0..rows.len()).collect());
    }
    let most_active: Vec<usize> = (0..rows.len()).filter(|&index| activities[index] >= highest).collect();
    let choice = if most_active.len() == 1 { PromoterChoice::MostActive } else { PromoterChoice::Tied };
    (choice, most_active)
}

impl ActivityRow {
    /// The more active of two rows, the first of equal ones.
    pub(crate) fn max<'a>(one: Option<&'a Self>, other: Option<&'a Self>) -> Option<&'a Self> {
        let total = |row: Option<&Self>| row.map_or(-1.0, |row| row.scaled.iter().flatten().sum::<f64>());
        if total(other) > total(one) { other } else { one }
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// Entries of a source that lists genes several times, such as promoter records, and the choice among them.
pub(crate) struct ChosenEntries {
    /// Origin by entry; `None` for an entry that is less active than another of its gene.
    origins: Vec<Option<PromoterOrigin>>,
}

impl ChosenEntries {
    /// Chooses among the entries of each gene. `name_of` gives the name of an entry for messages.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoSharedNames`] if no entry has an activity.
    pub(crate) fn of<'a>(
        activity: &'a PromoterActivity,
        source: &str,
        genes: &[SourceGene],
        row_of: impl Fn(usize) -> Option<&'a ActivityRow>,
        name_of: impl Fn(usize) -> String,
    ) -> Result<Self> {
        let mut by_gene: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut origins = vec![None; genes.len()];
        for (entry, gene) in genes.iter().enumerate() {
            match gene {
                SourceGene::Listed { gene_id, .. } => by_gene.entry(gene_id).or_default().push(entry),
                // Excluded for its own reason.
                SourceGene::Excluded { .. } => origins[entry] = Some(PromoterOrigin::without_activity()),
            }
        }
        for entries in by_gene.values() {
            let rows: Vec<Option<&ActivityRow>> = entries.iter().map(|&entry| row_of(entry)).collect();
            let (choice, indices) = choose(&rows);
            for index in indices {
                let name = rows[index].and_then(ActivityRow::name).map(str::to_owned);
                let promoter = ChosenPromoter { name, choice };
                origins[entries[index]] = Some(PromoterOrigin { promoter, is_default: index == 0 });
            }
        }
        activity.check_used(source, origins.iter().flatten(), || {
            (0..genes.len()).take(LISTED_NAMES).map(name_of).collect()
        })?;
        Ok(Self { origins })
    }

    /// Origin of an entry; an entry that is less active than another of its gene is recorded in `qc`, with its location.
    pub(crate) fn origin(
        &self,
        entry: usize,
        gene: &SourceGene,
        source: &'static str,
        location: &str,
        qc: &mut QcLog,
    ) -> Option<&PromoterOrigin> {
        let origin = self.origins[entry].as_ref();
        if origin.is_none() {
            qc.drop(gene.gene_id(), source, DropReason::LessActive, location);
        }
        origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, columns: &[&str]) -> Result<PromoterActivity> {
        let folder = tempfile::tempdir().expect("folder");
        let table = folder.path().join("activity.tsv");
        std::fs::write(&table, text).expect("written");
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        PromoterActivity::read(&PromoterActivitySource { table, columns })
    }

    #[test]
    fn promoter_activity_columns_are_scaled_to_the_same_total() {
        // Totals 10 and 1,000: A_1 has 0.2 + 0.6, A_2 has 0.8 + 0.4. Unscaled, A_1 would be the more active.
        let table = read("promoter\tsymbol\tx\ty\nA_1\tA\t2\t600\nA_2\tA\t8\t400\n", &[]).expect("read");
        assert_eq!(table.columns, ["x", "y"]);
        let rows = ["A_1", "A_2", "A_3"].map(|name| table.of_name(name));
        assert_eq!(choose(&rows), (PromoterChoice::MostActive, vec![1]));
        let only_y = read("promoter\tx\ty\nA_1\t2\t600\nA_2\t8\t400\n", &["y"]).expect("read");
        assert_eq!(choose(&["A_1", "A_2"].map(|name| only_y.of_name(name))).1, [0]);
    }

    #[test]
    fn choose_ties_and_promoters_without_activity_leave_the_order_of_the_source() {
        let table = read("promoter\tx\ty\nzero\t0\t0\none\t1\t2\nsame\t1\t2\npart\t3\t\nmore\t2\t\n", &[]);
        let table = table.expect("read");
        let of = |names: &[&str]| choose(&names.iter().map(|name| table.of_name(name)).collect::<Vec<_>>());
        assert_eq!(of(&["zero", "unknown"]), (PromoterChoice::NoActivity, vec![0, 1]));
        assert_eq!(of(&["unknown"]), (PromoterChoice::NoActivity, vec![0]));
        assert_eq!(of(&["zero", "one", "same"]), (PromoterChoice::Tied, vec![1, 2]));
        // The only promoter of a gene has no recorded reason.
        assert_eq!(of(&["one"]), (PromoterChoice::MostActive, vec![0]));
        // `y` is missing for one of them, so that `x` alone counts: 1 of 7 and 3 of 7, or 3 and 2 of 7.
        assert_eq!(of(&["one", "part"]), (PromoterChoice::MostActive, vec![1]));
        assert_eq!(of(&["more", "part"]), (PromoterChoice::MostActive, vec![1]));
    }

    #[test]
    fn promoter_activity_finds_tss_by_position() {
        let text = "chrom\ttss_hg38_1based\tstrand\tcpm\nchr1\t100\t+\t5\n1\t100\t-\t7\n";
        let table = read(text, &[]).expect("read");
        let at = |chrom: &str, position, strand| table.of_site(&Tss { chrom: chrom.to_owned(), position, strand });
        assert!(at("1", 99, Strand::Forward).is_some() && at("chr1", 99, Strand::Reverse).is_some());
        assert!(at("chr1", 100, Strand::Forward).is_none() && at("chr2", 99, Strand::Forward).is_none());
        let zero_based = read(&text.replace("1based", "0based"), &[]).expect("read");
        let tss = Tss { chrom: "chr1".to_owned(), position: 100, strand: Strand::Forward };
        assert!(zero_based.of_site(&tss).is_some());
    }

    #[test]
    fn promoter_activity_invalid_table_error_names_line_and_column() {
        let header = "promoter\tcpm\n";
        for (text, columns, expected) in [
            ("gene_id\tcpm\nA\t1\n".to_owned(), &[][..], "no column `promoter`"),
            ("promoter\tsymbol\nA_1\tA\n".to_owned(), &[], "no column `activity`"),
            (format!("{header}A_1\t1\n"), &["tpm"], "no column `tpm`"),
            (format!("{header}A_1\t1\nA_1\t2\n"), &[], "line 3: `A_1` is listed twice"),
            (
                format!("{header}A_1\thigh\n"),
                &[],
                "line 2: column cpm: `high` found; expected an activity of 0 or more",
            ),
            (format!("{header}A_1\t-1\n"), &[], "line 2: column cpm: `-1` found"),
            (format!("{header}\t1\n"), &[], "line 2: empty `promoter`"),
            (format!("{header}A_1\t0\n"), &[], "column cpm: `no value above 0` found"),
            ("chrom\ttss_1based\tstrand\tx\n1\t0\t+\t1\n".to_owned(), &[], "tss_1based: `0` found"),
            ("chrom\ttss_0based\tstrand\tx\n1\t0\t.\t1\n".to_owned(), &[], "strand: `.` found; expected + or -"),
            ("chrom\ttss_0based\tstrand\tx\n1\t5\t+\t1\n1\t5\t+\t1\n".to_owned(), &[], "`1:5(+)` is listed twice"),
        ] {
            let message = read(&text, columns).expect_err(&text).to_string();
            assert!(message.contains(expected), "{text:?}: {message}");
        }
    }
}
