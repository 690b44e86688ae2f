//! The order in state files, and when states merge.

use std::path::Path;

use tallyho::batch::Scores;
use tallyho::tally::{Auc, Order, Question, Rate, Tallies, decode, digest, encode};

use super::binary::{LABELS, SCORES};
use super::{exact, ordered, planned, probabilities, single, value};

fn evaluated(auc: Auc) -> Tallies {
    let mut plan = single();
    plan.spec.auc = auc;
    plan.spec.order.confidence = true;
    plan.spec.order.mass_bins = 3;
    plan.spec.order.ask(Question::PartialArea(0.1));
    plan.spec.order.ask(Question::Threshold(Rate::FalsePositiveRate, 0.25));
    plan.spec.order.ask(Question::Cost { false_positive: 1.0, false_negative: 2.5 });
    plan.spec.order.ask(Question::CoverageAtRisk(0.2));
    planned(&LABELS, Scores::F32(SCORES.to_vec()), &plan)
}

fn read(bytes: &[u8]) -> Result<Tallies, String> {
    decode(Path::new("x.tally"), bytes).map_err(|error| error.to_string())
}

#[test]
fn a_state_holds_the_order() {
    let rows = [0.5, 0.25, 0.25, 0.125, 0.75, 0.125];
    for tallies in [
        evaluated(Auc::Exact),
        evaluated(Auc::Binned),
        evaluated(Auc::None),
        probabilities(&[0, 2], &rows, 3, Auc::Exact),
        probabilities(&[0, 2], &rows, 3, Auc::Binned),
    ] {
        assert_eq!(read(&encode(&tallies)).unwrap(), tallies);
    }
}

#[test]
fn every_cut_and_every_flipped_bit_of_an_order_is_refused() {
    let bytes = encode(&evaluated(Auc::Exact));
    for at in 0..bytes.len() {
        assert!(read(&bytes[..at]).is_err(), "cut to {at} bytes");
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(read(&damaged).is_err(), "bit flipped in byte {at}");
    }
}

#[test]
fn an_order_that_contradicts_the_rows_is_refused() {
    type Lie = fn(&mut ExactParts<'_>);
    struct ExactParts<'a>(&'a mut tallyho::tally::ExactOrder);
    let lies: [(&str, Lie); 3] = [
        ("more rows", |order| order.0.classes[0].all.positive += 1),
        ("another class", |order| {
            let sums = order.0.classes[0].clone();
            order.0.classes.push(sums);
        }),
        ("pairs of one class", |order| order.0.pairs = vec![0; 4]),
    ];
    for (lie, tell) in lies {
        let mut tallies = evaluated(Auc::Exact);
        if let Some(Order::Exact(order)) = tallies.aggregates.get_mut() {
            tell(&mut ExactParts(order));
        }
        assert!(read(&encode(&tallies)).expect_err(lie).contains("contradict"), "{lie}");
    }
    let mut none = evaluated(Auc::Exact);
    none.aggregates.set::<Order>(None);
    assert!(read(&encode(&none)).is_err());
}

#[test]
fn an_exact_order_is_lost_by_merging_and_says_so() {
    let mut merged = evaluated(Auc::Exact);
    merged.merge(&evaluated(Auc::Exact)).unwrap();
    assert_eq!(merged.order(), Some(&Order::Merged));
    for name in ["roc_auc", "average_precision", "ks_statistic", "aurc", "coverage_at_risk(0.2)"] {
        let reason = ordered(&merged, name).value.unwrap_err();
        assert_eq!(
            reason, "exact AUC does not merge; use --auc binned or evaluate together",
            "{name}"
        );
    }
    assert_eq!(read(&encode(&merged)).unwrap(), merged);
    // What merges is as good as ever.
    assert_eq!(value(&merged, "accuracy"), value(&evaluated(Auc::Exact), "accuracy"));
}

#[test]
fn the_digest_covers_what_merges() {
    let [exact_order, binned, none] = [Auc::Exact, Auc::Binned, Auc::None].map(evaluated);
    assert_eq!(digest(&exact_order), digest(&none));
    assert_ne!(digest(&binned), digest(&none));
    assert!(!exact(&exact_order).curve.is_empty());
    let error = binned.clone().merge(&none).unwrap_err().to_string();
    assert_eq!(error, "auc is binned against none");
}
