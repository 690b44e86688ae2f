//! Averages, absent classes and undefined values.

use proptest::prelude::*;
use tallyho::class::Classes;
use tallyho::metric::{ClassMeasures, Undefined, check_names, check_spec, measures, per_class};
use tallyho::tally::{AverageOver, Cell, Confusion, Spec, Tallies, Task, ZeroDivision};

use super::made::{confusion, few, matrix, measure, scored, with};
use super::registry::matrices;

/// Class 1 is in the predictions only, class 3 in the labels only, class 4 in
/// neither.
const ABSENT: [[u64; 5]; 5] =
    [[7, 2, 1, 0, 0], [0, 0, 0, 0, 0], [1, 3, 9, 0, 0], [2, 0, 4, 0, 0], [0, 0, 0, 0, 0]];

type Values = [Result<f64, String>; 5];

fn values(tallies: &Tallies, read: fn(&ClassMeasures) -> Result<f64, Undefined>) -> Values {
    let value = |class: &ClassMeasures| read(class).map_err(|undefined| class.why(undefined));
    let values: Vec<_> = per_class(tallies).iter().map(value).collect();
    values.try_into().unwrap()
}

/// scikit-learn 1.9.1, `average=None, zero_division=nan`; nan became the reason.
#[test]
fn a_class_without_rows_or_predictions_has_undefined_values() {
    let tallies = matrix(&ABSENT);
    let no = |reason: &str| Err(reason.to_owned());
    assert_eq!(
        values(&tallies, |class| class.precision),
        [
            Ok(0.7),
            Ok(0.0),
            Ok(0.642_857_142_857_142_9),
            no("class 3 is never predicted"),
            no("class 4 is never predicted"),
        ]
    );
    assert_eq!(
        values(&tallies, |class| class.recall),
        [
            Ok(0.7),
            no("class 1 has no rows"),
            Ok(0.692_307_692_307_692_3),
            Ok(0.0),
            no("class 4 has no rows"),
        ]
    );
    let neither = no("class 4 has no rows and is never predicted");
    assert_eq!(
        values(&tallies, |class| class.f1),
        [Ok(0.7), Ok(0.0), Ok(2.0 / 3.0), Ok(0.0), neither.clone()]
    );
    assert_eq!(
        values(&tallies, |class| class.jaccard),
        [Ok(7.0 / 13.0), Ok(0.0), Ok(0.5), Ok(0.0), neither]
    );
}

#[test]
fn zero_division_gives_undefined_values_of_a_class_a_value() {
    for (zero_division, value) in [(ZeroDivision::Zero, 0.0), (ZeroDivision::One, 1.0)] {
        let tallies = with(&matrix(&ABSENT), |spec| spec.zero_division = zero_division);
        let class = &per_class(&tallies)[4];
        assert_eq!(
            (&class.precision, &class.recall, &class.f1),
            (&Ok(value), &Ok(value), &Ok(value))
        );
    }
    let tallies = with(&matrix(&ABSENT), |spec| spec.zero_division = ZeroDivision::Exclude);
    assert!(per_class(&tallies)[4].f1.is_err());
}

#[test]
fn averages_say_how_many_classes_they_count_as_0_or_leave_out() {
    let note = |zero_division, name| {
        measure(&with(&matrix(&ABSENT), |spec| spec.zero_division = zero_division), name).note
    };
    let undefined = |name| note(ZeroDivision::Undefined, name).unwrap_or_default();
    assert_eq!(
        undefined("precision_macro"),
        "precision is undefined for 2 of 5 classes, counted as 0"
    );
    assert_eq!(undefined("f1_macro"), "F is undefined for 1 of 5 classes, counted as 0");
    // Only the three classes with rows have a weight.
    assert_eq!(
        undefined("precision_weighted"),
        "precision is undefined for 1 of 3 classes, counted as 0"
    );
    assert_eq!(undefined("f1_weighted"), "");
    assert_eq!(undefined("balanced_accuracy"), "2 of 5 classes have no rows, left out");
    assert_eq!(
        note(ZeroDivision::Exclude, "recall_macro").unwrap(),
        "recall is undefined for 2 of 5 classes, left out"
    );
    assert_eq!(note(ZeroDivision::One, "recall_macro"), None);
}

