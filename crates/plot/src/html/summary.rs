//! Summary of the results in a few sentences.

use tatabox_dataset::Split;
use tatabox_eval::{ComparisonRow, Estimate, MeanDifference, MetricRow, MetricTable, SIGNIFICANCE, mean};

use crate::canvas::{NO_BREAK, counted, estimate_text, number, p_value_text};
use crate::figures::FigureContext;

/// Largest number of models listed by name; more are only counted.
const MAX_NAMED: usize = 4;

/// Sentences about the main score, the other models, the tests and the noise ceiling.
pub(crate) fn summary(context: &FigureContext<'_>) -> String {
    let metrics = context.inputs.metrics;
    let own = metrics.row(&context.model, context.split, None);
    let value = own.and_then(|row| row.pearson.value);
    let sentences = [
        Some(own_score_text(context, own)),
        Some(other_models_text(metrics, &context.model, context.split, value)),
        test_text(context, value),
        noise_ceiling_text(context),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn own_score_text(context: &FigureContext<'_>, own: Option<&MetricRow>) -> String {
    let cells = context.matrix.cell_types.len();
    let over = if cells == 1 {
        context.matrix.cell_types[0].cell_type.clone()
    } else {
        format!("mean over {cells} cell types")
    };
    let genes = context.gene_count().replacen(NO_BREAK, &format!(" {} ", context.split), 1);
    match own.map(|row| row.pearson) {
        Some(pearson) if pearson.value.is_some() => format!(
            "Predictions of {} correlate with measured expression at r{NO_BREAK}={NO_BREAK}{} (Pearson, {over}, {genes}; square brackets: 95% \
             bootstrap interval over genes).",
            context.model,
            estimate_text(&pearson)
        ),
        _ => format!(
            "The correlation of {} with measured expression is not defined ({over}, {genes}): values of a cell type do not vary.",
            context.model
        ),
    }
}

/// Sentence on the models with a higher score.
fn other_models_text(metrics: &MetricTable, model: &str, split: Split, own: Option<f64>) -> String {
    let others: Vec<(&str, Estimate)> = metrics
        .models()
        .into_iter()
        .filter(|&other| other != model)
        .filter_map(|other| Some((other, metrics.row(other, split, None)?.pearson)))
        .collect();
    let mut scored: Vec<(&str, Estimate, f64)> =
        others.iter().filter_map(|&(name, pearson)| Some((name, pearson, pearson.value?))).collect();
    scored.sort_by(|a, b| b.2.total_cmp(&a.2));
    let undefined = others.len() - scored.len();
    let undefined = match undefined {
        0 => String::new(),
        1 => " One other model has no defined correlation.".to_owned(),
        n => format!(" {n} other models have no defined correlation."),
    };
    let Some(&(closest, pearson, _)) = scored.first() else {
        return format!("No other model has a defined correlation.{undefined}");
    };
    let higher: Vec<String> = scored
        .iter()
        .filter(|(_, _, value)| own.is_none_or(|own| *value > own))
        .map(|(name, pearson, _)| format!("{name} at r{NO_BREAK}={NO_BREAK}{}", estimate_text(pearson)))
        .collect();
    let n = scored.len();
    let text = match higher.len() {
        0 if n == 1 => {
            format!("The other model, {closest}, scores no higher: r{NO_BREAK}={NO_BREAK}{}.", estimate_text(&pearson))
        }
        0 => format!(
            "None of the {n} other models scores higher; the closest is {closest} at r{NO_BREAK}={NO_BREAK}{}.",
            estimate_text(&pearson)
        ),
        k if k <= MAX_NAMED => format!("{k} of {n} other models {} higher: {}.", scores(k), higher.join(", ")),
        k => format!("{k} of {n} other models {} higher, the best of them {}.", scores(k), higher[0]),
    };
    text + &undefined
}

fn scores(models: usize) -> &'static str {
    if models == 1 { "scores" } else { "score" }
}

fn count_text(models: usize) -> String {
    if models == 0 { "none".to_owned() } else { models.to_string() }
}

fn test_text(context: &FigureContext<'_>, own: Option<f64>) -> Option<String> {
    let table = context.inputs.comparisons.filter(|table| table.reference == context.model)?;
    let over_all = table.rows.iter().filter(|row| row.split == context.split && row.cell_type.is_none());
    let tested: Vec<(&ComparisonRow, MeanDifference, f64)> =
        over_all.filter_map(|row| Some((row, row.pearson?, row.pearson?.p_holm?))).collect();
    let (row, difference, p) =
        tested.iter().min_by(|a, b| a.1.value.total_cmp(&b.1.value)).filter(|_| own.is_some())?;
    let verdict = if *p < SIGNIFICANCE { "is" } else { "is not" };
    let distance = if difference.value < 0.0 { "lag behind" } else { "lead over" };
    let size = Estimate { value: Some(difference.value), interval: difference.interval, chromosome_interval: None };
    let worse = tested.iter().filter(|(_, difference, p)| *p < SIGNIFICANCE && difference.value > 0.0).count();
    let better = tested.iter().filter(|(_, difference, p)| *p < SIGNIFICANCE && difference.value < 0.0).count();
    Some(format!(
        "Its {distance} {} (Δr{NO_BREAK}={NO_BREAK}{}) {verdict} significant (p{NO_BREAK}{equals}{}, paired bootstrap, adjusted after Holm). Of {}, {} \
         {} significantly lower and {} significantly higher.",
        row.model,
        estimate_text(&size),
        p_value_text(*p),
        counted(tested.len(), "model") + " tested",
        count_text(worse),
        scores(worse),
        count_text(better),
        equals = if p_value_text(*p).starts_with('<') { String::new() } else { format!("={NO_BREAK}") },
    ))
}

fn noise_ceiling_text(context: &FigureContext<'_>) -> Option<String> {
    let rows = context.inputs.ceiling?.rows.iter().filter(|row| row.split == context.split);
    let values: Vec<f64> = rows.filter_map(|row| row.pearson.value).collect();
    let average = mean(&values)?;
    let cells = counted(values.len(), "cell type");
    Some(format!(
        "Replicates of the measurements agree at r{NO_BREAK}={NO_BREAK}{} ({cells}), which no model can be expected to pass by much.",
        number(average, 2)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::FigureInputs;
    use crate::figures::tests::row;
    use tatabox_dataset::PredictionTable;
    use tatabox_eval::{EvaluateOptions, evaluate};

    /// Per gene: measured values 0 to 7, and as predictions a noisy copy, the negative and a constant.
    fn table() -> PredictionTable {
        let rows = (0..8).flat_map(|gene| {
            let (name, level) = (format!("G{gene}"), f64::from(gene));
            let noisy = level + f64::from(gene % 3);
            [("cnn", noisy), ("reverse", -level), ("mean", 3.0)]
                .map(|(model, predicted)| row(&name, "K562", model, level, predicted))
        });
        PredictionTable { rows: rows.collect() }
    }

    fn summary_of(model: &str) -> String {
        let table = table();
        let metrics =
            evaluate(&table, &EvaluateOptions { resamples: 50, ..EvaluateOptions::default() }).expect("scores");
        let inputs = FigureInputs { model: Some(model.to_owned()), ..FigureInputs::new(&table, &metrics) };
        summary(&FigureContext::new(&inputs).expect("rows"))
    }

    #[test]
    fn summary_reports_whether_another_model_scores_higher() {
        let text = summary_of("cnn");
        assert!(
            text.contains("K562, 8 test genes") && text.contains("The other model, reverse, scores no higher"),
            "{text}"
        );
        assert!(text.ends_with("One other model has no defined correlation."), "{text}");
        let text = summary_of("reverse");
        assert!(text.contains("1 of 1 other models scores higher: cnn at r\u{a0}=\u{a0}0.9"), "{text}");
        let text = summary_of("mean");
        assert!(
            text.contains("of mean with measured expression is not defined")
                && text.contains("2 of 2 other models score"),
            "{text}"
        );
    }
}
