//! The rules of a job: which evaluations they are for, and how they are judged.

use std::ops::Range;

use toml::Spanned;

use super::config::{Config, Judging, Meaning, RuleEntry};
use super::diagnostics::Mistakes;
use super::names::Names;
use crate::history::Identity;
use crate::rule::{Rule, RuleConfig, Verdict, VerdictOverrides};

/// A rule of a job.
#[derive(Clone, Debug)]
pub struct JobRule {
    /// The rule.
    pub rule: Rule,
    /// Where it stands in the config.
    pub(super) span: Range<usize>,
    datasets: Option<Vec<String>>,
    models: Option<Vec<String>>,
    splits: Option<Vec<String>>,
}

impl JobRule {
    /// Whether an evaluation is judged by it.
    pub(super) fn is_for(&self, identity: &Identity) -> bool {
        let listed = |list: &Option<Vec<String>>, name: &String| {
            list.as_ref().is_none_or(|list| list.contains(name))
        };
        listed(&self.datasets, &identity.dataset)
            && listed(&self.models, &identity.model)
            && listed(&self.splits, &identity.split)
            && self.is_about(&identity.split)
    }

    /// A rule that names splits itself is judged once for each model on a dataset:
    /// with the last split that it names.
    fn is_about(&self, split: &str) -> bool {
        self.rule.splits().last().is_none_or(|last| *last == split)
    }
}

/// The rules of `config` that can be read; notes what is wrong with the others.
pub(super) fn rules(
    config: &Config,
    names: &Names<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<JobRule> {
    let mut rules = Vec::new();
    for entry in &config.rule {
        names.datasets(entry.datasets.iter().flatten(), mistakes);
        names.models(entry.models.iter().flatten(), mistakes);
        names.splits(entry.splits.iter().flatten(), mistakes);
        let judging = entry.judging(&config.judging);
        let rule_config = judging.rule_config(mistakes);
        let parsed = Rule::parse(entry.require.get_ref());
        let parsed = mistakes.take(&entry.require, parsed);
        if let Some(rule) = &parsed {
            names.splits_of(rule, &entry.require, mistakes);
        }
        rules.extend(parsed.map(|rule| JobRule {
            rule: rule.under(rule_config),
            span: entry.require.span(),
            datasets: plain(entry.datasets.as_ref()),
            models: plain(entry.models.as_ref()),
            splits: plain(entry.splits.as_ref()),
        }));
    }
    rules
}

fn plain(names: Option<&Vec<Spanned<String>>>) -> Option<Vec<String>> {
    names.map(|names| names.iter().map(|name| name.get_ref().clone()).collect())
}

impl RuleEntry {
    /// How it is judged: what stands in it and, where something is left out, what
    /// is `usual`.
    fn judging(&self, usual: &Judging) -> Judging {
        Judging {
            baseline: self.baseline.clone().or_else(|| usual.baseline.clone()),
            min_rows: self.min_rows.or(usual.min_rows),
            undefined: self.undefined.or(usual.undefined),
            no_baseline: self.no_baseline.or(usual.no_baseline),
            too_few_rows: self.too_few_rows.or(usual.too_few_rows),
            undecided: self.undecided.or(usual.undecided),
        }
    }
}

impl Judging {
    fn rule_config(&self, mistakes: &mut Mistakes<'_>) -> RuleConfig {
        let baseline = self.baseline.as_ref();
        let baseline = baseline.and_then(|text| mistakes.take(text, text.get_ref().parse()));
        let verdict = |meaning: Option<Meaning>| meaning.map(Verdict::from);
        RuleConfig {
            baseline: baseline.unwrap_or_default(),
            min_rows: self.min_rows.unwrap_or_default(),
            overrides: VerdictOverrides {
                undefined: verdict(self.undefined),
                no_baseline: verdict(self.no_baseline),
                too_few_rows: verdict(self.too_few_rows),
                undecided: verdict(self.undecided),
            },
        }
    }
}

impl From<Meaning> for Verdict {
    fn from(meaning: Meaning) -> Self {
        match meaning {
            Meaning::Holds => Self::Holds,
            Meaning::Broken => Self::Broken,
            Meaning::Undefined => Self::Undefined,
            Meaning::Undecided => Self::Undecided,
        }
    }
}
