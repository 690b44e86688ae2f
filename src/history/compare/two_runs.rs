//! The comparison of two runs, side by side.

use crate::engine::Agreement;
use crate::error::Result;
use crate::history::store::database::History;
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::history::store::run_details::RunDetails;
use crate::metric::{ClassMeasures, per_class};
use crate::tally::has_digest;

/// Two runs side by side.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The first run.
    pub first: RunDetails,
    /// The second.
    pub second: RunDetails,
    /// Whether both counted exactly alike. Digests that earlier versions recorded
    /// count as what they would be now.
    pub same_digest: bool,
    /// Metrics of either: name, value of the first, value of the second.
    pub metrics: Vec<(String, Option<Value>, Option<Value>)>,
    /// The classes of both whose F1 differs, largest difference first.
    pub classes: Vec<ClassChange>,
    /// Classes that only one of them has.
    pub one_sided: Vec<String>,
    /// Who was right in the rows that both scored, if both kept that and have
    /// the same labels in the same order.
    pub agreement: Option<Agreement>,
}

/// The F1 of a class in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassChange {
    /// The class.
    pub class: String,
    /// Its F1 in the first run.
    pub first: f64,
    /// Its F1 in the second.
    pub second: f64,
}

impl History {
    /// Puts two runs side by side.
    ///
    /// # Errors
    ///
    /// As [`History::details`].
    pub fn compare(&self, first: Run, second: Run) -> Result<Comparison> {
        let _moment = self.snapshot()?;
        let agreement = self.agreement(&first, &second)?;
        let (first, second) = (self.details(first)?, self.details(second)?);
        let (classes, one_sided) = classes(&first, &second);
        let metrics = metrics(&first.metrics, &second.metrics);
        let same_digest = has_digest(&second.tallies, &first.run.digest);
        Ok(Comparison { first, second, same_digest, metrics, classes, one_sided, agreement })
    }
}

fn metrics(
    first: &[(String, Value)],
    second: &[(String, Value)],
) -> Vec<(String, Option<Value>, Option<Value>)> {
    let of = |metrics: &[(String, Value)], name: &str| {
        metrics.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let more = second.iter().filter(|(name, _)| of(first, name).is_none());
    let names = first.iter().chain(more).map(|(name, _)| name);
    names.map(|name| (name.clone(), of(first, name), of(second, name))).collect()
}

/// Classes whose F1 differs, and classes that only one run has.
fn classes(first: &RunDetails, second: &RunDetails) -> (Vec<ClassChange>, Vec<String>) {
    let measures = [per_class(&first.tallies), per_class(&second.tallies)];
    let names = [&first.tallies.classes, &second.tallies.classes];
    let places = names.map(|classes| classes.places());
    let f1 = |class: &ClassMeasures| class.f1.ok();
    let mut changes = Vec::new();
    let mut one_sided: Vec<String> = Vec::new();
    for (name, measures_of_first) in names[0].names().iter().zip(&measures[0]) {
        let Some(place) = places[1].get(name.as_str()) else {
            one_sided.push(name.clone());
            continue;
        };
        let f1s = f1(measures_of_first).zip(f1(&measures[1][*place as usize]));
        if let Some((first, second)) = f1s.filter(|(first, second)| first != second) {
            changes.push(ClassChange { class: name.clone(), first, second });
        }
    }
    let missing = |name: &&String| !places[0].contains_key(name.as_str());
    one_sided.extend(names[1].names().iter().filter(missing).cloned());
    let size = |change: &ClassChange| (change.second - change.first).abs();
    changes.sort_by(|a, b| size(b).total_cmp(&size(a)));
    (changes, one_sided)
}
