//! The names of runs: those that all share are said once, the others tell runs apart.

use crate::history::store::identity::Identity;
use crate::report::figures::printable;

/// A name of an identity, and how to read it.
pub(super) type Name = (&'static str, fn(&Identity) -> &str);

const NAMES: [Name; 4] = [
    ("job", |it| &it.job),
    ("dataset", |it| &it.dataset),
    ("model", |it| &it.model),
    ("split", |it| &it.split),
];

/// The names of several identities.
pub(super) struct Names {
    /// "job nightly · dataset cats"; empty if they share none.
    pub(super) shared: String,
    /// Those in which they differ.
    pub(super) varied: Vec<Name>,
}

impl Names {
    /// A single identity shares nothing with others.
    pub(super) fn of(all: &[&Identity]) -> Self {
        let same = |(_, name): &Name| {
            all.len() > 1 && all.windows(2).all(|pair| name(pair[0]) == name(pair[1]))
        };
        let (shared, varied): (Vec<Name>, Vec<Name>) = NAMES.into_iter().partition(same);
        let shared: Vec<String> = shared
            .into_iter()
            .filter_map(|(what, name)| Some((what, name(all.first()?))))
            .filter(|(_, name)| !name.is_empty())
            .map(|(what, name)| format!("{what} {}", printable(name)))
            .collect();
        Self { shared: shared.join(" · "), varied }
    }

    /// The names that tell this one from the others.
    pub(super) fn own(&self, identity: &Identity) -> String {
        let names = self.varied.iter().map(|(_, name)| name(identity));
        let names: Vec<_> = names.filter(|name| !name.is_empty()).map(printable).collect();
        names.join(" · ")
    }
}
