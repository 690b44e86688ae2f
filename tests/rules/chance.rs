//! How often alarms go off when nothing has changed. From fixed seeds, so that
//! the shares are the same on every machine.

use tallyho::rule::{Evaluated, JobFigures, Pending, Rule, Verdict, apply_holm, judge};
use tallyho::stat::{Agreement, Chance, Draws};
use tallyho::tally::Tallies;

use super::made::{Made, hits};

/// Rows that are right of `rows`, by a chance of nine in ten.
fn right(draws: &mut Draws, rows: u64) -> u64 {
    draws.binomial(rows, &Chance::new(9, 10))
}

fn pending(rule: &Rule, past: &Made, tallies: &Tallies) -> Pending {
    judge(rule, &Evaluated::alone(tallies, JobFigures::default()), past).unwrap()
}

fn goes_off(night: Vec<Pending>) -> bool {
    apply_holm(night).iter().any(|it| it.verdict == Verdict::Broken)
}

/// The share of nights on which an alarm went off.
fn share(nights: u32, night: impl Fn(u32) -> bool) -> f64 {
    f64::from((0..nights).map(|at| u32::from(night(at))).sum::<u32>()) / f64::from(nights)
}

#[test]
fn unchanged_models_on_new_rows_alarm_on_one_night_in_twenty() {
    let rule = Rule::parse("worse(accuracy, previous) @ 95%").unwrap();
    let found = share(2_000, |night| {
        let mut draws = Draws::new(7, night, 0);
        let past = Made::of(&[hits(right(&mut draws, 1000), 1000)]);
        goes_off(vec![pending(&rule, &past, &hits(right(&mut draws, 1000), 1000))])
    });
    assert!((0.035..0.065).contains(&found), "{found}");
}

/// 60 rows of 1,000 change, each way as often.
fn paired(draws: &mut Draws) -> (Made, Tallies) {
    let changed = draws.binomial(1000, &Chance::new(6, 100));
    let first = draws.binomial(changed, &Chance::new(1, 2));
    let second = changed - first;
    let both = right(draws, 1000 - changed);
    let agreement = Some(Agreement { both, first, second, neither: 1000 - changed - both });
    let past = Made { agreement, ..Made::of(&[hits(both + first, 1000)]) };
    (past, hits(both + second, 1000))
}

#[test]
fn unchanged_models_on_the_same_rows_alarm_on_one_night_in_twenty() {
    let rule = Rule::parse("worse(accuracy, previous) @ 95%").unwrap();
    let found = share(2_000, |night| {
        let (past, tonight) = paired(&mut Draws::new(8, night, 0));
        goes_off(vec![pending(&rule, &past, &tonight)])
    });
    assert!((0.03..0.065).contains(&found), "{found}");
}

#[test]
fn resampled_metrics_alarm_on_one_night_in_twenty() {
    let rule = Rule::parse("worse(cohen_kappa, previous) @ 95%").unwrap();
    let found = share(300, |night| {
        let mut draws = Draws::new(9, night, 0);
        let past = Made::of(&[hits(right(&mut draws, 1000), 1000)]);
        goes_off(vec![pending(&rule, &past, &hits(right(&mut draws, 1000), 1000))])
    });
    assert!((0.02..0.09).contains(&found), "{found}");
}

/// Without the correction, some alarm of 40 would go off on 87 of 100 nights.
#[test]
fn a_night_of_many_unchanged_models_alarms_as_rarely_as_one() {
    let rule = Rule::parse("worse(accuracy, previous) @ 95%").unwrap();
    let found = share(300, |night| {
        let mut draws = Draws::new(10, night, 0);
        let mut models = Vec::new();
        for model in 0..40 {
            let (past, tonight) = match model % 2 {
                0 => paired(&mut draws),
                _ => {
                    let past = Made::of(&[hits(right(&mut draws, 1000), 1000)]);
                    (past, hits(right(&mut draws, 1000), 1000))
                }
            };
            models.push(pending(&rule, &past, &tonight));
        }
        goes_off(models)
    });
    assert!(found <= 0.085, "{found}");
}

#[test]
fn a_loss_of_two_points_is_seen_far_more_often_when_rows_are_paired() {
    let rule = Rule::parse("worse(accuracy, previous) @ 95%").unwrap();
    let night = |at: u32, pair: bool| {
        let mut draws = Draws::new(11, at, 0);
        // 20 rows more get wrong than right.
        let first = draws.binomial(1000, &Chance::new(4, 100));
        let second = draws.binomial(1000, &Chance::new(2, 100));
        let both = right(&mut draws, 1000 - first - second);
        let neither = 1000 - first - second - both;
        let agreement = Some(Agreement { both, first, second, neither }).filter(|_| pair);
        let past = Made { agreement, ..Made::of(&[hits(both + first, 1000)]) };
        goes_off(vec![pending(&rule, &past, &hits(both + second, 1000))])
    };
    let (with, without) = (share(300, |at| night(at, true)), share(300, |at| night(at, false)));
    assert!(with > 0.75 && without < 0.6, "{with} {without}");
}
