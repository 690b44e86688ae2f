//! The names in a config: each given once, and those that are used, given.

use toml::Spanned;

use super::config::Config;
use super::diagnostics::Mistakes;
use crate::class::nearest;
use crate::rule::Rule;

/// The names of datasets, models and splits.
pub(super) struct Names<'a> {
    datasets: Vec<&'a str>,
    models: Vec<&'a str>,
    splits: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Those of `config`; notes what is wrong with them.
    pub(super) fn of(config: &'a Config, mistakes: &mut Mistakes<'_>) -> Self {
        let datasets = given("dataset", config.dataset.iter().map(|it| &it.name), mistakes);
        let models = given("model", config.model.iter().map(|it| &it.name), mistakes);
        let none = [config.dataset.is_empty(), config.model.is_empty()];
        for (what, none) in ["dataset", "model"].into_iter().zip(none) {
            if none {
                mistakes.at(0..0, format!("no [[{what}]] is given"));
            }
        }
        let mut splits = Vec::new();
        for dataset in &config.dataset {
            splits.extend(given("split", dataset.split.iter().map(|it| &it.name), mistakes));
        }
        let names = Self { datasets, models, splits };
        for model in &config.model {
            names.datasets(model.datasets.iter().flatten(), mistakes);
            names.datasets(model.on.keys(), mistakes);
        }
        names
    }

    /// Notes which names are of no dataset.
    pub(super) fn datasets<'n>(
        &self,
        used: impl Iterator<Item = &'n Spanned<String>>,
        mistakes: &mut Mistakes<'_>,
    ) {
        known("dataset", &self.datasets, used, mistakes);
    }

    /// Notes which names are of no model.
    pub(super) fn models<'n>(
        &self,
        used: impl Iterator<Item = &'n Spanned<String>>,
        mistakes: &mut Mistakes<'_>,
    ) {
        known("model", &self.models, used, mistakes);
    }

    /// Notes which names are of no split.
    pub(super) fn splits<'n>(
        &self,
        used: impl Iterator<Item = &'n Spanned<String>>,
        mistakes: &mut Mistakes<'_>,
    ) {
        known("split", &self.splits, used, mistakes);
    }
}

impl Names<'_> {
    /// Notes which splits that `rule` selects are none of any dataset.
    pub(super) fn splits_of(
        &self,
        rule: &Rule,
        written: &Spanned<String>,
        mistakes: &mut Mistakes<'_>,
    ) {
        for split in rule.splits().into_iter().filter(|split| !self.splits.contains(split)) {
            mistakes.of(written, no_such("split", split, &self.splits));
        }
    }
}

/// The names, none of them empty or given twice.
fn given<'a>(
    what: &str,
    names: impl Iterator<Item = &'a Spanned<String>>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<&'a str> {
    let mut given: Vec<&str> = Vec::new();
    for name in names {
        let text = name.get_ref().as_str();
        if text.trim().is_empty() {
            mistakes.of(name, format!("a {what} needs a name"));
        } else if given.contains(&text) {
            mistakes.of(name, format!("there are two {what}s of the name '{text}'"));
        } else {
            given.push(text);
        }
    }
    given
}

fn known<'n>(
    what: &str,
    given: &[&str],
    used: impl Iterator<Item = &'n Spanned<String>>,
    mistakes: &mut Mistakes<'_>,
) {
    for name in used.filter(|name| !given.contains(&name.get_ref().as_str())) {
        mistakes.of(name, no_such(what, name.get_ref(), given));
    }
}

/// "there is no model 'stedy'; did you mean 'steady'?"
pub(super) fn no_such(what: &str, name: &str, given: &[&str]) -> String {
    let hint = match (nearest(name, given.iter().copied()), given) {
        (Some(near), _) => format!("did you mean '{near}'?"),
        (None, []) => "none is given".to_owned(),
        (None, given) => format!("there are {}", given.join(", ")),
    };
    format!("there is no {what} '{name}'; {hint}")
}
