//! `tatabox download`: public data, fetched and verified.

mod display;
mod list;
mod next;
mod plan;
mod report;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Parser;
use tatabox_download::{
    Catalogue, ChecksumOrigin, DownloadError, DownloadRecord, DownloadReport, Downloader, FolderLock, Outcome,
    PlannedFile, Source, SourceSet,
};

use crate::args::{Cli, Command, DownloadArgs};
use crate::commands::data::prepare;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::failure::usage;
use crate::terminal::stdout;
use display::TransferDisplay;

/// Catalogue of sources that is built into the program.
const SHIPPED_SOURCES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sources.toml"));
const SHIPPED_NAME: &str = "data/sources.toml";

pub(crate) fn run(args: &DownloadArgs, console: &Console) -> Result<()> {
    let catalogue = match &args.sources {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Catalogue::parse(&text, &path.display().to_string())?
        }
        None => Catalogue::parse(SHIPPED_SOURCES, SHIPPED_NAME)?,
    };
    if args.show.list {
        let catalogue = list::restricted(catalogue, args.set.as_deref()).map_err(as_usage)?;
        return if args.json { stdout::print_json(&catalogue) } else { stdout::print(&list::text(&catalogue)?) };
    }
    // clap requires a set unless --list is given.
    let name = args.set.as_deref().unwrap_or_default();
    let (set, sources) = chosen(&catalogue, name, args).map_err(as_usage)?;
    let folder = args.folder(name);
    let downloader = Downloader::new(args.settings())?;
    if args.show.dry_run {
        let plan = planned(sources, &folder)?;
        return plan::show(&plan, &folder, &downloader, args.json, console);
    }
    if args.prepare && !next::is_prepare(set) {
        let next = set.next.as_deref().unwrap_or("nothing");
        return Err(usage(format!(
            "--prepare: the next command of set {name} is not `tatabox prepare` alone but: {next}"
        )));
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let _lock = FolderLock::take(&folder)?;
    let plan = planned(sources, &folder)?;
    downloader.check_disk_space(&folder, &plan)?;
    let report = fetch_all(&plan, &folder, &downloader, console);
    if args.json {
        stdout::print_json(&report)?;
    } else {
        stdout::print(&report::text(&report)?)?;
    }
    let failed = report.failed();
    if !failed.is_empty() {
        let (count, all) = (failed.len(), plan.len());
        bail!("{count} of {all} files failed: {}; repeat the command to resume", failed.join(", "));
    }
    if args.prepare {
        let words = set
            .next_words(&plan, &folder)
            .context("the next command of the set requires a file that is not in the set")?;
        let next =
            Cli::try_parse_from(&words).with_context(|| format!("the next command of the set: {}", words.join(" ")))?;
        return match next.command {
            Command::Prepare(args) => prepare::run(*args, console),
            _ => bail!("the next command of the set is not `tatabox prepare`: {}", words.join(" ")),
        };
    }
    if let Some(command) = set.next_command(&plan, &folder, |path| run_record::quoted(&path.display().to_string())) {
        console.note(format!("next: {command}"));
    }
    Ok(())
}

/// The requested sources with the requested addresses.
fn chosen<'a>(
    catalogue: &'a Catalogue,
    name: &str,
    args: &DownloadArgs,
) -> Result<(&'a SourceSet, Vec<Source>), anyhow::Error> {
    let (set, mut sources) = catalogue.select(name, &args.only)?;
    // Each mirror is put first, so that the order is reversed.
    for mirror in args.mirrors().iter().rev() {
        for source in &mut sources {
            source.prefer_mirror(mirror)?;
        }
    }
    for replacement in args.replacements()? {
        let Some(source) = sources.iter_mut().find(|source| source.name == replacement.name) else {
            let known: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
            let (name, known) = (replacement.name, known.join(", "));
            return Err(usage(format!("--url {name}: not among the requested files: {known}")));
        };
        source.replace_url(replacement.url, replacement.checksum);
    }
    Ok((set, sources))
}

/// An unknown set or source is wrong usage.
fn as_usage(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(DownloadError::UnknownSet { .. } | DownloadError::UnknownSource { .. }) => {
            usage(format!("{error}; see tatabox download --list"))
        }
        _ => error,
    }
}

fn planned(sources: Vec<Source>, folder: &Path) -> Result<Vec<PlannedFile>> {
    let record = DownloadRecord::load(folder)?;
    Ok(sources.into_iter().map(|source| PlannedFile::new(source, folder, &record)).collect())
}

/// Fetches the files in turn; a failure is reported and the other files are fetched nevertheless.
fn fetch_all(plan: &[PlannedFile], folder: &Path, downloader: &Downloader, console: &Console) -> DownloadReport {
    let mut report = DownloadReport::default();
    for file in plan {
        let name = &file.source.name;
        let mut display = TransferDisplay::new(console, name);
        let fetched = downloader.fetch(&file.source, folder, &mut |event| display.show(&event));
        display.finish();
        report.add(file, fetched.as_ref());
        match fetched {
            Ok(fetched) => {
                let is_new = fetched.outcome != Outcome::AlreadyPresent;
                if is_new && fetched.file.checked_against == ChecksumOrigin::FirstSeen {
                    let sha256 = fetched.file.sha256.hex();
                    console.warn(format!(
                        "{name}: no checksum is published; this file is not verified, and later downloads are compared \
                         with its SHA-256, {sha256}"
                    ));
                }
            }
            Err(error) => console.error(&anyhow::Error::from(error).context(format!("cannot download {name}"))),
        }
    }
    report
}
