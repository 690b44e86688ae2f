//! Differences between splits.

use tallyho::rule::{Evaluated, JobFigures, Judgement, Rule, Verdict, apply_holm, judge};
use tallyho::tally::Tallies;

use super::made::{Made, hits, told};

fn on_validation(text: &str, train: Option<&Tallies>) -> Judgement {
    let (validation, past) = (hits(900, 1000), Made::of(&[hits(900, 1000)]));
    let others = |split: &str| train.filter(|_| split == "train");
    let evaluated = Evaluated {
        tallies: &validation,
        figures: JobFigures::default(),
        split: "validation",
        others: &others,
    };
    let pending = judge(&Rule::parse(text).unwrap(), &evaluated, &past).unwrap();
    apply_holm(vec![pending]).remove(0)
}

#[test]
fn splits_are_compared_and_a_missing_one_is_undefined() {
    let train = hits(980, 1000);
    let apart = "accuracy{split=train} - accuracy{split=validation}";
    let found = [
        (format!("{apart} <= 0.05"), Some(&train), Verdict::Broken),
        (format!("{apart} <= 0.1"), Some(&train), Verdict::Holds),
        (format!("{apart} <= 0.1"), None, Verdict::Undefined),
        ("accuracy{split=train} >= 0.95".into(), Some(&train), Verdict::Holds),
        ("accuracy{split=test} >= 0.95".into(), Some(&train), Verdict::Undefined),
        ("accuracy{split=validation} >= previous".into(), Some(&train), Verdict::Holds),
        ("accuracy{split=train} >= previous".into(), Some(&train), Verdict::Undefined),
        ("recall[0] - recall[1] <= 0.01".into(), None, Verdict::Holds),
    ]
    .map(|(rule, train, verdict)| {
        let found = on_validation(&rule, train);
        assert_eq!(found.verdict, verdict, "{rule}: {}", found.reason);
        found
    });
    insta::assert_snapshot!(told(&found));
}
