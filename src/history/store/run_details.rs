//! The details of a run: all that is known of it.

use super::deliveries::Notice;
use super::metric_value::Value;
use super::record::Input;
use super::run::Run;
use super::verdict::Verdict;
use crate::tally::Tallies;

/// All that is known of a run.
#[derive(Clone, Debug)]
pub struct RunDetails {
    /// The run.
    pub run: Run,
    /// Why it was accepted, if somebody said so.
    pub accepted_because: Option<String>,
    /// The files that were read.
    pub inputs: Vec<Input>,
    /// The metrics by name: those that were stored, and those that this version
    /// of the tool computes besides.
    pub metrics: Vec<(String, Value)>,
    /// What became of each rule.
    pub verdicts: Vec<Verdict>,
    /// What was told to whom about it.
    pub notices: Vec<Notice>,
    /// The tallies.
    pub tallies: Tallies,
}
