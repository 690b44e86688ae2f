//! The quantities that can be judged and followed over time: a metric, a value of a class, or
//! a figure of the job itself.

use std::fmt;

use super::format::braces;
use super::job_measure::JobMeasure;
use crate::class::nearest;
use crate::error::{Error, Result};
use crate::metric::{Better, ClassMetric, Needs, PER_CLASS, Request};
use crate::tally::Spec;

/// What a run has a value of. Displays as its one full name.
#[derive(Clone, Debug)]
pub enum Quantity {
    /// A metric of all rows: `accuracy`, `fbeta_macro(beta=2)`.
    Metric(Request),
    /// A value of the class with that name: `recall[cat]`.
    Class(&'static ClassMetric, String),
    /// A figure of the job: `seconds`.
    Job(&'static JobMeasure),
    /// One of the first two, of the rows with one value of a slice column:
    /// `accuracy{country=DE}`.
    Slice(Box<Quantity>, String, String),
}

impl Quantity {
    /// Reads a full name.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there is nothing of that name, with the nearest one.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some((of, slice)) = text.strip_suffix('}').and_then(|it| it.split_once('{')) {
            return of_slice(Self::parse(of)?, slice);
        }
        if let Some((name, rest)) = text.split_once('[')
            && let Some(class) = rest.strip_suffix(']')
        {
            return named_class(name.trim(), class.trim());
        }
        match text.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?))) {
            Some((name, argument)) => Self::of_rows(name.trim_end(), Some(argument)),
            None => Self::of_rows(text, None),
        }
    }

    /// The metric or figure called `name`, with the text between its parentheses.
    pub(crate) fn of_rows(name: &str, argument: Option<&str>) -> Result<Self> {
        match (JobMeasure::find(name), argument) {
            (Some(figure), None) => return Ok(Self::Job(figure)),
            (Some(figure), Some(text)) => {
                let problem = format!("{} takes no parameter, found '({text})'", figure.name);
                return Err(Error::Usage(problem));
            }
            (None, _) => {}
        }
        Request::new(name, argument).map(Self::Metric).map_err(|error| {
            let figures = JobMeasure::ALL.iter().map(|figure| figure.name);
            // Metrics have their own hint; a slip in a figure's name is nearer to it.
            match nearest(name, figures).filter(|near| strsim::levenshtein(name, near) <= 2) {
                Some(near) if !Request::is_known(name) => {
                    Error::Usage(format!("there is no metric '{name}'; did you mean '{near}'?"))
                }
                _ => error,
            }
        })
    }

    /// Which way it gets better.
    pub fn better(&self) -> Better {
        match self {
            Self::Metric(request) => request.better(),
            Self::Class(metric, _) => metric.better(),
            Self::Job(figure) => figure.better,
            Self::Slice(of, ..) => of.better(),
        }
    }

    /// What it is computed from; `None` for a figure of the job.
    pub fn needs(&self) -> Option<Needs> {
        match self {
            Self::Metric(request) => Some(request.metric().needs),
            Self::Class(metric, _) => Some(metric.needs()),
            Self::Job(_) => None,
            Self::Slice(of, ..) => of.needs(),
        }
    }

    /// Whether rows counted as `spec` says can have it.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], saying what is needed, if they cannot.
    pub fn check(&self, spec: &Spec) -> Result<()> {
        match self {
            Self::Metric(request) => request.check(spec),
            Self::Class(metric, _) => metric.check(spec),
            Self::Job(_) => Ok(()),
            Self::Slice(of, ..) => of.check(spec),
        }
    }
}

/// A quantity of the rows that `slice` selects, as in `country=DE`.
fn of_slice(of: Quantity, slice: &str) -> Result<Quantity> {
    if let Quantity::Job(figure) = of {
        let problem = format!("{} is a figure of the whole job; leave out the braces", figure.name);
        return Err(Error::Usage(problem));
    }
    let expected = || {
        let problem = format!("expected one slice, as in {{country=DE}}, found '{{{slice}}}'");
        Error::Usage(problem)
    };
    let (column, rest) = name_of(slice).ok_or_else(expected)?;
    let value = rest.strip_prefix('=').ok_or_else(expected)?;
    match name_of(value).ok_or_else(expected)? {
        (value, "") if !column.is_empty() => Ok(Quantity::Slice(Box::new(of), column, value)),
        _ => Err(expected()),
    }
}

/// A name, quoted or up to `=` or `,`, and what comes after it.
fn name_of(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['=', ',']).unwrap_or(text.len());
        return Some((text[..end].trim().to_owned(), &text[end..]));
    };
    let (mut name, mut letters) = (String::new(), quoted.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((name, quoted[at + 1..].trim_start())),
            '\\' => name.push(letters.next()?.1),
            letter => name.push(letter),
        }
    }
    None
}

fn named_class(name: &str, class: &str) -> Result<Quantity> {
    let inner = class.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let class = inner.map_or_else(|| class.to_owned(), |it| it.replace(r#"\""#, "\""));
    match ClassMetric::find(name) {
        Some(metric) => Ok(Quantity::Class(metric, class)),
        None => {
            let names = PER_CLASS.iter().map(|metric| metric.name);
            let hint = nearest(name, names.clone()).map_or_else(
                || format!("there are {}", names.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean '{near}'?"),
            );
            Err(Error::Usage(format!("there is no value '{name}' of a class; {hint}")))
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(request) => request.fmt(f),
            Self::Class(metric, class) => write!(f, "{}[{class}]", metric.name),
            Self::Job(figure) => f.write_str(figure.name),
            Self::Slice(of, column, value) => {
                write!(f, "{of}{}", braces(&[(column.clone(), value.clone())]))
            }
        }
    }
}
