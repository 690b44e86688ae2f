//! The way to make tallies alike that do not merge.

use super::aggregate::ALL;
use super::{Tallies, Task};
use crate::class::Origin;

impl Tallies {
    /// What to do so that these rows and others can be added up: to evaluate both once
    /// more, and with which option.
    pub fn remedy(&self, other: &Self) -> String {
        if let Some(name) = self.spec.differs_in(&other.spec) {
            return option(name);
        }
        let [own, more] = [&self.classes, &other.classes];
        if own == more {
            return "evaluate both alike".to_owned();
        }
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort_unstable();
            names
        };
        let both_given = [own, more].iter().all(|classes| classes.origin() == Origin::Given);
        // Which of two equal scores is ahead hangs on the order, so that counts of one
        // order are not those of another.
        match both_given && sorted(own.names()) == sorted(more.names()) {
            true => "the same classes are in another order: evaluate both with the same --classes \
                     FILE"
                .to_owned(),
            false if self.spec.task == Task::Predictions => {
                "evaluate both with the same --classes FILE, which names all classes, or both \
                 without"
                    .to_owned()
            }
            false => "evaluate both with the same --classes FILE".to_owned(),
        }
    }
}

/// The option to give alike, of what a message calls by that name.
fn option(name: &str) -> String {
    let flag = match name {
        "the kind of input" => return "evaluate both from the same kind of input".to_owned(),
        "the type of the scores" => {
            return "evaluate both at once, or text with the --score-type of the other".to_owned();
        }
        "the positive class" => "positive",
        "what is counted" => "metrics",
        name if ALL
            .iter()
            .any(|aggregate| aggregate.on_request.is_some_and(|it| it.metric == name)) =>
        {
            "metrics"
        }
        "the level of intervals" => "interval",
        name => name,
    };
    format!("evaluate both with the same --{flag}")
}
