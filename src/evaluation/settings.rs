//! What is asked of an evaluation, by the names of the options of `eval`.

use serde::Deserialize;

use super::order;
use crate::engine::{OnInvalid, Options, ScoresGiven};
use crate::error::{Error, Result};
use crate::input::{CsvOptions, LabelsAre};
use crate::metric::{self, Needs};
use crate::rule::Rule;
use crate::tally::{
    Auc, AverageOver, BinEdges, ClassOptions, IntervalMethod, Matching, Outside, ScoreType, Spec,
    Ties, ZeroDivision, aggregate,
};

/// How rows are counted and shown; what is left out is as usual.
///
/// The names are those of the options of `tallyho eval`, where their meaning
/// and what is usual is told.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What the scores are: "logits", "probabilities", "percent" (each is divided by
    /// 100) or "unnormalized" (each row is divided by its sum); left out, the first
    /// 1,024 rows of every file tell
    pub scores_are: Option<ScoresGiven>,
    /// Type of the scores in text files, f64 if left out; "bf16" also of arrays of
    /// uint16 or V2
    pub score_type: Option<ScoreType>,
    /// What labels and predictions of several dimensions are: "rows", where every
    /// element is a row, or "one-hot"
    pub labels_are: Option<LabelsAre>,
    /// How CSV files are read, such as "delimiter=;,decimal=comma,header=no"
    #[cfg_attr(feature = "job", schemars(with = "Option<String>"))]
    pub csv: Option<CsvOptions>,
    /// Labels whose rows are left out
    pub ignore_label: Option<Vec<String>>,
    /// What to do with a row that cannot be scored: "error" or "skip"
    pub on_invalid: Option<OnInvalid>,
    /// Take a warning for an error
    pub strict: Option<bool>,
    /// Whether spellings of one class, such as 1 and 1.0 or Cat and cat, are one class:
    /// "exact" or "loose"; left out, they are counted apart with a warning
    pub match_classes: Option<Matching>,
    /// What becomes of a prediction that is missing or none of the classes, which are
    /// those of the labels if none are named: "error", "wrong" or "skip"; left out,
    /// "error", but a name that no label has is a class of its own if none are named
    pub outside: Option<Outside>,
    /// Classes that averages are over; with "!", all classes but these
    pub average_over: Option<Vec<String>>,
    /// Positive class of binary scores; the later of the two if left out
    pub positive: Option<String>,
    /// Least score of a positive prediction
    pub threshold: Option<f64>,
    /// Only these metrics
    pub metrics: Option<Vec<String>>,
    /// Number of calibration bins
    pub bins: Option<usize>,
    /// Which edge of a calibration bin belongs to it
    pub bin_edges: Option<BinEdges>,
    /// Which class of equal scores is ahead, for ranks
    pub ties: Option<Ties>,
    /// Whether classes that are no numbers have an order, which weighted kappas need
    pub ordinal: Option<bool>,
    /// What a quotient with denominator 0 is
    pub zero_division: Option<ZeroDivision>,
    /// K of top-K accuracy
    pub top_k: Option<Vec<usize>>,
    /// Also report F-beta for these betas
    pub beta: Option<Vec<f64>>,
    /// Level of confidence intervals, between 0 and 1
    pub interval: Option<f64>,
    /// Interval of a proportion
    pub interval_method: Option<IntervalMethod>,
    /// Resamples for intervals of other counts; 0 for none
    pub replicates: Option<u32>,
    /// Seed of the resamples
    pub seed: Option<u64>,
    /// How rows are put in order by score
    pub auc: Option<Auc>,
    /// Also report the area under the ROC curve up to these rates
    pub max_fpr: Option<Vec<f64>>,
    /// Find thresholds that keep a rate, such as "recall >= 0.95"
    pub threshold_for: Option<Vec<String>>,
    /// Find thresholds of least cost, such as "fp=1,fn=10"
    pub cost: Option<Vec<String>>,
}

/// What else there is to an evaluation, as far as its settings depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The rules that it is judged by.
    pub rules: &'a [Rule],
    /// Whether its rows have scores.
    pub has_scores: bool,
    /// Whether curves are wanted.
    pub curves: bool,
    /// Whether it is recorded in a history.
    pub recorded: bool,
}

impl Settings {
    /// These settings, and where one is left out, that of `usual`.
    #[must_use]
    pub fn or(self, usual: &Self) -> Self {
        let usual = usual.clone();
        Self {
            scores_are: self.scores_are.or(usual.scores_are),
            score_type: self.score_type.or(usual.score_type),
            labels_are: self.labels_are.or(usual.labels_are),
            csv: self.csv.or(usual.csv),
            ignore_label: self.ignore_label.or(usual.ignore_label),
            on_invalid: self.on_invalid.or(usual.on_invalid),
            strict: self.strict.or(usual.strict),
            match_classes: self.match_classes.or(usual.match_classes),
            outside: self.outside.or(usual.outside),
            average_over: self.average_over.or(usual.average_over),
            positive: self.positive.or(usual.positive),
            threshold: self.threshold.or(usual.threshold),
            metrics: self.metrics.or(usual.metrics),
            bins: self.bins.or(usual.bins),
            bin_edges: self.bin_edges.or(usual.bin_edges),
            ties: self.ties.or(usual.ties),
            ordinal: self.ordinal.or(usual.ordinal),
            zero_division: self.zero_division.or(usual.zero_division),
            top_k: self.top_k.or(usual.top_k),
            beta: self.beta.or(usual.beta),
            interval: self.interval.or(usual.interval),
            interval_method: self.interval_method.or(usual.interval_method),
            replicates: self.replicates.or(usual.replicates),
            seed: self.seed.or(usual.seed),
            auc: self.auc.or(usual.auc),
            max_fpr: self.max_fpr.or(usual.max_fpr),
            threshold_for: self.threshold_for.or(usual.threshold_for),
            cost: self.cost.or(usual.cost),
        }
    }

