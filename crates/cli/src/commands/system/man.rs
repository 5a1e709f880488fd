//! `tatabox man`: man pages of all commands.

use std::fs;
use std::io;

use anyhow::{Context, Result};
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use tatabox_sequence::counted;

use crate::args::{Cli, ManArgs};
use crate::terminal::console::Console;

/// Footer of every page.
const SOURCE: &str = concat!("tatabox ", env!("CARGO_PKG_VERSION"));

pub(crate) fn run(args: &ManArgs, console: &Console) -> Result<()> {
    let folder = args.out.display();
    fs::create_dir_all(&args.out).with_context(|| format!("cannot create {folder}"))?;
    let pages = pages().context("a page cannot be rendered")?;
    for (file, page) in &pages {
        fs::write(args.out.join(file), page).with_context(|| format!("cannot write {file} in {folder}"))?;
    }
    console.note(format!("{} written to {folder}", counted(pages.len(), "man page")));
    Ok(())
}

/// File name and text of every page: the program, then its commands and theirs.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    // Pages of `help` would repeat the others.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    let mut commands = vec![program];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands().filter(|command| !command.is_hide_set()).cloned());
        pages.push(page(command)?);
    }
    Ok(pages)
}

/// Page of one command, with the sections of its help.
fn page(command: Command) -> io::Result<(String, Vec<u8>)> {
    let notes = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let has_commands = command.has_subcommands();
    let man = Man::new(command).source(SOURCE).manual("tatabox manual");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if has_commands {
        man.render_subcommands_section(&mut text)?;
    }
    // `Man::render` would join the lines of examples and tables.
    sections(&notes).to_writer(&mut text)?;
    Ok((man.get_filename(), text))
}

/// Sections of the text after the options: headings are not indented, and lines are not joined.
fn sections(notes: &str) -> Roff {
    let mut roff = Roff::new();
    for (index, line) in notes.lines().enumerate() {
        match line.strip_prefix("  ") {
            Some(kept) => roff.text([roman(kept)]),
            None if line.is_empty() => roff.text([]),
            None if index == 0 => roff.control("SH", [line]).control("nf", []),
            None => roff.control("fi", []).control("SH", [line]).control("nf", []),
        };
    }
    roff.control("fi", []);
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn man_sections_keep_lines_and_escape_hyphens() {
        let text = sections("EXAMPLES\n  tatabox predict --quiet\n\nFORMATS, plain or .gz\n  a   b\n    c").to_roff();
        let expected = ".SH EXAMPLES\n.nf\ntatabox predict \\-\\-quiet\n\n.fi\n.SH \"FORMATS, plain or .gz\"\n.nf\n\
            a   b\n  c\n.fi\n";
        assert_eq!(text, expected);
    }
}
