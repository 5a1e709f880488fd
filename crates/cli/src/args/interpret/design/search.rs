//! Search algorithm of a design.

use anyhow::Result;
use clap::{Args, ValueEnum};
use tatabox::design::{DesignSearch, GeneticOptions};

use crate::terminal::failure::usage;

/// Beam width without `--beam-width`.
const DEFAULT_WIDTH: usize = 8;

/// Name of a search algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SearchName {
    /// The best of all single substitutions in each round
    Greedy,
    /// The best of all single substitutions of several sequences in each round
    Beam,
    /// Crossover and mutation of a population of sequences
    Genetic,
}

/// A search algorithm and its settings.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// Search algorithm
    #[arg(long, help_heading = "Search", default_value = "greedy")]
    search: SearchName,
    /// Sequences kept in each round of a beam search [default: 8]
    #[arg(long, value_name = "N", help_heading = "Search")]
    beam_width: Option<usize>,
    /// Sequences per generation of a genetic search [default: 100]
    #[arg(long, value_name = "N", help_heading = "Search")]
    population: Option<usize>,
    /// Generations of a genetic search [default: 50]
    #[arg(long, value_name = "N", help_heading = "Search")]
    generations: Option<usize>,
    /// Mean number of mutations per child in a genetic search [default: 1]
    #[arg(long, value_name = "N", help_heading = "Search")]
    mutation_rate: Option<f64>,
    /// Fraction of children with two parents in a genetic search [default: 0.7]
    #[arg(long, value_name = "FRACTION", help_heading = "Search")]
    crossover: Option<f64>,
}

impl SearchArgs {
    /// The search with its settings.
    pub(super) fn search(&self) -> Result<DesignSearch> {
        self.check_fit()?;
        let defaults = GeneticOptions::default();
        Ok(match self.search {
            SearchName::Greedy => DesignSearch::Greedy,
            SearchName::Beam => DesignSearch::Beam { width: self.beam_width.unwrap_or(DEFAULT_WIDTH) },
            SearchName::Genetic => DesignSearch::Genetic(GeneticOptions {
                population: self.population.unwrap_or(defaults.population),
                generations: self.generations.unwrap_or(defaults.generations),
                mutation_rate: self.mutation_rate.unwrap_or(defaults.mutation_rate),
                crossover: self.crossover.unwrap_or(defaults.crossover),
            }),
        })
    }

    /// Refuses settings of another search, which would have no effect.
    fn check_fit(&self) -> Result<()> {
        let settings = [
            ("beam-width", self.beam_width.is_some(), SearchName::Beam),
            ("population", self.population.is_some(), SearchName::Genetic),
            ("generations", self.generations.is_some(), SearchName::Genetic),
            ("mutation-rate", self.mutation_rate.is_some(), SearchName::Genetic),
            ("crossover", self.crossover.is_some(), SearchName::Genetic),
        ];
        let stray = settings.into_iter().find(|(_, is_given, of)| *is_given && *of != self.search);
        if let Some((flag, _, of)) = stray {
            let name = of.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            return Err(usage(format!("--{flag} is a setting of --search {name}")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: SearchArgs,
    }

    fn search(line: &str) -> Result<DesignSearch> {
        Line::try_parse_from(format!("design {line}").split_whitespace()).expect("parsed").args.search()
    }

    #[test]
    fn search_args_settings_belong_to_their_search() {
        assert_eq!(search("").expect("valid"), DesignSearch::Greedy);
        assert_eq!(search("--search beam --beam-width 3").expect("valid"), DesignSearch::Beam { width: 3 });
        let genetic = GeneticOptions { generations: 80, ..GeneticOptions::default() };
        let read = search("--search genetic --generations 80").expect("valid");
        assert_eq!(read, DesignSearch::Genetic(genetic));
        let refused = |line: &str| search(line).expect_err("refused").to_string();
        assert!(refused("--beam-width 3").contains("a setting of --search beam"));
        assert!(refused("--search beam --population 3").contains("a setting of --search genetic"));
    }
}
