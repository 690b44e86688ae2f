//! The grammar of a rule: from text to its form. No name is looked up yet.

use std::str::FromStr;

use super::ast::{Distribution, Form, Statistic};
use super::bound::{Bound, Level, Op, Reference};
use super::reader::Reader;
use super::subject::Written;
use crate::error::{Error, Result};

/// Nights from which a deviation can be told.
pub(crate) const LEAST_NIGHTS: usize = 5;

/// Takes a rule apart.
///
/// # Errors
///
/// [`Error::Usage`] with the column, counted in
/// characters from 1.
pub(crate) fn form(text: &str) -> Result<Form<Written>> {
    let mut reader = Reader::new("rule", text);
    let form = any(&mut reader)?;
    reader.end()?;
    Ok(form)
}

/// Reads what a rule can be compared with.
pub(crate) fn reference(text: &str) -> Result<Reference> {
    let mut reader = Reader::new("baseline", text);
    let reference = a_reference(&mut reader)?;
    reader.end()?;
    Ok(reference)
}

fn any(reader: &mut Reader<'_>) -> Result<Form<Written>> {
    if reader.skip_call("worse") {
        return worse(reader);
    }
    if reader.skip_call("drifted") {
        let (distribution, reference) = distribution_and_reference(reader)?;
        return Ok(Form::Drifted {
            distribution,
            reference,
            level: level(reader)?.unwrap_or(Level::USUAL),
        });
    }
    for (name, statistic) in Statistic::ALL {
        if reader.skip_call(name) {
            return distance(reader, statistic);
        }
    }
    let subject = subject(reader)?;
    match reader.skip_word("within") {
        true => within(reader, subject),
        false => compare(reader, subject),
    }
}

fn subject(reader: &mut Reader<'_>) -> Result<Written> {
    let metric = reader.name("the name of a metric")?;
    let argument = match reader.skip("(") {
        true => Some(reader.argument()?),
        false => None,
    };
    let class = match reader.skip("[") {
        true => Some(reader.class()?),
        false => None,
    };
    let slices = match reader.skip("{") {
        true => reader.slices()?,
        false => Vec::new(),
    };
    Ok(Written { metric, argument, class, slices })
}

fn compare(reader: &mut Reader<'_>, left: Written) -> Result<Form<Written>> {
    let less = match reader.skip("-") {
        true => Some(subject(reader)?),
        false => None,
    };
    let op = op(reader, less.is_none())?;
    let bound = bound(reader)?;
    Ok(Form::Compare { subject: left, less, op, bound, proof: level(reader)? })
}

fn within(reader: &mut Reader<'_>, subject: Written) -> Result<Form<Written>> {
    let sigmas = reader.number_that(|it| it > 0.0, "a number above 0")?;
    reader.expect_word("sigma")?;
    reader.expect_word("of")?;
    reader.expect_word("last")?;
    let last = reader.count("a number of nights", LEAST_NIGHTS)?;
    Ok(Form::Within { subject, sigmas, last })
}

/// Behind `worse(`.
fn worse(reader: &mut Reader<'_>) -> Result<Form<Written>> {
    let subject = subject(reader)?;
    reader.expect(",")?;
    let reference = a_reference(reader)?;
    let by = match reader.skip(",") {
        true => {
            reader.expect_word("by")?;
            reader.number_that(|it| it >= 0.0, "a number from 0 up")?
        }
        false => 0.0,
    };
    reader.expect(")")?;
    Ok(Form::Worse { subject, reference, by, level: level(reader)?.unwrap_or(Level::USUAL) })
}

/// Behind `psi(`.
fn distance(reader: &mut Reader<'_>, statistic: Statistic) -> Result<Form<Written>> {
    let start = reader.clone();
    let (distribution, reference) = distribution_and_reference(reader)?;
    if (statistic, distribution) == (Statistic::KolmogorovSmirnov, Distribution::Predictions) {
        return Err(start.error(
            "ks compares what has an order, and classes have none: write ks(confidence, …), or \
             psi, jensen_shannon or chi_square of predictions",
        ));
    }
    let op = op(reader, false)?;
    let bound = reader.number("a number")?;
    Ok(Form::Distance { statistic, distribution, reference, op, bound })
}

