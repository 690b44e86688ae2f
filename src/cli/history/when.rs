//! Dates and ages as they are typed.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, SpanRelativeTo, Zoned};

use super::args::Which;
use crate::error::{Error, Result};
use crate::history::Filter;

impl Which {
    /// The filter, with its dates read.
    pub(super) fn filter(&self) -> Result<Filter> {
        let night = |option, text: &Option<String>| {
            text.as_deref().map(|text| night(option, text)).transpose()
        };
        Ok(Filter {
            job: self.job.clone(),
            dataset: self.dataset.clone(),
            model: self.model.clone(),
            split: self.split.clone(),
            since: night("--since", &self.since)?,
            until: night("--until", &self.until)?,
        })
    }
}

/// A date, or the one that was so long ago.
pub(super) fn night(option: &str, text: &str) -> Result<Date> {
    if let Ok(date) = text.parse() {
        return Ok(date);
    }
    let ago = text.parse::<Span>().ok().filter(|span| span.is_positive());
    let date = ago.and_then(|span| Zoned::now().date().checked_sub(span).ok());
    date.ok_or_else(|| {
        Error::Usage(format!(
            "{option} takes a date such as 2026-11-21 or an age such as 30d, found '{text}'"
        ))
    })
}

/// A length of time; a day has 24 hours.
pub(super) fn age(option: &str, text: &str) -> Result<SignedDuration> {
    let span = text.parse::<Span>().ok().filter(|span| span.is_positive());
    let days = SpanRelativeTo::days_are_24_hours();
    span.and_then(|span| span.to_duration(days).ok()).ok_or_else(|| {
        Error::Usage(format!("{option} takes an age such as 26h or 2d, found '{text}'"))
    })
}

/// An age as people say it: "26 h", "3 days".
pub(super) fn spoken(age: SignedDuration) -> String {
    let minutes = age.as_mins();
    match minutes {
        ..0 => format!("{} min ahead of this clock", -minutes),
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{:.1} h", minutes as f64 / 60.0),
        _ => format!("{:.1} days", minutes as f64 / 1440.0),
    }
}
