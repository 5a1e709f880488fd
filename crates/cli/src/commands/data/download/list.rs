//! `tatabox download --list`.

use std::fmt::Write;

use anyhow::Result;
use indicatif::HumanBytes;
use tatabox_download::{Catalogue, Source};

/// One set and its sources; the whole catalogue without a name.
pub(super) fn restricted(mut catalogue: Catalogue, set: Option<&str>) -> Result<Catalogue> {
    if let Some(name) = set {
        let (_, sources) = catalogue.select(name, &[])?;
        catalogue.sources = sources;
        catalogue.sets.retain(|set| set.name == name);
    }
    Ok(catalogue)
}

pub(super) fn text(catalogue: &Catalogue) -> Result<String> {
    let mut text = String::from("SETS\n");
    let width = catalogue.sets.iter().map(|set| set.name.len()).max().unwrap_or(0);
    for set in &catalogue.sets {
        writeln!(text, "  {:<width$}  {}", set.name, set.about)?;
        writeln!(text, "  {:<width$}  {}", "", set.sources.join(", "))?;
    }
    text.push_str("\nFILES\n");
    for source in &catalogue.sources {
        describe(source, &mut text)?;
    }
    Ok(text)
}

fn describe(source: &Source, text: &mut String) -> Result<()> {
    writeln!(text, "  {}: {}", source.name, source.about)?;
    writeln!(text, "    file      {}, {}", source.file, size(source))?;
    for url in &source.urls {
        writeln!(text, "    from      {url}")?;
    }
    let checksum = match (&source.checksum, source.checksum_lists.first()) {
        (Some(checksum), _) => format!("{} {}", checksum.algorithm(), checksum.hex()),
        (None, Some(list)) => format!("in {list}"),
        (None, None) => "none published; the first download is not verified".to_owned(),
    };
    writeln!(text, "    checksum  {checksum}")?;
    writeln!(text, "    licence   {}", source.licence)?;
    writeln!(text, "    cite      {}", source.citation)?;
    writeln!(text, "    see       {}", source.homepage)?;
    if !source.fetched {
        writeln!(text, "    untested  the address is that of the publisher; it was not tested")?;
    }
    if let Some(note) = &source.note {
        writeln!(text, "    note      {note}")?;
    }
    Ok(())
}

/// Size, exact or approximate.
pub(super) fn size(source: &Source) -> String {
    match (source.bytes, source.about_bytes) {
        (Some(bytes), _) => format!("{}", HumanBytes(bytes)),
        (None, Some(bytes)) => format!("about {}", HumanBytes(bytes)),
        (None, None) => "size unknown".to_owned(),
    }
}
