//! Metrics by name: `accuracy`, `top_5_accuracy`, `fbeta_macro(beta=2)`.

use std::fmt;

use super::alias;
use super::class::ClassMetric;
use super::measure::Measure;
use super::registry::{Compute, Metric, Needs};
use super::summary::Summary;
use super::table::ALL;
use crate::class::nearest;
use crate::error::{Error, Result};
use crate::tally::{Question, Spec, Task};

/// The K of the top-K accuracies that are shown unasked.
const USUAL_K: [usize; 3] = [1, 3, 5];

/// A metric together with its parameter. Displays as its one full name.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    metric: &'static Metric,
    parameter: Parameter,
}

/// What a metric of a family takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parameter {
    /// Nothing.
    None,
    /// How many classes may be tried, at least 1.
    K(usize),
    /// How much more recall matters than precision, finite and at least 0.
    Beta(f64),
    /// A bound on a rate, between 0 and 1.
    Share(f64),
}

impl Request {
    /// The metric called `name` by its name or an alias, with the text between
    /// its parentheses, if there are any: `2` or `beta=2`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there is no such metric, naming the nearest, or if
    /// the parameter is missing, superfluous or impossible.
    pub fn new(name: &str, argument: Option<&str>) -> Result<Self> {
        let (metric, k) = find(name)?;
        let parameter = match (metric.compute, k, argument) {
            (Compute::Plain(_), _, None) => Parameter::None,
            (Compute::OfK(_), Some(k), None) => Parameter::K(k),
            (Compute::OfBeta(_), _, Some(text)) => Parameter::Beta(parse_beta(name, text)?),
            (Compute::OfBeta(_), _, None) => {
                return Err(Error::Usage(format!("{name} needs a beta: write {name}(beta=2)")));
            }
            (Compute::OfShare(..), _, Some(text)) => Parameter::Share(parse_share(name, text)?),
            (Compute::OfShare(..), _, None) => {
                return Err(Error::Usage(format!("{name} needs a bound: write {name}(0.1)")));
            }
            (Compute::OfK(_), None, _) => {
                return Err(Error::Usage(format!("{name} needs a K: write top_5_accuracy")));
            }
            (_, _, Some(text)) => {
                return Err(Error::Usage(format!("{name} takes no parameter, found '({text})'")));
            }
        };
        Ok(Self { metric, parameter })
    }

    /// Reads a full name such as `fbeta_macro(beta=2)`.
    ///
    /// # Errors
    ///
    /// As [`Request::new`].
    pub fn parse(text: &str) -> Result<Self> {
        match text.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?))) {
            Some((name, argument)) => Self::new(name.trim_end(), Some(argument)),
            None => Self::new(text, None),
        }
    }

    /// Whether `name` is a metric of all rows, whatever parameter it takes.
    pub fn is_known(name: &str) -> bool {
        find(name).is_ok()
    }

    /// The metric.
    pub fn metric(&self) -> &'static Metric {
        self.metric
    }

    /// Its parameter.
    pub fn parameter(&self) -> Parameter {
        self.parameter
    }

    /// Whether rows counted as `spec` says can have this metric.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], saying what is needed, if they cannot.
    pub fn check(&self, spec: &Spec) -> Result<()> {
        match self.metric.needs.missing(spec) {
            Some(missing) => Err(Error::Usage(format!("{self} {missing}"))),
            None => Ok(()),
        }
    }

    /// Its value. [`check`](Self::check) comes first.
    pub(crate) fn measure(&self, summary: &Summary<'_>) -> Measure {
        match (self.metric.compute, self.parameter) {
            (Compute::Plain(compute), _) => compute(summary),
            (Compute::OfK(compute), Parameter::K(k)) => compute(summary, k),
            (Compute::OfBeta(compute), Parameter::Beta(beta)) => compute(summary, beta),
            (Compute::OfShare(ask, compute), Parameter::Share(share)) => {
                compute(summary, ask(share))
            }
            _ => unreachable!("a request is made with the parameter that its metric takes"),
        }
    }

    /// What it asks of the order of rows.
    pub fn question(&self) -> Option<Question> {
        match (self.metric.compute, self.parameter) {
            (Compute::OfShare(ask, _), Parameter::Share(share)) => Some(ask(share)),
            _ => None,
        }
    }

    /// Every request that `metric` stands for, given the parameters in `spec`.
    fn family(metric: &'static Metric, spec: &Spec, classes: usize) -> Vec<Self> {
        let of = |parameter| Self { metric, parameter };
        match metric.compute {
            Compute::Plain(_) => vec![of(Parameter::None)],
            Compute::OfBeta(_) => {
                spec.betas.iter().map(|beta| of(Parameter::Beta(*beta))).collect()
            }
            Compute::OfShare(ask, _) => {
                let share = |asked: &Question| asked.share().filter(|&it| ask(it) == *asked);
                let shares = spec.order.questions.iter().filter_map(share);
                shares.map(|share| of(Parameter::Share(share))).collect()
            }
            Compute::OfK(_) if spec.top_k.is_empty() => {
                let fitting = USUAL_K.into_iter().filter(|k| *k < classes);
                fitting.map(|k| of(Parameter::K(k))).collect()
            }
            Compute::OfK(_) => spec.top_k.iter().map(|k| of(Parameter::K(*k))).collect(),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parameter {
            Parameter::None => f.write_str(self.metric.name),
            Parameter::K(k) => f.write_str(&self.metric.name.replace('K', &k.to_string())),
            Parameter::Share(share) => write!(f, "{}({share})", self.metric.name),
            Parameter::Beta(beta) => write!(f, "{}(beta={beta})", self.metric.name),
        }
    }
}

