//! How a design is looked for.

use anyhow::Result;
use clap::{Args, ValueEnum};
use tatabox_model::{DesignSearch, GeneticOptions};

use crate::terminal::failure::usage;

const USUAL_WIDTH: usize = 8;

/// Names of the searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SearchName {
    /// In each round the best of all single substitutions
    Greedy,
    /// In each round the best of all single substitutions of several sequences
    Beam,
    /// Crossing and mutating a population of sequences
    Genetic,
}

/// The search and its settings.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// How to search
    #[arg(long, help_heading = "Search", default_value = "greedy")]
    search: SearchName,
    /// Sequences that go on in each round of a beam search [default: 8]
    #[arg(long, value_name = "N", help_heading = "Search")]
    beam_width: Option<usize>,
    /// Sequences of a generation of a genetic search [default: 100]
    #[arg(long, value_name = "N", help_heading = "Search")]
    population: Option<usize>,
    /// Generations of a genetic search [default: 50]
    #[arg(long, value_name = "N", help_heading = "Search")]
    generations: Option<usize>,
    /// Mean number of mutations of a child in a genetic search [default: 1]
    #[arg(long, value_name = "N", help_heading = "Search")]
    mutation_rate: Option<f64>,
    /// Share of children with two parents in a genetic search [default: 0.7]
    #[arg(long, value_name = "SHARE", help_heading = "Search")]
    crossover: Option<f64>,
}

impl SearchArgs {
    /// The search with its settings.
    pub(super) fn search(&self) -> Result<DesignSearch> {
        self.check_fit()?;
        let at_least = |flag: &str, value: Option<usize>, least: usize| match value {
            Some(value) if value < least => Err(usage(format!("--{flag} {value}: expected {least} or more"))),
            _ => Ok(()),
        };
        at_least("beam-width", self.beam_width, 1)?;
        at_least("population", self.population, 2)?;
        at_least("generations", self.generations, 1)?;
        if let Some(rate) = self.mutation_rate.filter(|rate| !(rate.is_finite() && *rate >= 0.0)) {
            return Err(usage(format!("--mutation-rate {rate}: expected 0 or more")));
        }
        if let Some(share) = self.crossover.filter(|share| !(0.0..=1.0).contains(share)) {
            return Err(usage(format!("--crossover {share}: expected a share from 0 to 1")));
        }
        let usual = GeneticOptions::default();
        Ok(match self.search {
            SearchName::Greedy => DesignSearch::Greedy,
            SearchName::Beam => DesignSearch::Beam { width: self.beam_width.unwrap_or(USUAL_WIDTH) },
            SearchName::Genetic => DesignSearch::Genetic(GeneticOptions {
                population: self.population.unwrap_or(usual.population),
                generations: self.generations.unwrap_or(usual.generations),
                mutation_rate: self.mutation_rate.unwrap_or(usual.mutation_rate),
                crossover: self.crossover.unwrap_or(usual.crossover),
            }),
        })
    }

    /// Refuses settings of another search, which would be without effect.
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
    fn settings_belong_to_their_search() {
        assert_eq!(search("").expect("valid"), DesignSearch::Greedy);
        assert_eq!(search("--search beam --beam-width 3").expect("valid"), DesignSearch::Beam { width: 3 });
        let genetic = GeneticOptions { generations: 80, ..GeneticOptions::default() };
        let read = search("--search genetic --generations 80").expect("valid");
        assert_eq!(read, DesignSearch::Genetic(genetic));
        let refused = |line: &str| search(line).expect_err("refused").to_string();
        assert!(refused("--beam-width 3").contains("a setting of --search beam"));
        assert!(refused("--search beam --population 3").contains("a setting of --search genetic"));
        assert!(refused("--search beam --beam-width 0").contains("1 or more"));
        assert!(refused("--search genetic --crossover 2").contains("0 to 1"));
        assert!(refused("--search genetic --mutation-rate NaN").contains("0 or more"));
    }
}