fn distribution_and_reference(reader: &mut Reader<'_>) -> Result<(Distribution, Reference)> {
    let Some(distribution) = reader.one_of(&Distribution::ALL) else {
        let known = Distribution::ALL.map(|(name, _)| name);
        return Err(reader.unknown_word("predictions or confidence", &known));
    };
    reader.expect(",")?;
    let reference = a_reference(reader)?;
    reader.expect(")")?;
    Ok((distribution, reference))
}

fn op(reader: &mut Reader<'_>, may_be_within: bool) -> Result<Op> {
    match Op::ALL.into_iter().find(|(spelling, _)| reader.skip(spelling)) {
        Some((_, op)) => Ok(op),
        None => Err(reader.unknown_word(
            if may_be_within { "one of >= <= > < == != within" } else { "one of >= <= > < == !=" },
            if may_be_within { &["within"] } else { &[] },
        )),
    }
}

fn bound(reader: &mut Reader<'_>) -> Result<Bound> {
    const WHAT: &str = "a number, or previous, best, mean of last N, run N or baseline";
    if reader.is_number() {
        let number = reader.number(WHAT)?;
        if !reader.skip("*") {
            return Ok(Bound::Number(number));
        }
        let reference = a_reference(reader)?;
        return offset(reader, number, reference);
    }
    match reader.reference_comes() {
        true => {
            let reference = a_reference(reader)?;
            offset(reader, 1.0, reference)
        }
        false => Err(reader.unknown_word(WHAT, &REFERENCES)),
    }
}

fn offset(reader: &mut Reader<'_>, factor: f64, reference: Reference) -> Result<Bound> {
    let sign = match (reader.skip("+"), reader.skip("-")) {
        (true, _) => 1.0,
        (_, true) => -1.0,
        _ => return Ok(Bound::Of { factor, reference, offset: 0.0 }),
    };
    let offset = reader.number_that(|it| it >= 0.0, "a number from 0 up")?;
    // Adding 0 turns -0 into 0.
    Ok(Bound::Of { factor, reference, offset: sign * offset + 0.0 })
}

/// The words that a reference begins with.
const REFERENCES: [&str; 5] = ["previous", "best", "mean", "run", "baseline"];

fn a_reference(reader: &mut Reader<'_>) -> Result<Reference> {
    let plain = [
        ("baseline", Reference::Baseline),
        ("previous", Reference::Previous),
        ("best", Reference::Best),
    ];
    if let Some(reference) = reader.one_of(&plain) {
        return Ok(reference);
    }
    if reader.skip_word("mean") {
        reader.expect_word("of")?;
        reader.expect_word("last")?;
        return reader.count("a number of nights", 1).map(Reference::MeanOfLast);
    }
    if reader.skip_word("run") {
        return reader.run_number().map(Reference::Run);
    }
    Err(reader.unknown_word("previous, best, mean of last N, run N or baseline", &REFERENCES))
}

/// `@ 95%`, if it comes next.
fn level(reader: &mut Reader<'_>) -> Result<Option<Level>> {
    if !reader.skip("@") {
        return Ok(None);
    }
    let level =
        reader.number_that(|it| it > 50.0 && it < 100.0, "a level above 50% and below 100%")?;
    reader.expect("%")?;
    Ok(Some(Level(level)))
}

impl FromStr for Reference {
    type Err = Error;

    /// Reads `previous`, `best`, `mean of last 7` or `run 12`: what a baseline
    /// can be configured as.
    fn from_str(text: &str) -> Result<Self> {
        match reference(text)? {
            Self::Baseline => Err(Error::Usage(
                "a baseline is previous, best, mean of last N or run N, not itself".into(),
            )),
            reference => Ok(reference),
        }
    }
}

impl Reader<'_> {
    fn is_number(&self) -> bool {
        self.next().is_some_and(|c| c.is_ascii_digit() || "+-.".contains(c))
    }

    fn reference_comes(&self) -> bool {
        REFERENCES.iter().any(|word| self.clone().skip_word(word))
    }
}