/// Whether every name given to `--metrics` is a metric, or a family of them.
///
/// # Errors
///
/// [`Error::Usage`] as in [`Request::new`].
pub fn check_names(names: &[String]) -> Result<()> {
    names.iter().try_for_each(|name| named(name, &Spec::default(), 0).map(drop))
}

/// A name given to `--metrics` as a report spells it, where it is an alias.
///
/// # Errors
///
/// [`Error::Usage`] as in [`Request::new`].
pub fn canonical(name: &str) -> Result<String> {
    let own = name.split('(').next().unwrap_or_default();
    match ALL.iter().any(|metric| metric.name == own) {
        true => Ok(name.to_owned()),
        // The alias of a family without its parameter is that family.
        false => match find(own) {
            Ok((metric, None)) if own == name => Ok(metric.name.to_owned()),
            _ => Request::parse(name).map(|request| request.to_string()),
        },
    }
}

/// The metric that a name given to `--metrics` stands for, with what it asks of
/// the order of rows.
///
/// # Errors
///
/// [`Error::Usage`] as in [`Request::new`].
pub fn asked(name: &str) -> Result<(&'static Metric, Option<Question>)> {
    match ALL.iter().find(|metric| metric.name == name) {
        Some(metric) => Ok((metric, None)),
        None => Request::parse(name).map(|request| (request.metric, request.question())),
    }
}

/// Whether rows counted as `spec` says can have every metric that it asks for,
/// and its parameters make sense. To be called before any rows are read.
///
/// # Errors
///
/// [`Error::Usage`] if not.
pub fn check_spec(spec: &Spec) -> Result<()> {
    if spec.top_k.contains(&0) {
        return Err(Error::Usage("--top-k counts classes from 1, found 0".into()));
    }
    if let Some(beta) = spec.betas.iter().find(|beta| !is_beta(**beta)) {
        return Err(Error::Usage(format!("--beta takes a number from 0 to 1e9, found {beta}")));
    }
    if !(spec.interval > 0.0 && spec.interval < 1.0) {
        let found = spec.interval;
        return Err(Error::Usage(format!(
            "--interval takes a level between 0 and 1, found {found}"
        )));
    }
    if let Some(replicates) = spec.replicates.filter(|it| *it > MOST_REPLICATES) {
        return Err(Error::Usage(format!(
            "--replicates takes at most {MOST_REPLICATES}, found {replicates}"
        )));
    }
    for name in &spec.metrics {
        let requests = named(name, spec, usize::MAX)?;
        if requests.is_empty() {
            let example = match Request::new(name, None) {
                Err(problem) => problem,
                Ok(_) => Error::Usage(format!("{name} needs a parameter")),
            };
            return Err(example);
        }
        requests.iter().try_for_each(|request| request.check(spec))?;
    }
    Ok(())
}

/// What a report of rows counted as `spec` says shows, in registry order.
///
/// `is_ordered` says whether the classes have an order that means something.
pub(super) fn shown(spec: &Spec, classes: usize, is_ordered: bool) -> Result<Vec<Request>> {
    check_spec(spec)?;
    if spec.metrics.is_empty() {
        let unasked = |metric: &&Metric| {
            !metric.on_request
                || matches!(metric.compute, Compute::OfBeta(_) | Compute::OfShare(..))
                || is_asked(metric, spec)
                || matches!(metric.needs, Needs::Asked(_))
        };
        let ordered = |metric: &&Metric| is_ordered || !is_of_ordered_classes(metric);
        let metrics = ALL.iter().filter(unasked).filter(ordered);
        let possible = metrics.filter(|metric| metric.needs.missing(spec).is_none());
        return Ok(possible.flat_map(|metric| Request::family(metric, spec, classes)).collect());
    }
    let mut asked = Vec::new();
    for name in &spec.metrics {
        asked.extend(named(name, spec, classes)?);
    }
    let place =
        |request: &Request| ALL.iter().position(|metric| metric.name == request.metric.name);
    asked.sort_by_key(place);
    let mut seen = Vec::new();
    asked.retain(|request| {
        let name = request.to_string();
        let new = !seen.contains(&name);
        seen.push(name);
        new
    });
    Ok(asked)
}

