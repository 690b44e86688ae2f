//! Rows that come in parts.

use ndarray::{array, s};
use tallyho::{
    Accumulator, Arrays, Auc, Batches, Evaluation, OnInvalid, Options, evaluate, logits,
};

use super::arrays::rows;

const CLASSES: [&str; 3] = ["0", "1", "2"];

#[test]
fn rows_that_are_pushed_in_any_pieces_give_what_all_at_once_do() {
    let (labels, scores) = rows(10_000, 3);
    let options = || Options::new().classes(CLASSES);
    let arrays = Arrays::new(labels.view(), logits(scores.view()));
    let whole = options().source(arrays).run().unwrap();
    for (piece, threads) in [(1, 2), (37, 1), (4_096, 3), (10_000, 2)] {
        let mut parts = Accumulator::logits(CLASSES, Options::new().threads(threads)).unwrap();
        let take = if piece == 1 { 500 } else { 10_000 };
        for first in (0..take).step_by(piece) {
            let rows = first..take.min(first + piece);
            parts.push(labels.slice(s![rows.clone()]), scores.slice(s![rows, ..])).unwrap();
        }
        parts.push(labels.slice(s![take..]), scores.slice(s![take.., ..])).unwrap();
        let parts = parts.finish().unwrap();
        assert_eq!(parts.digest(), whole.digest(), "{piece}");
        assert_eq!(parts.tallies(), whole.tallies());
        assert_eq!(parts.report()["log_loss"], whole.report()["log_loss"]);
    }
}

#[test]
fn an_exact_order_of_single_scores_survives_being_pushed() {
    let (labels, scores) = rows(3_000, 2);
    let (names, scores) = (labels.mapv(|label| ["no", "yes"][label as usize]), scores.column(1));
    let mut parts = Accumulator::logits(["no", "yes"], Options::new()).unwrap();
    for first in (0..3_000).step_by(100) {
        let rows = s![first..first + 100];
        parts.push(names.slice(rows), scores.slice(rows)).unwrap();
    }
    let arrays = Arrays::new(names.view(), logits(scores));
    let whole = Options::new().classes(["no", "yes"]).source(arrays).run().unwrap();
    let parts = parts.finish().unwrap();
    assert_eq!(parts.tallies(), whole.tallies());
    assert!(parts.report()["roc_auc"].value().is_some());
}

#[test]
fn predictions_are_pushed_with_classes_that_come_up() {
    let mut parts = Accumulator::predictions(Options::new()).unwrap();
    parts.push(array!["a", "b"].view(), array!["a", "a"].view()).unwrap();
    parts.push(array!["c"].view(), array!["c"].view()).unwrap();
    parts.push(array![1_u8, 1].view(), array![1_u16, 1].view()).unwrap();
    let report = parts.finish().unwrap().report();
    let json = report.to_json();
    assert!(json.contains("string, uint8") && json.contains("string, uint16"), "{json}");
    assert_eq!(report.classes(), ["1", "a", "b", "c"]);
    assert_eq!(report["accuracy"].ratio(), Some((4, 5)));
}

#[test]
fn an_iterator_over_arrays_is_a_source() {
    let (labels, scores) = rows(1_000, 3);
    let pieces = [0..10, 10..700, 700..1_000];
    let owned = |rows: std::ops::Range<usize>| {
        (labels.slice(s![rows.clone()]).to_owned(), scores.slice(s![rows, ..]).to_owned())
    };
    let batches = Batches::logits(pieces.clone().map(owned));
    let found = Evaluation::builder().threads(2).source(batches).run().unwrap();
    assert_eq!(found.digest(), evaluate(labels.view(), logits(scores.view())).unwrap().digest());
    let single = |rows: std::ops::Range<usize>| {
        (labels.slice(s![rows.clone()]).to_owned(), scores.slice(s![rows, 0]).to_owned())
    };
    let batches = Batches::probabilities(pieces.clone().map(single));
    let error = Evaluation::builder().source(batches).run().unwrap_err().to_string();
    assert!(error.contains("(10,)") && error.contains("name the two classes"), "{error}");
    let same = pieces.map(|rows| (labels.slice(s![rows.clone()]).to_owned(), array![0]));
    let error = Evaluation::builder().source(Batches::predictions(same)).run().unwrap_err();
    assert!(error.to_string().contains("predictions have shape (1,)"), "{error}");
}

