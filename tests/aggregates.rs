//! Laws of every aggregate in the list of them, and what each counts held to the rows
//! added up one at a time.

mod oracle;

use std::path::Path;

use tallyho::batch::{Names, Scores};
use tallyho::kernel::rows::shader::PLANES;
use tallyho::kernel::rows::{Block, BlockScores, PlanesOut, score_block};
use tallyho::kernel::{Level, rows};
use tallyho::tally::aggregate::{
    ALL, Again, AllCounters, Counter, Counters, Counting, Finish, Presence,
};
use tallyho::tally::{
    Aggregates, Auc, Confusion, Rows, ScoreType, ScoresAre, Spec, Tallies, Task, decode, encode,
};

use crate::common::Rng;
use crate::common::memory::{Memory, run, score_plan, slice, slice_scores};

const CLASSES: usize = 4;

/// Logits that tie now and then, and one that is masked.
fn logits(rng: &mut Rng, count: usize) -> Vec<f32> {
    let logit = |rng: &mut Rng| match rng.below(40) {
        0 => f32::NEG_INFINITY,
        1..9 => rng.below(4) as f32,
        _ => 3.0 * rng.normal(),
    };
    (0..count).map(|_| logit(rng)).collect()
}

/// Options by which every aggregate is counted of logits.
fn everything() -> Spec {
    Spec {
        task: Task::Matrix,
        scores_are: Some(ScoresAre::Logits),
        score_type: Some(ScoreType::F32),
        auc: Auc::Binned,
        asked: ALL.iter().filter(|it| it.on_request.is_some()).map(|it| it.name).collect(),
        ..Spec::default()
    }
}

/// Rows counted together, and in three parts.
fn whole_and_parts(seed: u64) -> (Tallies, Vec<Tallies>) {
    let mut rng = Rng::new(seed);
    let rows = 3 + rng.below(300) as usize;
    let labels = Names::I64((0..rows).map(|_| i64::from(rng.below(CLASSES as u32))).collect());
    let scores = Scores::F32(logits(&mut rng, rows * CLASSES));
    let mut plan = score_plan(2, CLASSES, ScoresAre::Logits, ScoreType::F32);
    plan.spec = everything();
    let of = |from: usize, to: usize| {
        let scores = slice_scores(&scores, from * CLASSES, to * CLASSES);
        let source = Memory::scores(slice(&labels, from, to), scores, CLASSES);
        run(&source.batch_rows(57), &plan).unwrap().tallies
    };
    let at = 1 + rng.below(rows as u32 - 2) as usize;
    let middle = at + 1 + rng.below((rows - at - 1) as u32) as usize;
    (of(0, rows), vec![of(0, at), of(at, middle), of(middle, rows)])
}

/// The sum of some, from left to right.
fn sum(spec: &Spec, parts: &[&Aggregates]) -> Aggregates {
    let mut sum = Aggregates::empty(spec, CLASSES);
    parts.iter().for_each(|part| sum.merge(part).unwrap());
    sum
}

#[test]
fn every_aggregate_merges_and_its_parts_give_the_whole() {
    let spec = everything();
    for seed in 0..20 {
        let (whole, parts) = whole_and_parts(seed);
        for entry in ALL {
            assert!(whole.has(entry), "{} was not counted", entry.name);
        }
        let [a, b, c] = [0, 1, 2].map(|part: usize| &parts[part].aggregates);
        assert_eq!(sum(&spec, &[a, b, c]), whole.aggregates, "seed {seed}");
        assert_eq!(sum(&spec, &[c, a, b]), whole.aggregates, "seed {seed}");
        assert_eq!(sum(&spec, &[a, &sum(&spec, &[b, c])]), whole.aggregates, "seed {seed}");
        assert_eq!(sum(&spec, &[a]), *a, "nothing is the identity, seed {seed}");
        let mut own = a.clone();
        own.merge(&Aggregates::empty(&spec, CLASSES)).unwrap();
        assert_eq!(own, *a, "seed {seed}");
    }
}