/// Whether a metric counts how far classes are apart in their order.
fn is_of_ordered_classes(metric: &Metric) -> bool {
    matches!(metric.name, "cohen_kappa_linear" | "cohen_kappa_quadratic")
}

/// Whether a metric was asked for by what it needs of the order.
fn is_asked(metric: &Metric, spec: &Spec) -> bool {
    match metric.name {
        "aurc" => spec.order.confidence && spec.task != Task::Predictions,
        "expected_calibration_error_equal_mass" => spec.order.mass_bins > 0,
        name => spec.order.micro && name.ends_with("_micro") && metric.needs.is_order(),
    }
}

/// The requests that `name` stands for: one, or a family if it has no parameter.
fn named(name: &str, spec: &Spec, classes: usize) -> Result<Vec<Request>> {
    match ALL.iter().find(|metric| metric.name == name) {
        Some(metric) => Ok(Request::family(metric, spec, classes)),
        None => Ok(vec![Request::parse(name)?]),
    }
}

/// The metric of that name or alias; of a top-K accuracy, with its K.
fn find(name: &str) -> Result<(&'static Metric, Option<usize>)> {
    let called = |metric: &&Metric| metric.name == name || metric.aliases.contains(&name);
    if let Some(metric) = ALL.iter().find(called) {
        return Ok((metric, None));
    }
    for metric in ALL.iter().filter(|metric| matches!(metric.compute, Compute::OfK(_))) {
        let Some((before, after)) = metric.name.split_once('K') else { continue };
        let k = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        match k.map(|k| (k, k.parse())) {
            Some((k, Ok(value))) if value > 0 && !k.starts_with(['0', '+']) => {
                return Ok((metric, Some(value)));
            }
            Some((k, _)) => {
                return Err(Error::Usage(format!(
                    "{name}: K is a number of classes from 1 up, found '{k}'"
                )));
            }
            None => {}
        }
    }
    match alias::respelled(name) {
        Some(spelled) if known(&spelled) => find(&spelled),
        _ => Err(unknown(name)),
    }
}

/// Whether a metric has that name, or is a top-K accuracy.
fn known(name: &str) -> bool {
    let called = |metric: &Metric| metric.name == name || metric.aliases.contains(&name);
    ALL.iter().any(called) || name.starts_with("top_")
}

fn unknown(name: &str) -> Error {
    if let Some(answer) = alias::answer(name) {
        return Error::Usage(format!("there is no metric '{name}'; {answer}"));
    }
    let of_a_class = ClassMetric::find(name)
        .or_else(|| alias::respelled(name).as_deref().and_then(ClassMetric::find));
    if let Some(ClassMetric { name: ours, .. }) = of_a_class {
        let here = if *ours == name { String::new() } else { format!(" ({ours} here)") };
        let averages = ["macro", "micro", "weighted"].map(|average| format!("{ours}_{average}"));
        let known = |average: &String| ALL.iter().any(|metric| metric.name == *average);
        let known: Vec<String> = averages.into_iter().filter(known).collect();
        let or =
            if known.is_empty() { String::new() } else { format!(", or {}", known.join(", ")) };
        return Error::Usage(format!(
            "{name} is a value of each class{here}: write {ours}[CLASS]{or}"
        ));
    }
    let names = ALL
        .iter()
        .flat_map(|metric| [metric.name].into_iter().chain(metric.aliases.iter().copied()));
    let hint = nearest(name, names).map_or_else(
        || "--list-metrics lists them".to_owned(),
        |near| format!("did you mean '{near}'?"),
    );
    Error::Usage(format!("there is no metric '{name}'; {hint}"))
}

fn parse_beta(name: &str, text: &str) -> Result<f64> {
    let number = match text.split_once('=') {
        Some((key, number)) if key.trim() == "beta" => number,
        Some((key, _)) => {
            let key = key.trim();
            return Err(Error::Usage(format!(
                "{name} takes beta, found '{key}'; write {name}(beta=2)"
            )));
        }
        None => text,
    };
    number.trim().parse().ok().filter(|beta| is_beta(*beta)).ok_or_else(|| {
        Error::Usage(format!("{name}: beta is a number from 0 up, found '{}'", number.trim()))
    })
}

fn parse_share(name: &str, text: &str) -> Result<f64> {
    let share = text.trim().parse().ok().filter(|share: &f64| (0.0..=1.0).contains(share));
    let share = share.filter(|share| *share > 0.0 || name != "partial_roc_auc");
    share.ok_or_else(|| {
        let from = if name == "partial_roc_auc" { "above 0" } else { "from 0" };
        Error::Usage(format!("{name} takes a rate {from} up to 1, found '{}'", text.trim()))
    })
}

/// Beyond this, intervals change by less than is shown, and memory goes up.
const MOST_REPLICATES: u32 = 1_000_000;

/// Beyond this only recall counts, and squares would leave the range of a double.
const MOST_BETA: f64 = 1e9;

fn is_beta(beta: f64) -> bool {
    beta.is_sign_positive() && beta <= MOST_BETA
}
