//! Arrays of every type and stride, and what is refused of them.

use half::{bf16, f16};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, ShapeBuilder, array, s};
use tallyho::{
    Arrays, Auc, Error, Evaluation, Files, OnInvalid, Options, Outputs, Report, evaluate, logits,
    predictions, probabilities,
};

use crate::common::Rng;
use crate::common::files::{Element, Folder, npy, npy_matrix, spelled};

/// Labels and logits of so many rows and classes.
pub(super) fn rows(rows: usize, classes: usize) -> (Array1<i64>, Array2<f32>) {
    let mut rng = Rng::new(7);
    let labels = Array1::from_shape_simple_fn(rows, || i64::from(rng.below(classes as u32)));
    let scores = Array2::from_shape_simple_fn((rows, classes), || rng.normal());
    (labels, scores)
}

fn said<T: std::fmt::Debug>(result: tallyho::Result<T>) -> String {
    result.unwrap_err().to_string()
}

fn digest<'a>(labels: ArrayView1<'a, i64>, outputs: Outputs<'a>) -> String {
    evaluate(labels, outputs).unwrap().digest().to_owned()
}

#[test]
fn what_comes_out_may_be_sent_to_other_threads() {
    fn sent<T: Send + Sync + 'static>() {}
    sent::<Evaluation>();
    sent::<Report>();
    sent::<tallyho::Tallies>();
    sent::<Options>();
    sent::<Error>();
    fn sent_once<T: Send + 'static>() {}
    sent_once::<tallyho::Accumulator>();
}

#[test]
fn classes_are_the_same_in_every_type() {
    let numbers = [0_u8, 1, 1, 0, 1];
    let digests: Vec<String> = vec![
        array![0_u8, 1, 1, 0, 1].into_digest(),
        array![0_u16, 1, 1, 0, 1].into_digest(),
        array![0_u32, 1, 1, 0, 1].into_digest(),
        array![0_u64, 1, 1, 0, 1].into_digest(),
        array![0_usize, 1, 1, 0, 1].into_digest(),
        array![0_i8, 1, 1, 0, 1].into_digest(),
        array![0_i16, 1, 1, 0, 1].into_digest(),
        array![0_i32, 1, 1, 0, 1].into_digest(),
        array![0_i64, 1, 1, 0, 1].into_digest(),
        array![false, true, true, false, true].into_digest(),
        array!["0", "1", "1", "0", "1"].into_digest(),
        Array1::from_iter(numbers.iter().map(u8::to_string)).into_digest(),
    ];
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
}

/// The digest of labels in one type, against predictions in another.
trait IntoDigest {
    fn into_digest(self) -> String;
}

impl<T> IntoDigest for Array1<T>
where
    for<'a> tallyho::Labels<'a>: From<ArrayView1<'a, T>>,
{
    fn into_digest(self) -> String {
        let predicted = array!["0", "1", "0", "0", "1"];
        let found = evaluate(self.view(), predictions(predicted.view())).unwrap();
        let other = evaluate(predicted.view(), predictions(self.view())).unwrap();
        assert_eq!(found.report().confusion(), other.report().confusion().reversed_axes());
        found.digest().to_owned()
    }
}

#[test]
fn integers_beyond_64_bits_signed_are_classes() {
    let labels = array![u64::MAX, 3];
    let report = evaluate(labels.view(), array![3_i8, 3].view()).unwrap().report();
    assert_eq!(report.classes(), ["3", "18446744073709551615"]);
    assert_eq!(report.confusion(), array![[1, 0], [1, 0]]);
}

/// Scores that every type holds.
fn as_type<T: Element + tallyho::Element>(of: impl Fn(f32) -> T) {
    let (labels, scores) = rows(5_000, 7);
    let scores = scores.mapv(|score| of((score * 4.0).round()));
    let folder = Folder::new();
    let files = || {
        let labels = folder.file("y.npy", npy(labels.as_slice().unwrap()));
        let scores = folder.file("z.npy", npy_matrix(scores.as_slice().unwrap(), 7));
        Files::arrays().labels(spelled(&labels)).scores(spelled(&scores))
    };
    for options in [Options::new(), Options::new().auc(Auc::Exact).metrics(["roc_auc_ovr_macro"])] {
        let of_files = options.clone().source(files()).settings(tallyho::Settings {
            score_type: (T::KIND == "V2").then_some(<bf16 as tallyho::Element>::TYPE),
            ..tallyho::Settings::default()
        });
        let of_files = of_files.device(tallyho::Device::Cpu).run().unwrap();
        let found =
            options.source(Arrays::new(labels.view(), logits(scores.view()))).run().unwrap();
        assert_eq!(found.digest(), of_files.digest(), "{}", T::KIND);
        assert_eq!(found.tallies(), of_files.tallies());
    }
}

#[test]
fn scores_of_every_type_are_those_of_files() {
    as_type::<f32>(|score| score);
    as_type::<f64>(f64::from);
    as_type::<f16>(f16::from_f32);
    as_type::<bf16>(bf16::from_f32);
}

