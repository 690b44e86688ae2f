//! Nights made by hand.

use std::sync::Arc;

use tallyho::error::Result;
use tallyho::metric::{ClassMeasures, Summary};
use tallyho::rule::{
    Earlier, Evaluated, JobFigures, Judgement, Quantity, Rule, RunHistory, Value, apply_holm, judge,
};
use tallyho::stat::Agreement;
use tallyho::tally::Tallies;

use crate::metrics::{confusion, measure};

/// Earlier nights, oldest first; run 1 is the first.
#[derive(Clone, Default)]
pub struct Made {
    pub nights: Vec<(Tallies, JobFigures)>,
    /// Runs that broke the rule.
    pub broken: Vec<i64>,
    /// The rows of every run against tonight's.
    pub agreement: Option<Agreement>,
}

impl Made {
    pub fn of(nights: &[Tallies]) -> Self {
        let nights = nights.iter().map(|tallies| (tallies.clone(), JobFigures::default()));
        Self { nights: nights.collect(), ..Self::default() }
    }

    fn at(&self, run: i64) -> Option<&(Tallies, JobFigures)> {
        self.nights.get(usize::try_from(run).ok()?.checked_sub(1)?)
    }

    fn earlier(run: i64) -> Earlier {
        Earlier { run, night: format!("2026-10-{run:02}"), of: None }
    }
}

impl RunHistory for Made {
    fn runs(&self, _: &str, last: usize) -> Result<Vec<Earlier>> {
        let runs = (1..=self.nights.len() as i64).rev().filter(|run| !self.broken.contains(run));
        Ok(runs.take(last).map(Self::earlier).collect())
    }

    fn values(
        &self,
        rule: &str,
        quantity: &Quantity,
        last: usize,
    ) -> Result<Vec<(Earlier, Value)>> {
        let runs = self.runs(rule, last)?.into_iter();
        runs.map(|night| Ok((night.clone(), self.value(night.run, quantity)?))).collect()
    }

    fn run(&self, number: i64) -> Result<Option<Earlier>> {
        Ok(self.at(number).map(|_| Self::earlier(number)))
    }

    fn value(&self, run: i64, quantity: &Quantity) -> Result<Value> {
        let (tallies, figures) = self.at(run).unwrap();
        Ok(match quantity {
            Quantity::Metric(request) => measure(tallies, &request.to_string()).value,
            Quantity::Class(metric, name) => {
                let class = tallies.classes.index_of(name).unwrap();
                metric.measure(&ClassMeasures::new(&Summary::new(tallies), class)).value
            }
            Quantity::Job(figure) => figure.of(figures),
            Quantity::Slice(..) => unreachable!("rules name slices by their subjects"),
        })
    }

    fn tallies(&self, run: i64) -> Result<Arc<Tallies>> {
        Ok(Arc::new(self.at(run).unwrap().0.clone()))
    }

    fn together(&self, runs: &[i64]) -> Result<std::result::Result<Tallies, String>> {
        let mut whole = self.at(runs[0]).unwrap().0.clone();
        for run in &runs[1..] {
            whole.merge(&self.at(*run).unwrap().0).unwrap();
        }
        Ok(Ok(whole))
    }

    fn agreement(&self, _: i64) -> Result<Option<Agreement>> {
        Ok(self.agreement)
    }
}

/// Two classes; so many of the rows right, half of the errors each way.
pub fn hits(hits: u64, rows: u64) -> Tallies {
    let wrong = rows - hits;
    confusion(
        2,
        &[(0, 0, hits / 2), (1, 1, hits - hits / 2), (0, 1, wrong / 2), (1, 0, wrong - wrong / 2)],
    )
}

/// Three classes with these (right, rows); what is wrong goes to the next class.
pub fn classes(counts: [(u64, u64); 3]) -> Tallies {
    let cells = (0..).zip(counts).flat_map(|(class, (right, rows))| {
        [(class, class, right), (class, (class + 1) % 3, rows - right)]
    });
    confusion(3, &cells.collect::<Vec<_>>())
}

/// What comes of one rule on these rows after those nights.
pub fn after(past: &Made, text: &str, tallies: &Tallies) -> Judgement {
    after_by(past, &Rule::parse(text).unwrap(), tallies)
}

/// The same of a rule under other terms.
pub fn after_by(past: &Made, rule: &Rule, tallies: &Tallies) -> Judgement {
    let evaluated = Evaluated::alone(tallies, JobFigures::default());
    apply_holm(vec![judge(rule, &evaluated, past).unwrap()]).remove(0)
}

/// Verdict and reason of several rules, a line each.
pub fn told(judgements: &[Judgement]) -> String {
    let line = |it: &Judgement| {
        let run = it.baseline.map_or(String::new(), |run| format!(" (baseline {run})"));
        format!("{}\n  {}{run}: {}\n", it.rule, it.verdict.name(), it.reason)
    };
    judgements.iter().map(line).collect()
}
