//! The command to go on with.

use std::path::Path;

use tatabox_download::{PlannedFile, SourceSet};

/// How a command begins that this program can go on with itself.
const PREPARE: &str = "tatabox prepare ";

/// Whether the set goes on with `tatabox prepare` and nothing else.
pub(super) fn is_prepare(set: &SourceSet) -> bool {
    set.next.as_deref().is_some_and(|next| next.starts_with(PREPARE) && !next.contains(['&', '|', ';', '>']))
}

/// The set's next command with the paths of its files, for a shell; none where a file that it needs was not asked for.
pub(super) fn command(set: &SourceSet, plan: &[PlannedFile], folder: &Path) -> Option<String> {
    filled(set.next.as_deref()?, set, plan, folder, quoted)
}

/// The same as words, for this program.
pub(super) fn words(set: &SourceSet, plan: &[PlannedFile], folder: &Path) -> Option<Vec<String>> {
    let plain = |path: &Path| path.display().to_string();
    set.next.as_deref()?.split_whitespace().map(|word| filled(word, set, plan, folder, plain)).collect()
}

/// `text` with paths in the places of names.
fn filled(
    text: &str,
    set: &SourceSet,
    plan: &[PlannedFile],
    folder: &Path,
    written: impl Fn(&Path) -> String,
) -> Option<String> {
    let mut text = text.replace("{DEST}", &written(folder));
    for name in &set.sources {
        let placeholder = format!("{{{name}}}");
        if text.contains(&placeholder) {
            let file = plan.iter().find(|file| file.source.name == *name)?;
            text = text.replace(&placeholder, &written(&file.path));
        }
    }
    Some(text)
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tatabox_download::{Catalogue, DownloadRecord};

    use super::*;
    use crate::args::{Cli, Command};
    use crate::commands::data::download::{SHIPPED_NAME, SHIPPED_SOURCES};

    #[test]
    fn paths_take_their_places() {
        let catalogue = Catalogue::parse(SHIPPED_SOURCES, SHIPPED_NAME).expect("valid");
        let next = |only: &[String], folder: &str| {
            let (set, sources) = catalogue.select("hg38", only).expect("there");
            let (folder, record) = (Path::new(folder), DownloadRecord::default());
            let plan: Vec<_> = sources.into_iter().map(|source| PlannedFile::new(source, folder, &record)).collect();
            command(set, &plan, folder)
        };
        let whole = next(&[], "my data").expect("every file is asked for");
        assert!(whole.starts_with("tatabox prepare --genome 'my data/hg38.2bit' --annotation 'my data/"), "{whole}");
        assert!(!whole.contains('{'), "{whole}");
        assert_eq!(next(&["gencode".to_owned()], "d"), None);
    }

    #[test]
    fn every_shipped_command_that_is_prepare_is_understood() {
        let catalogue = Catalogue::parse(SHIPPED_SOURCES, SHIPPED_NAME).expect("valid");
        let mut understood = 0;
        for name in ["hg38", "hg38-fasta", "expression"] {
            let (set, sources) = catalogue.select(name, &[]).expect("there");
            let (folder, record) = (Path::new("my data"), DownloadRecord::default());
            let plan: Vec<_> = sources.into_iter().map(|source| PlannedFile::new(source, folder, &record)).collect();
            assert_eq!(is_prepare(set), name == "hg38");
            if is_prepare(set) {
                let words = words(set, &plan, folder).expect("every file is there");
                assert!(words.contains(&"my data/hg38.2bit".to_owned()), "{words:?}");
                let line = Cli::try_parse_from(words).expect("understood");
                assert!(matches!(line.command, Command::Prepare(_)));
                understood += 1;
            }
        }
        assert_eq!(understood, 1);
    }

    #[test]
    fn only_what_needs_quotes_has_them() {
        assert_eq!(quoted(Path::new("data/x-1.fa.gz")), "data/x-1.fa.gz");
        assert_eq!(quoted(Path::new("it's")), r"'it'\''s'");
    }
}