#[test]
fn strides_do_not_show() {
    let (labels, scores) = rows(1_000, 5);
    let wanted = digest(labels.view(), logits(scores.view()));
    let mut fortran = Array2::zeros((1_000, 5).f());
    fortran.assign(&scores);
    assert_eq!(digest(labels.view(), logits(fortran.view())), wanted);
    // Every other row of a wider matrix, from the last one on.
    let mut wide = Array2::from_elem((2_000, 9), f32::NAN);
    wide.slice_mut(s![..;-2, 1..;-2]).slice_mut(s![.., ..4]).assign(&scores.slice(s![.., ..4]));
    let mut both = Array2::from_elem((2_000, 15), f32::NAN);
    both.slice_mut(s![..;-2, 2..;-3]).assign(&scores);
    assert_eq!(digest(labels.view(), logits(both.slice(s![..;-2, 2..;-3]))), wanted);
    let mut spread = Array1::from_elem(3_000, 99);
    spread.slice_mut(s![..;-3]).assign(&labels);
    assert_eq!(digest(spread.slice(s![..;-3]), logits(scores.view())), wanted);
    // Rows that are one in memory.
    let row = array![0.0_f32, 2.0, 1.0];
    let ones = array![1_i64];
    let broadcast: ArrayView2<'_, f32> = row.broadcast((100, 3)).unwrap();
    let report = evaluate(ones.broadcast(100).unwrap(), logits(broadcast)).unwrap().report();
    assert_eq!(report.confusion()[(1, 1)], 100);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let (labels, scores) = rows(60_000, 20);
    let run = |threads| {
        let arrays = Arrays::new(labels.view(), logits(scores.view()));
        Options::new().threads(threads).source(arrays).run().unwrap()
    };
    let one = run(1);
    let report = one.report();
    assert_eq!(report.rows().scored, 60_000);
    for threads in [2, 5] {
        assert_eq!(run(threads).tallies(), one.tallies());
        assert_eq!(run(threads).report()["f1_macro"], report["f1_macro"]);
    }
    let arrays = Arrays::new(labels.view(), logits(scores.view()));
    let error = said(Options::new().threads(0).source(arrays).run());
    assert_eq!(error, "threads must be 1 to 1024, found 0");
}

#[test]
fn one_score_per_row_is_that_of_the_positive_class() {
    let labels = array!["no", "yes", "yes", "no"];
    let scores = array![0.1, 0.9, 0.4, 0.6];
    let report = evaluate(labels.view(), probabilities(scores.view())).unwrap().report();
    assert_eq!(report["roc_auc"].value(), Some(0.75));
    assert_eq!(report["accuracy"].ratio(), Some((2, 4)));
    assert_eq!(report.curve("roc").unwrap().nrows(), 5);
    assert!(report.curve("no such").is_none());
    let column = scores.view().insert_axis(Axis(1));
    let of_column = evaluate(labels.view(), probabilities(column)).unwrap();
    assert_eq!(of_column.digest(), report.digest());
    let run = |options: Options| {
        options.source(Arrays::new(labels.view(), probabilities(scores.view()))).run().unwrap()
    };
    assert_eq!(report["auroc"], report["roc_auc"]);
    let other = run(Options::new().positive("no")).report();
    assert_eq!(other["roc_auc"].value(), Some(0.25));
    let strict = run(Options::new().threshold(0.95).metrics(["accuracy"])).report();
    assert_eq!(strict["accuracy"].ratio(), Some((2, 4)));
    assert!(strict.get("roc_auc").is_none());
}

#[test]
fn rows_that_do_not_fit_are_refused_with_both_shapes() {
    let (labels, scores) = rows(5, 3);
    let error = said(evaluate(labels.slice(s![..4]), logits(scores.view())));
    let wanted = "labels have shape (4,), scores have shape (5, 3): expected a label for each row; \
                  give views of the same rows";
    assert_eq!(error, wanted);
    let error = said(evaluate(labels.view(), predictions(labels.slice(s![..0]))));
    assert!(error.starts_with("labels have shape (5,), predictions have shape (0,):"), "{error}");
    let error = said(evaluate(labels.view(), logits(scores.slice(s![.., ..0]))));
    let wanted =
        "labels have shape (5,), scores have shape (5, 0): expected a score for each class";
    assert_eq!(error, wanted);
    let error = said(evaluate(labels.slice(s![..0]), logits(scores.slice(s![..0, ..]))));
    let wanted = "labels have shape (0,), scores have shape (0, 3): there are no rows to score";
    assert_eq!(error, wanted);
    let error = said(evaluate(labels.slice(s![..3]), logits(scores.slice(s![.., 0]))));
    assert!(error.contains("scores have shape (5,)"), "{error}");
}