#[test]
fn what_differs_from_the_first_rows_is_refused_and_the_rest_counts() {
    let (labels, scores) = rows(8, 3);
    let mut parts = Accumulator::logits(CLASSES, Options::new()).unwrap();
    parts.push(labels.view(), scores.view()).unwrap();
    let error = parts.push(labels.view(), scores.slice(s![..7, ..])).unwrap_err().to_string();
    assert!(error.starts_with("labels have shape (8,), scores have shape (7, 3):"), "{error}");
    let error = parts.push(labels.view(), scores.slice(s![.., ..2])).unwrap_err().to_string();
    assert!(error.contains("(8, 2)") && error.contains("(8, 3)"), "{error}");
    let error = parts.push(labels.view(), scores.mapv(f64::from).view()).unwrap_err().to_string();
    assert!(error.contains("f64") && error.contains("f32"), "{error}");
    let error = parts.push(labels.view(), labels.view()).unwrap_err().to_string();
    assert!(error.contains("expected scores"), "{error}");
    let error = parts.push(labels.view(), tallyho::probabilities(scores.view())).unwrap_err();
    assert!(error.to_string().contains("expected logits"), "{error}");
    parts.push(labels.slice(s![..0]), scores.slice(s![..0, ..])).unwrap();
    assert_eq!(parts.finish().unwrap().report().rows().read, 8);
}

#[test]
fn a_row_that_cannot_be_scored_ends_the_counting_and_is_named() {
    let (labels, mut scores) = rows(100, 3);
    scores[(42, 1)] = f32::NAN;
    let mut parts = Accumulator::logits(CLASSES, Options::new()).unwrap();
    let mut pushed = Ok(());
    for _ in 0..10_000 {
        pushed = parts.push(labels.view(), scores.view());
        if pushed.is_err() {
            break;
        }
    }
    let error = pushed.unwrap_err().to_string();
    assert!(error.starts_with("scores: row 42: ") && !error.contains("--"), "{error}");
    // The rows before it were not kept, so nothing may seem to begin here.
    let error = parts.push(labels.view(), scores.view()).unwrap_err().to_string();
    assert!(error.contains("an earlier push failed"), "{error}");
    assert!(parts.finish().unwrap_err().to_string().contains("an earlier push failed"));
}

#[test]
fn the_last_rows_are_looked_at_too_and_may_be_left_out() {
    let (labels, mut scores) = rows(100, 3);
    scores[(99, 1)] = f32::NAN;
    let finish = |options: Options| {
        let mut parts = Accumulator::logits(CLASSES, options).unwrap();
        parts.push(labels.slice(s![..50]), scores.slice(s![..50, ..])).unwrap();
        parts.push(labels.slice(s![50..]), scores.slice(s![50.., ..])).unwrap();
        parts.finish()
    };
    let error = finish(Options::new()).unwrap_err().to_string();
    assert!(error.starts_with("scores: row 99: "), "{error}");
    let skipped = finish(Options::new().on_invalid(OnInvalid::Skip)).unwrap();
    assert_eq!((skipped.report().rows().scored, skipped.report().rows().invalid), (99, 1));
}

#[test]
fn what_cannot_be_accumulated_is_refused() {
    let error = Accumulator::logits(["a", "a"], Options::new()).unwrap_err().to_string();
    assert!(error.contains("'a'"), "{error}");
    let none = Accumulator::logits(CLASSES, Options::new()).unwrap();
    assert!(none.finish().unwrap_err().to_string().contains("no rows"));
    let (labels, scores) = rows(8, 3);
    let mut twice = Accumulator::logits(CLASSES, Options::new().auc(Auc::Exact)).unwrap();
    let error = twice.push(labels.view(), scores.view()).unwrap_err().to_string();
    assert!(error.contains("use auc binned"), "{error}");
}

#[test]
fn merged_evaluations_are_those_of_all_rows() {
    let (labels, scores) = rows(4_000, 3);
    let part = |rows: std::ops::Range<usize>| {
        evaluate(labels.slice(s![rows.clone()]), logits(scores.slice(s![rows, ..]))).unwrap()
    };
    let whole = part(0..4_000);
    let merged = Evaluation::merge([part(2_500..4_000), part(0..1_000), part(1_000..2_500)]);
    let merged = merged.unwrap();
    assert_eq!(merged.digest(), whole.digest());
    assert_eq!(merged.report()["f1_macro"], whole.report()["f1_macro"]);
    let twice = Evaluation::merge([part(0..2_000), part(0..2_000)]).unwrap().report();
    assert!(twice.notices().iter().any(|notice| notice.code.id == "TH041"));
    let other = evaluate(labels.view(), labels.view()).unwrap();
    let error = Evaluation::merge([whole, other]).unwrap_err().to_string();
    assert!(!error.contains("--"), "{error}");
    assert!(Evaluation::merge([]).is_err());
}
