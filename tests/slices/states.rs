//! States of tallies with groups.

use std::path::Path;

use tallyho::tally::{ScoreType, decode, encode};

use super::groups::Rows;
use crate::common::Rng;
use crate::common::memory::{plan, score_plan};

#[test]
fn a_state_gives_back_every_group() {
    let mut pairs = plan(1);
    pairs.slices = vec!["land".into(), "age".into()];
    let mut scores = score_plan(1, 3, tallyho::tally::ScoresAre::Logits, ScoreType::F32);
    scores.spec.asked.insert("loss_by_class");
    scores.slices.clone_from(&pairs.slices);
    for (plan, columns) in [(pairs, 0), (scores, 3)] {
        let mut rows = Rows::random(&mut Rng::new(3), 500, 3, columns);
        rows.faults.fill(false);
        let tallies = rows.evaluate(&plan, ScoreType::F32, 64).tallies;
        let bytes = encode(&tallies);
        assert_eq!(bytes[8], 7, "the format with groups");
        assert_eq!(decode(Path::new("s.tally"), &bytes).unwrap(), tallies);
        let plain = encode(&tallies.without_slices());
        assert!(plain[8] < 7 && plain.len() < bytes.len());
    }
}

#[test]
fn groups_that_do_not_make_up_the_whole_are_refused() {
    let mut plan = plan(1);
    plan.slices = vec!["land".into(), "age".into()];
    let mut rows = Rows::random(&mut Rng::new(3), 500, 3, 0);
    rows.faults.fill(false);
    let sound = rows.evaluate(&plan, ScoreType::F32, 64).tallies;
    let refused = |change: &dyn Fn(&mut tallyho::tally::Tallies)| {
        let mut tallies = sound.clone();
        change(&mut tallies);
        let error = decode(Path::new("s.tally"), &encode(&tallies)).unwrap_err().to_string();
        assert!(error.contains("contradict one another (slices)"), "{error}");
    };
    refused(&|it| _ = it.slices[0].groups.pop_first());
    refused(&|it| it.slices[1].groups.values_mut().next().unwrap().rows.read += 1);
    refused(&|it| {
        let group = it.slices[0].groups.values().next().unwrap().clone();
        it.slices[0].groups.insert(Some("more".into()), group);
    });
    refused(&|it| it.slices[1].groups.clear());
    refused(&|it| {
        let mut groups = it.slices[0].groups.values_mut();
        let (first, second) = (groups.next().unwrap(), groups.next().unwrap());
        std::mem::swap(&mut first.confusion, &mut second.confusion);
    });
}
