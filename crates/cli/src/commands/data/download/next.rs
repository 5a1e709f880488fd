//! Next command after a download.

use std::path::Path;

use tatabox_download::{PlannedFile, SourceSet};

/// Start of a command that this program can run itself.
const PREPARE: &str = "tatabox prepare ";

/// Whether the next command of a set is `tatabox prepare` alone.
pub(super) fn is_prepare(set: &SourceSet) -> bool {
    set.next.as_deref().is_some_and(|next| next.starts_with(PREPARE) && !next.contains(['&', '|', ';', '>']))
}

/// Next command of a set with the paths of its files, for a shell; `None` where a required file was not requested.
pub(super) fn command(set: &SourceSet, plan: &[PlannedFile], folder: &Path) -> Option<String> {
    filled(set.next.as_deref()?, set, plan, folder, quoted)
}

/// The same command as words, for this program.
pub(super) fn words(set: &SourceSet, plan: &[PlannedFile], folder: &Path) -> Option<Vec<String>> {
    let plain = |path: &Path| path.display().to_string();
    set.next.as_deref()?.split_whitespace().map(|word| filled(word, set, plan, folder, plain)).collect()
}

/// `text` with paths in place of names.
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

/// A path as one word of a shell.
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
    fn next_command_contains_the_paths_of_the_files() {
        let catalogue = Catalogue::parse(SHIPPED_SOURCES, SHIPPED_NAME).expect("valid");
        let next = |only: &[String], folder: &str| {
            let (set, sources) = catalogue.select("hg38", only).expect("there");
            let (folder, record) = (Path::new(folder), DownloadRecord::default());
            let plan: Vec<_> = sources.into_iter().map(|source| PlannedFile::new(source, folder, &record)).collect();
            command(set, &plan, folder)
        };
        let whole = next(&[], "my data").expect("every file is requested");
        assert!(whole.starts_with("tatabox prepare --genome 'my data/hg38.2bit' --annotation 'my data/"), "{whole}");
        assert!(!whole.contains('{'), "{whole}");
        assert_eq!(next(&["gencode".to_owned()], "d"), None);
    }

    #[test]
    fn next_command_of_built_in_sets_is_a_valid_prepare() {
        let catalogue = Catalogue::parse(SHIPPED_SOURCES, SHIPPED_NAME).expect("valid");
        let mut understood = 0;
        for name in ["hg38", "hg38-fasta", "expression"] {
            let (set, sources) = catalogue.select(name, &[]).expect("there");
            let (folder, record) = (Path::new("my data"), DownloadRecord::default());
            let plan: Vec<_> = sources.into_iter().map(|source| PlannedFile::new(source, folder, &record)).collect();
            assert_eq!(is_prepare(set), name != "expression");
            if is_prepare(set) {
                let words = words(set, &plan, folder).expect("every file is there");
                assert!(words.iter().any(|word| word.starts_with("my data/hg38.")), "{words:?}");
                let line = Cli::try_parse_from(words).expect("understood");
                assert!(matches!(line.command, Command::Prepare(_)));
                understood += 1;
            }
        }
        assert_eq!(understood, 2);
    }

    #[test]
    fn quoted_path_has_quotes_only_where_needed() {
        assert_eq!(quoted(Path::new("data/x-1.fa.gz")), "data/x-1.fa.gz");
        assert_eq!(quoted(Path::new("it's")), r"'it'\''s'");
    }
}