/// scikit-learn 1.9.1: `precision_score([0, 0], [1, 1], average="weighted",
/// labels=[0, 1])` is 0.0. With `zero_division=nan` no weight is left, and it
/// falls back on the unweighted mean, again 0.0, which this is not to copy.
#[test]
fn an_average_of_nothing_is_undefined_only_when_nothing_counts() {
    let under = |zero_division| {
        let tallies = with(&matrix(&[[0, 2], [0, 0]]), |spec| spec.zero_division = zero_division);
        measure(&tallies, "precision_weighted")
    };
    assert_eq!(under(ZeroDivision::Undefined).value, Ok(0.0));
    assert!(under(ZeroDivision::Undefined).note.is_some());
    assert_eq!(under(ZeroDivision::One).value, Ok(1.0));
    assert_eq!(
        under(ZeroDivision::Exclude).value.unwrap_err(),
        "precision is undefined for every class with rows"
    );
}

#[test]
fn tallies_without_the_scores_that_they_claim_are_a_bug() {
    let tallies = with(&matrix(&[[1]]), |spec| spec.task = Task::Matrix);
    assert!(measures(&tallies).unwrap_err().to_string().starts_with("internal error"));
}

#[test]
fn correlations_without_spread_are_undefined() {
    let reason = |cells: &[[u64; 2]; 2], name| measure(&matrix(cells), name).value.unwrap_err();
    let one = [[5, 0], [0, 0]];
    let one_prediction = [[3, 0], [2, 0]];
    let one_label = [[3, 2], [0, 0]];
    assert_eq!(
        reason(&one, "matthews_corrcoef"),
        "all labels are one class, and all predictions are"
    );
    assert_eq!(reason(&one_prediction, "matthews_corrcoef"), "all predictions are one class");
    assert_eq!(reason(&one_label, "matthews_corrcoef"), "all labels are one class");
    for name in ["cohen_kappa", "cohen_kappa_linear", "cohen_kappa_quadratic"] {
        assert_eq!(reason(&one, name), "all labels and all predictions are one class");
        assert_eq!(measure(&matrix(&one_label), name).value, Ok(0.0), "{name}");
    }
    assert_eq!(
        measure(&matrix(&[[5]]), "specificity_macro").value.unwrap_err(),
        "specificity is undefined for every class"
    );
}

#[test]
fn without_rows_every_metric_is_undefined() {
    for (name, measure) in measures(&confusion(3, &[])).unwrap() {
        assert_eq!(measure.value.unwrap_err(), "no rows were scored", "{name}");
    }
}

#[test]
fn a_label_of_probability_0_makes_the_log_loss_undefined() {
    let rows = [vec![1.0, 0.0], vec![0.0, 1.0], vec![0.5, 0.5]];
    let reason =
        |labels: &[usize]| measure(&scored(labels, &rows, 15), "log_loss").value.unwrap_err();
    assert_eq!(reason(&[1, 1, 1]), "1 row gives its label probability 0");
    assert_eq!(reason(&[1, 0, 1]), "2 rows give their label probability 0");
}

#[test]
fn metrics_that_the_rows_cannot_have_are_refused() {
    let refuse = |spec: Spec| check_spec(&spec).unwrap_err().to_string();
    let asking = |name: &str| Spec { metrics: vec![name.into()], ..Spec::default() };
    assert_eq!(
        refuse(asking("log_loss")),
        "log_loss needs scores, and these rows have predictions only; give --scores"
    );
    assert_eq!(
        refuse(Spec { task: Task::Matrix, ..asking("classwise_ece") }),
        "classwise_ece needs calibration bins of every class, which were not counted; \
         evaluate with --metrics classwise_ece"
    );
    assert_eq!(
        refuse(asking("fbeta_macro")),
        "fbeta_macro needs a beta: write fbeta_macro(beta=2)"
    );
    assert_eq!(
        refuse(Spec { top_k: vec![1, 0], ..Spec::default() }),
        "--top-k counts classes from 1, found 0"
    );
    assert_eq!(
        refuse(Spec { betas: vec![-1.0], ..Spec::default() }),
        "--beta takes a number from 0 to 1e9, found -1"
    );
    assert_eq!(
        refuse(Spec { interval: 1.0, ..Spec::default() }),
        "--interval takes a level between 0 and 1, found 1"
    );
    assert!(measures(&with(&matrix(&ABSENT), |spec| spec.top_k = vec![0])).is_err());
}

