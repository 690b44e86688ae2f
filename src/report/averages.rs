//! Metrics sorted for reading: averages side by side, the rest one by one.

use crate::metric::Measure;

/// The averages that share a table, in the order of its columns.
pub(super) const AVERAGES: [&str; 3] = ["macro", "micro", "weighted"];

/// The metrics of a report, in two groups; each keeps the order it came in.
#[derive(Debug, Default)]
pub(super) struct Groups<'a> {
    /// Metrics that stand alone.
    pub(super) singles: Vec<(&'a str, &'a Measure)>,
    /// Metrics that come in several averages.
    pub(super) families: Vec<Family<'a>>,
}

/// One quantity under several averages.
#[derive(Debug)]
pub(super) struct Family<'a> {
    /// The common part of the names: "precision", "`fbeta(beta=2)`".
    pub(super) name: String,
    /// The full name and the value under each of [`AVERAGES`].
    pub(super) members: [Option<(&'a str, &'a Measure)>; AVERAGES.len()],
}

impl<'a> Groups<'a> {
    /// Sorts `metrics` into the two groups.
    pub(super) fn new(metrics: &'a [(String, Measure)]) -> Self {
        let mut groups = Self::default();
        for (name, measure) in metrics {
            let Some((family, average)) = split(name) else { continue };
            let member = Some((name.as_str(), measure));
            match groups.families.iter_mut().find(|known| known.name == family) {
                Some(known) => known.members[average] = member,
                None => {
                    let mut members = [None; AVERAGES.len()];
                    members[average] = member;
                    groups.families.push(Family { name: family, members });
                }
            }
        }
        // A lone average needs no table of its own.
        if groups.families.iter().all(|family| family.members.iter().flatten().count() == 1) {
            groups.families.clear();
        }
        let families = &groups.families;
        let alone = |name: &str| {
            split(name).is_none_or(|(family, _)| families.iter().all(|known| known.name != family))
        };
        let singles = metrics.iter().filter(|(name, _)| alone(name));
        groups.singles = singles.map(|(name, measure)| (name.as_str(), measure)).collect();
        groups
    }
}

/// `fbeta_macro(beta=2)` is `fbeta(beta=2)` under the average `macro`.
fn split(name: &str) -> Option<(String, usize)> {
    let (base, parameter) = name.split_at(name.find('(').unwrap_or(name.len()));
    let (family, average) = base.rsplit_once('_')?;
    let average = AVERAGES.iter().position(|known| *known == average)?;
    Some((format!("{family}{parameter}"), average))
}
