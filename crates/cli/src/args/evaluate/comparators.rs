//! Choice of comparators.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use tatabox::comparators::{Comparator, ComparatorChoice};

/// Parser of `--baselines`; help and completions list every name.
pub(crate) fn parser() -> impl TypedValueParser<Value = ComparatorChoice> {
    let sets = ComparatorChoice::SETS.map(|(name, help)| PossibleValue::new(name).help(help));
    let single = Comparator::all()
        .into_iter()
        .map(|comparator| PossibleValue::new(comparator.name()).help(comparator.description()));
    // Every possible value is a name, so that the default is not reached.
    PossibleValuesParser::new(sets.into_iter().chain(single))
        .map(|name| ComparatorChoice::from_name(&name).unwrap_or(ComparatorChoice::None))
}