#[test]
fn a_score_that_is_nan_is_named_or_left_out() {
    let (labels, mut scores) = rows(3_000, 100);
    scores[(2_345, 6)] = f32::NAN;
    let error = said(evaluate(labels.view(), logits(scores.view())));
    assert!(error.starts_with("scores: row 2345: "), "{error}");
    assert!(error.contains("NaN") && error.contains("on_invalid skip"), "{error}");
    assert!(!error.contains("--"), "{error}");
    let arrays = Arrays::new(labels.view(), logits(scores.view()));
    let report = Options::new().on_invalid(OnInvalid::Skip).source(arrays).run().unwrap().report();
    assert_eq!((report.rows().scored, report.rows().invalid), (2_999, 1));
    let arrays = Arrays::new(labels.view(), logits(scores.view()));
    let strict = tallyho::Settings { strict: Some(true), ..tallyho::Settings::default() };
    let strict = Options::new().settings(strict).on_invalid(OnInvalid::Skip);
    let error = said(strict.source(arrays).run());
    assert!(error.contains("strict takes warnings for errors") && !error.contains("--"), "{error}");
    let notices = report.notices();
    assert!(notices.iter().any(|it| it.code.id == "TH204"), "{notices:?}");
}

#[test]
fn a_label_without_a_score_is_named() {
    let error = said(evaluate(array![0, 3].view(), logits(array![[1.0, 2.0], [1.0, 2.0]].view())));
    assert!(error.starts_with("labels: row 1: ") && !error.contains("--"), "{error}");
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let (labels, scores) = rows(5, 3);
    let run = |options: Options| {
        said(options.source(Arrays::new(labels.view(), logits(scores.view()))).run())
    };
    for (options, wanted) in [
        (Options::new().metrics(["accuracie"]), "accuracy"),
        (Options::new().positive("2"), "positive is for one positive class"),
        (Options::new().classes(["a", "b"]), "classes names 2 classes"),
        (Options::new().require(["accuracy > drop"]), "rule"),
        (Options::new().device(tallyho::Device::Gpu), "arrays are counted on the CPU"),
    ] {
        let error = run(options);
        assert!(error.contains(wanted) && !error.contains("--"), "{error}");
    }
    let usual = tallyho::Settings::default;
    let given = Some(tallyho::engine::ScoresGiven::Percent);
    let settings = tallyho::Settings { scores_are: given, ..usual() };
    assert!(run(Options::new().settings(settings)).contains("scores_are"));
    let settings =
        tallyho::Settings { csv: Some(tallyho::input::CsvOptions::default()), ..usual() };
    assert!(run(Options::new().settings(settings)).contains("csv has no effect on arrays"));
}

#[test]
fn scores_of_no_kind_are_taken_for_what_they_look_like() {
    let (labels, scores) = rows(100, 3);
    let looked_at = evaluate(labels.view(), scores.view()).unwrap();
    assert_eq!(looked_at.digest(), digest(labels.view(), logits(scores.view())));
    let exponentials = scores.mapv(f32::exp);
    let sums = exponentials.sum_axis(Axis(1)).insert_axis(Axis(1));
    let shares = exponentials / sums;
    let looked_at = evaluate(labels.view(), shares.view()).unwrap();
    assert_eq!(looked_at.digest(), digest(labels.view(), probabilities(shares.view())));
}

#[test]
fn a_report_is_indexed_by_names_and_shown() {
    let (labels, scores) = rows(1_000, 3);
    let evaluation = evaluate(labels.view(), logits(scores.view())).unwrap();
    drop((labels, scores));
    let report = std::thread::spawn(move || evaluation.report()).join().unwrap();
    let accuracy = &report["accuracy"];
    let interval = accuracy.interval().unwrap();
    assert!(interval.low < accuracy.value().unwrap() && accuracy.value().unwrap() < interval.high);
    assert_eq!(report.confusion().sum(), 1_000);
    assert_eq!(report.per_class().len(), 3);
    assert!(report.get("no such").is_none());
    assert!(report.to_json().contains(report.digest()));
    assert!(report.to_markdown().contains("accuracy"));
    assert!(report.metrics().any(|(name, _)| name == "log_loss"));
}

#[test]
#[should_panic(expected = "the report has no metric 'no such'")]
fn an_index_that_is_no_metric_panics_as_that_of_a_map_does() {
    let report = evaluate(array![0, 1].view(), array![0, 1].view()).unwrap().report();
    let _ = &report["no such"];
}

#[test]
fn an_undefined_metric_has_a_reason_and_no_value() {
    let labels = array!["a", "a"];
    let options = Options::new().classes(["a", "b"]);
    let report = options.source(Arrays::new(labels.view(), labels.view())).run().unwrap().report();
    let undefined = report.metrics().find(|(_, metric)| metric.value().is_none());
    let (name, metric) = undefined.unwrap();
    assert!(metric.undefined().is_some_and(|why| !why.is_empty()), "{name}");
    assert!(metric.interval().is_none());
}

#[test]
fn rules_are_judged() {
    let labels = array![0, 1, 1, 1];
    let predicted = array![0, 1, 1, 0];
    let run = |rule: &str| {
        let arrays = Arrays::new(labels.view(), predicted.view());
        Options::new().require([rule]).source(arrays).run().unwrap().report()
    };
    assert!(run("accuracy >= 0.75").passes());
    let report = run("accuracy > 0.75");
    assert!(!report.passes());
    assert_eq!(report.judgements()[0].value, Some(0.75));
}