#[test]
fn relabelling_every_aggregate_goes_with_merging() {
    let spec = everything();
    let same: Vec<u32> = (0..CLASSES as u32).collect();
    let (turned, back) = ([1, 2, 3, 0], [3, 0, 1, 2]);
    for seed in 0..20 {
        let (whole, parts) = whole_and_parts(seed);
        let of = |aggregates: &Aggregates, places: &[u32]| aggregates.relabelled(places, CLASSES);
        assert_eq!(of(&whole.aggregates, &same), whole.aggregates);
        assert_eq!(of(&of(&whole.aggregates, &turned), &back), whole.aggregates, "seed {seed}");
        let relabelled: Vec<Aggregates> =
            parts.iter().map(|part| of(&part.aggregates, &turned)).collect();
        let expected = of(&whole.aggregates, &turned);
        assert_eq!(sum(&spec, &relabelled.iter().collect::<Vec<_>>()), expected, "seed {seed}");
    }
}

#[test]
fn every_aggregate_is_read_as_it_was_written() {
    for seed in 0..20 {
        let (whole, _) = whole_and_parts(seed);
        let read = decode(Path::new("x.tally"), &encode(&whole)).unwrap();
        assert_eq!(read.aggregates, whole.aggregates, "seed {seed}");
    }
}

#[test]
fn aggregates_stand_by_the_ways_in_which_bytes_tell_of_them() {
    let order = |presence: Presence| match presence {
        Presence::Together => 0,
        Presence::Flag => 1,
        Presence::Code => 2,
        Presence::Section => 3,
    };
    assert!(ALL.iter().map(|entry| order(entry.presence)).is_sorted());
    for (place, entry) in ALL.iter().enumerate() {
        assert!(ALL[..place].iter().all(|other| other.name != entry.name), "{}", entry.name);
    }
}

/// No rows again: none of what is held to the oracle needs them.
struct Never;

impl Again for Never {
    fn count(
        &self,
        _: &(dyn Fn() -> Box<dyn Counter> + Sync),
    ) -> tallyho::error::Result<Vec<Box<dyn Counter>>> {
        panic!("one pass is enough")
    }
}

/// What counters make of rows, in blocks of so many.
fn counted(rows: &oracle::Rows, spec: &Spec, block_rows: usize) -> Aggregates {
    let counting = Counting { spec, classes: rows.classes };
    let mut workers = [Counters::new(counting, |_| true), Counters::new(counting, |_| true)];
    let blocks = rows.labels.chunks(block_rows).zip(rows.scores.chunks(block_rows * rows.columns));
    for (at, (labels, scores)) in blocks.enumerate() {
        let mut planes = vec![0xdead_beef; PLANES * block_rows];
        let mut out = PlanesOut::new(&mut planes, block_rows, false);
        let shape = [rows.columns, rows.classes];
        score_block(&rows.params, rows.decision, shape, scores, labels, 0, &mut out);
        let block = Block {
            params: &rows.params,
            decision: rows.decision,
            classes: rows.classes,
            labels,
            planes: &planes,
            stride: block_rows,
            scores: BlockScores::F32(scores),
            columns: rows.columns,
        };
        workers[at % 2].update(&block);
    }
    let mut all = AllCounters::default();
    workers.into_iter().for_each(|worker| all.extend(worker.into()));
    if block_rows % 2 == 1 {
        all.absorb();
        assert_eq!(all.most(), 1);
    }
    let (of_rows, confusion) = (Rows::default(), Confusion::default());
    all.finish(&Finish { counting, rows: &of_rows, confusion: &confusion, again: &Never }).unwrap()
}

/// Rows of every kind, on every level of instructions, in blocks of all sizes.
#[test]
fn counters_give_what_rows_added_up_one_at_a_time_give() {
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let (spec, rows) = oracle::random(&mut rng);
        let expected = oracle::counted(&rows, &spec);
        for level in Level::available() {
            let rows = oracle::Rows {
                params: rows::Params { level, ..rows.params.clone() },
                ..rows.clone()
            };
            let block_rows = [1, 15, 16, 17, 64, 100, 512, 1_000][rng.below(8) as usize];
            let found = counted(&rows, &spec, block_rows);
            assert_eq!(found, expected, "seed {seed}, {level:?}, blocks of {block_rows}");
        }
    }
}

/// And a row that is counted otherwise is found.
#[test]
fn a_row_more_or_less_is_not_what_the_oracle_gives() {
    let (spec, mut rows) = oracle::random(&mut Rng::new(1));
    let expected = oracle::counted(&rows, &spec);
    assert_eq!(counted(&rows, &spec, 16), expected);
    let scored = rows.labels.iter().position(|&label| (label as usize) < rows.classes).unwrap();
    rows.labels[scored] = u32::MAX;
    assert_ne!(counted(&rows, &spec, 16), expected);
}