    /// These settings without those that mean nothing for rows with predictions
    /// only.
    #[must_use]
    pub fn without_scores(self) -> Self {
        Self {
            labels_are: self.labels_are,
            csv: self.csv,
            ignore_label: self.ignore_label,
            on_invalid: self.on_invalid,
            strict: self.strict,
            match_classes: self.match_classes,
            outside: self.outside,
            average_over: self.average_over,
            metrics: self.metrics,
            ordinal: self.ordinal,
            zero_division: self.zero_division,
            beta: self.beta,
            interval: self.interval,
            interval_method: self.interval_method,
            replicates: self.replicates,
            seed: self.seed,
            ..Self::default()
        }
    }

    /// These settings without the one that means nothing for rows with scores.
    #[must_use]
    pub fn without_predictions(self) -> Self {
        Self { outside: None, ..self }
    }

    /// The options of the engine. Threads, classes and whatever depends on the
    /// machine are the caller's to add.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if a setting makes no sense, or needs scores where there
    /// are none.
    pub fn options(&self, setting: Setting<'_>) -> Result<Options> {
        if let Some(threshold) = self.threshold.filter(|threshold| !threshold.is_finite()) {
            let problem = format!("--threshold must be a finite number, found {threshold}");
            return Err(Error::Usage(problem));
        }
        self.refuse_without_scores(setting)?;
        let metrics = self.metric_names()?;
        metric::check_names(&metrics)?;
        self.refuse_without_metrics(&metrics, setting)?;
        let asked = order::asked(self, &metrics, setting)?;
        let usual = Spec::default();
        let asks_for = |needs| asks_for(&metrics, setting.rules, needs);
        let spec = Spec {
            scores_are: self.scores_are.map(ScoresGiven::counted_as),
            threshold: self.threshold,
            ties: self.ties.unwrap_or(usual.ties),
            bins: self.bins.unwrap_or(usual.bins),
            bin_edges: self.bin_edges.unwrap_or(usual.bin_edges),
            asked: aggregate::ALL
                .iter()
                .map(|aggregate| aggregate.name)
                .filter(|name| asks_for(Needs::Asked(name)))
                .collect(),
            zero_division: self.zero_division.unwrap_or(usual.zero_division),
            top_k: self.top_k.clone().unwrap_or_default(),
            betas: self.beta.clone().unwrap_or_default(),
            order: asked.wish,
            counted: asked.counted,
            interval: self.interval.unwrap_or(usual.interval),
            interval_method: self.interval_method.unwrap_or(usual.interval_method),
            replicates: self.replicates,
            seed: self.seed.unwrap_or_default(),
            class_options: ClassOptions {
                matching: self.match_classes,
                outside_is_wrong: self.outside == Some(Outside::Wrong),
                average_over: AverageOver::parse(self.average_over.as_deref().unwrap_or_default())?,
            },
            ordinal: self.ordinal.unwrap_or_default(),
            metrics,
            ..usual
        };
        Ok(Options {
            spec,
            auc: asked.auc,
            rescale: self.scores_are.and_then(ScoresGiven::rescale),
            two_columns: asked.two_columns,
            of_one_class: self.of_one_class(),
            positive: self.positive.clone(),
            ignore: self.ignore_label.clone().unwrap_or_default(),
            on_invalid: self.on_invalid.unwrap_or_default(),
            outside: self.outside,
            ..Options::default()
        })
    }

    /// The metrics asked for, by the names that reports have. A comma at the end is no name, but no name at all
    /// is a slip.
    fn metric_names(&self) -> Result<Vec<String>> {
        let mut names = self.metrics.clone().unwrap_or_default();
        if names.len() > 1 {
            names.retain(|name| !name.trim().is_empty());
        }
        names.into_iter().map(|name| metric::canonical(name.trim())).collect()
    }

    /// Those given that are about the order of one positive class.
    fn of_one_class(&self) -> Vec<&'static str> {
        let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let given = [
            (self.max_fpr.as_ref().is_some_and(|rates| !rates.is_empty()), "--max-fpr"),
            (some(&self.threshold_for), "--threshold-for"),
            (some(&self.cost), "--cost"),
        ];
        given.into_iter().filter(|(given, _)| *given).map(|(_, option)| option).collect()
    }
}

/// Whether something is asked for by the name of a metric or by a rule: what costs more
/// than the usual is counted only then.
fn asks_for(metrics: &[String], rules: &[Rule], needs: Needs) -> bool {
    let named = |metric: &metric::Metric| metrics.iter().any(|name| name == metric.name);
    metric::ALL.iter().any(|metric| metric.needs == needs && named(metric))
        || rules.iter().any(|rule| rule.needs().contains(&needs))
}