#[test]
fn unknown_metrics_are_refused_with_the_nearest_name() {
    let refuse = |name: &str| check_names(&[name.into()]).unwrap_err().to_string();
    assert_eq!(refuse("acuracy"), "there is no metric 'acuracy'; did you mean 'accuracy'?");
    assert_eq!(refuse("F1_Makro"), "there is no metric 'F1_Makro'; did you mean 'f1_macro'?");
    assert_eq!(refuse("xyzzy"), "there is no metric 'xyzzy'; --list-metrics lists them");
    assert_eq!(
        refuse("top_0_accuracy"),
        "top_0_accuracy: K is a number of classes from 1 up, found '0'"
    );
    assert_eq!(
        refuse("recall"),
        "recall is a value of each class: write recall[CLASS], or recall_macro, recall_micro, \
         recall_weighted"
    );
    assert_eq!(refuse("tp"), "tp is a value of each class: write tp[CLASS]");
    assert_eq!(refuse("accuracy(2)"), "accuracy takes no parameter, found '(2)'");
    assert_eq!(
        refuse("fbeta_micro(b=2)"),
        "fbeta_micro takes beta, found 'b'; write fbeta_micro(beta=2)"
    );
    assert_eq!(refuse("fbeta_micro(x)"), "fbeta_micro: beta is a number from 0 up, found 'x'");
    for name in [
        "accuracy",
        "hamming_loss",
        "fbeta_macro",
        "fbeta_macro(0.5)",
        "top_K_accuracy",
        "top_7_accuracy",
    ] {
        check_names(&[name.into()]).unwrap();
    }
}

fn renamed(tallies: &Tallies, places: &[u32]) -> Tallies {
    Tallies { confusion: tallies.confusion.renumbered(places).unwrap(), ..tallies.clone() }
}

fn transposed(tallies: &Tallies) -> Tallies {
    let turn = |cell: Cell| Cell { label: cell.prediction, prediction: cell.label, ..cell };
    let cells = tallies.confusion.cells().map(turn).collect();
    Tallies { confusion: Confusion::from_cells(cells).unwrap(), ..tallies.clone() }
}

