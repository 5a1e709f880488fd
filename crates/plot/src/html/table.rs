//! HTML tables that scroll horizontally on a narrow screen.

use maud::{Markup, html};
use tatabox_eval::{Estimate, Interval};

use crate::canvas::number;

/// Cell of a value that is not defined.
pub(super) const UNDEFINED: &str = "–";

const MAX_LINE_CHARACTERS: usize = 30;

/// A table whose first `names` columns are text and whose other columns are numbers.
pub(super) fn table(columns: &[&str], names: usize, rows: &[Vec<String>]) -> Markup {
    let class = |column: usize| (column >= names).then_some("number");
    html! {
        div.scroll tabindex="0" {
            table {
                thead { tr { @for (column, name) in columns.iter().enumerate() { th scope="col" class=[class(column)] { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (column, cell) in row.iter().enumerate() {
                                @if column == 0 { th scope="row" class=[is_long(cell).then_some("long")] { (cell) } }
                                @else { td class=[class(column)] { (wrappable(cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a name is too long for a single line next to the numbers.
fn is_long(name: &str) -> bool {
    name.chars().count() > MAX_LINE_CHARACTERS
}

/// A cell whose interval may wrap below its value.
fn wrappable(cell: &str) -> Markup {
    html! {
        @match cell.split_once(" [") {
            Some((value, limits)) => { (value) " " span.interval { "[" (limits) } },
            None => (cell),
        }
    }
}

/// A collapsed part of the page.
pub(super) fn folded(summary: &str, body: &Markup) -> Markup {
    html! { details { summary { (summary) } (body) } }
}

/// An estimate, such as "0.546 [0.521, 0.571]".
pub(super) fn estimate(estimate: &Estimate) -> String {
    match (estimate.value, estimate.interval) {
        (Some(value), Some(limits)) => format!("{} {}", number(value, 3), interval(Some(limits))),
        (value, _) => digits(value, 3),
    }
}

pub(super) fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(|| UNDEFINED.to_owned(), |i| format!("[{}, {}]", number(i.low, 3), number(i.high, 3)))
}

pub(super) fn digits(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| UNDEFINED.to_owned(), |value| number(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_names_are_escaped_and_numbers_are_right_aligned() {
        let html = table(&["model", "r"], 1, &[vec!["<b>".to_owned(), "0.5".to_owned()]]).into_string();
        assert!(html.contains(r#"<th scope="row">&lt;b&gt;</th><td class="number">0.5</td>"#), "{html}");
    }

    #[test]
    fn wrappable_interval_is_a_separate_span() {
        assert_eq!(wrappable("0.5 [0.4, 0.6]").into_string(), r#"0.5 <span class="interval">[0.4, 0.6]</span>"#);
    }

    #[test]
    fn estimate_undefined_value_is_a_dash() {
        let one = Estimate { value: Some(0.5), ..Estimate::default() };
        assert_eq!([estimate(&one), estimate(&Estimate::default())], ["0.500", UNDEFINED]);
        let limits = Some(Interval { low: -0.25, high: 0.5 });
        assert_eq!(estimate(&Estimate { interval: limits, ..one }), "0.500 [−0.250, 0.500]");
    }
}
