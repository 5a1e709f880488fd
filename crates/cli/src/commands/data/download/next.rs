//! Next command after a download.

use tatabox_download::SourceSet;

/// Start of a command that this program can run itself.
const PREPARE: &str = "tatabox prepare ";

/// Whether the next command of a set is `tatabox prepare` alone.
pub(super) fn is_prepare(set: &SourceSet) -> bool {
    set.next.as_deref().is_some_and(|next| next.starts_with(PREPARE) && !next.contains(['&', '|', ';', '>']))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;
    use tatabox_download::{Catalogue, DownloadRecord, PlannedFile};

    use super::*;
    use crate::args::{Cli, Command};
    use crate::commands::data::download::{SHIPPED_NAME, SHIPPED_SOURCES};

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
                let words = set.next_words(&plan, folder).expect("every file is there");
                let line = Cli::try_parse_from(words).expect("understood");
                assert!(matches!(line.command, Command::Prepare(_)));
                understood += 1;
            }
        }
        assert_eq!(understood, 2);
    }
}