proptest! {
    #[test]
    fn micro_averages_and_weighted_recall_equal_accuracy(cells in matrices()) {
        let tallies = matrix(&cells);
        let accuracy = measure(&tallies, "accuracy");
        for name in ["precision_micro", "recall_micro", "f1_micro", "fbeta_micro(3)", "recall_weighted"] {
            prop_assert_eq!(&measure(&tallies, name), &accuracy, "{}", name);
        }
    }

    #[test]
    fn macro_averages_are_the_mean_of_the_classes(cells in matrices()) {
        let tallies = matrix(&cells);
        prop_assume!(tallies.rows.scored > 0);
        let classes = per_class(&tallies);
        let mean = |read: fn(&ClassMeasures) -> Result<f64, Undefined>| {
            let values = classes.iter().map(|class| read(class).unwrap_or(0.0));
            values.sum::<f64>() / classes.len() as f64
        };
        prop_assert_eq!(measure(&tallies, "precision_macro").value.unwrap(), mean(|class| class.precision));
        prop_assert_eq!(measure(&tallies, "recall_macro").value.unwrap(), mean(|class| class.recall));
        prop_assert_eq!(measure(&tallies, "f1_macro").value.unwrap(), mean(|class| class.f1));
        prop_assert_eq!(measure(&tallies, "jaccard_macro").value.unwrap(), mean(|class| class.jaccard));
    }

    #[test]
    fn renaming_classes_permutes_them_and_keeps_averages(
        (cells, places) in matrices().prop_flat_map(|cells| {
            let places: Vec<u32> = (0..).zip(&cells).map(|(place, _)| place).collect();
            (Just(cells), Just(places).prop_shuffle())
        })
    ) {
        let before = matrix(&cells);
        let after = renamed(&before, &places);
        let (old, new) = (per_class(&before), per_class(&after));
        for (class, place) in old.iter().zip(&places) {
            let moved = &new[*place as usize];
            prop_assert_eq!((class.tp, class.fp, class.fn_, class.tn), (moved.tp, moved.fp, moved.fn_, moved.tn));
            prop_assert_eq!(class.f1.as_ref().ok(), moved.f1.as_ref().ok());
        }
        let values = measures(&few(&before)).unwrap().into_iter().zip(measures(&few(&after)).unwrap());
        for ((name, old), (_, new)) in values.filter(|((name, _), _)| !is_ordered(name)) {
            prop_assert_eq!(&old.note, &new.note);
            match (old.value, new.value) {
                (Ok(old), Ok(new)) => prop_assert!((old - new).abs() <= 1e-12 * old.abs(), "{name}"),
                (old, new) => prop_assert_eq!(old, new, "{}", name),
            }
        }
    }

    #[test]
    fn swapping_labels_and_predictions_swaps_precision_and_recall(cells in matrices()) {
        let before = matrix(&cells);
        let after = transposed(&before);
        let value = |tallies: &Tallies, name| measure(tallies, name).value.ok();
        prop_assert_eq!(value(&before, "precision_macro"), value(&after, "recall_macro"));
        for name in ["accuracy", "f1_macro", "jaccard_macro", "matthews_corrcoef", "cohen_kappa", "cohen_kappa_linear", "cohen_kappa_quadratic"] {
            prop_assert_eq!(value(&before, name), value(&after, name), "{}", name);
        }
        prop_assert_eq!(value(&before, "label_entropy"), value(&after, "prediction_entropy"));
        for (one, other) in per_class(&before).iter().zip(&per_class(&after)) {
            prop_assert_eq!(one.precision.as_ref().ok(), other.recall.as_ref().ok());
        }
    }

    /// The definition, C × C, against the one pass over classes.
    #[test]
    fn weighted_kappas_agree_with_their_double_sums(cells in matrices()) {
        let tallies = matrix(&cells);
        let n = tallies.rows.scored as f64;
        let classes = per_class(&tallies);
        for (name, power) in [("cohen_kappa_linear", 1), ("cohen_kappa_quadratic", 2)] {
            let (mut observed, mut expected) = (0.0, 0.0);
            for (i, label) in classes.iter().enumerate() {
                for (j, prediction) in classes.iter().enumerate() {
                    let weight = (i as f64 - j as f64).abs().powi(power);
                    observed += weight * cells[i][j] as f64;
                    expected += weight * label.support as f64 * prediction.predicted as f64 / n;
                }
            }
            match measure(&tallies, name).value {
                Ok(kappa) => prop_assert!((kappa - (1.0 - observed / expected)).abs() < 1e-12),
                Err(_) => prop_assert!(n == 0.0 || expected == 0.0),
            }
        }
    }
}

/// Whether a metric depends on the order of classes.
fn is_ordered(name: &str) -> bool {
    ["cohen_kappa_linear", "cohen_kappa_quadratic"].contains(&name)
}

#[test]
fn reasons_name_the_class_as_the_user_does() {
    let mut tallies = matrix(&[[3, 0], [0, 0]]);
    tallies.classes = Classes::given(vec!["cat".into(), "big dog".into()]).unwrap();
    let [cat, dog] = &per_class(&tallies)[..] else { panic!("two classes") };
    assert_eq!(dog.why(dog.recall.unwrap_err()), "class big dog has no rows");
    let none = "there are no rows of other classes than cat";
    assert_eq!(cat.why(cat.specificity.unwrap_err()), none);
}

/// Compared in pairs, so many would take minutes.
#[test]
fn averages_may_be_over_very_many_classes_by_name() {
    let names: Vec<String> = (0..100_000).map(|class| format!("k{class}")).collect();
    let classes = Classes::given(names.clone()).unwrap();
    let over = AverageOver::parse(&names[1..]).unwrap().unwrap();
    let over = over.resolve(&classes, None).unwrap();
    over.check(&classes, None).unwrap();
    assert_eq!(over.selected(&classes, None).iter().filter(|chosen| !**chosen).count(), 1);
}
