//! The command lines of frozen evaluations: every kind of input, with options at random.

use super::inputs::{BINARY, MATRICES};
use crate::common::Rng;

/// Lines of each input.
const EACH: usize = 11;

/// What an input is, which says what options have a meaning.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Predictions,
    Matrix(usize),
    Binary,
}

/// All command lines, in one order.
pub fn all() -> Vec<String> {
    let mut rng = Rng::new(2_026);
    let mut lines = Vec::new();
    for (input, kind) in inputs() {
        lines.push(input.clone());
        for _ in 1..EACH {
            lines.push(format!("{input}{}", options(&mut rng, kind)));
        }
    }
    lines
}

fn inputs() -> Vec<(String, Kind)> {
    let mut inputs: Vec<(String, Kind)> = [
        ("iris/predictions.csv --labels label --predictions prediction", Kind::Predictions),
        ("--labels iris/y.npy --scores iris/scores.npy", Kind::Matrix(3)),
        ("--labels iris/y.npy --scores iris/scores_f32.npy", Kind::Matrix(3)),
        ("digits/predictions.parquet --labels label --predictions prediction", Kind::Predictions),
        ("--labels digits/labels.npy --scores digits/logits.npy", Kind::Matrix(10)),
        ("--labels digits/labels.npy --scores digits/probabilities.npy", Kind::Matrix(10)),
        ("--labels breast_cancer/labels.npy --scores breast_cancer/score.npy", Kind::Binary),
        ("--labels breast_cancer/labels.npy --scores breast_cancer/logit.npy", Kind::Binary),
        ("--labels edge/y4.npy --scores edge/s_ties.npy", Kind::Matrix(4)),
        ("--labels edge/y20.npy --predictions edge/p20.npy", Kind::Predictions),
        ("edge/pets.parquet --labels label --predictions prediction", Kind::Predictions),
    ]
    .map(|(line, kind)| (line.to_owned(), kind))
    .into();
    for name in ["few", "ten", "many", "sparse"] {
        let arrays = format!("--labels {name}_y.npy --predictions {name}_p.npy");
        inputs.push((arrays, Kind::Predictions));
        inputs.push((format!("{name}.csv --labels y --predictions p"), Kind::Predictions));
        inputs.push((format!("{name}_text.csv --labels y --predictions p"), Kind::Predictions));
    }
    for (name, columns, _, _) in MATRICES {
        for scores in [name.to_owned(), format!("{name}_fortran")] {
            let line = format!("--labels y_{name}.npy --scores {scores}.npy --on-invalid skip");
            inputs.push((line, Kind::Matrix(columns)));
        }
        let line = format!("--labels y_{name}.npy --scores {name}_bf16.npy --on-invalid skip");
        inputs.push((format!("{line} --score-type bf16"), Kind::Matrix(columns)));
    }
    for (name, _, _) in BINARY {
        inputs.push((format!("--labels y_{name}.npy --scores {name}.npy"), Kind::Binary));
    }
    inputs
}

/// A few options, each with a value, that may go together or not.
fn options(rng: &mut Rng, kind: Kind) -> String {
    let any: &[&str] = &[
        "--threads 1",
        "--threads 3",
        "--batch-rows 1",
        "--batch-rows 7",
        "--batch-rows 600",
        "--ignore-label 1",
        "--zero-division exclude",
        "--zero-division 0",
        "--interval 0.8",
        "--replicates 20",
        "--replicates 0",
        "--seed 3",
        "--beta 2",
        "--interval-method clopper-pearson",
        "--metrics accuracy",
        "--metrics f1_macro,matthews_corrcoef",
    ];
    let of_kind: &[&str] = match kind {
        Kind::Predictions => &[
            "--match-classes loose",
            "--match-classes exact",
            "--outside wrong",
            "--classes ten.txt --outside wrong",
            "--classes ten.txt --outside skip",
            "--classes three.txt",
            "--average-over 0,1",
        ],
        Kind::Matrix(_) => &[
            "--bins 1",
            "--bins 300",
            "--bin-edges left-closed",
            "--ties sklearn-top-k",
            "--top-k 1,2",
            "--auc exact",
            "--auc binned",
            "--metrics classwise_ece,log_loss",
            "--metrics temperature,accuracy",
            "--metrics classwise_ece,temperature",
            "--metrics roc_auc_ovr_macro,roc_auc_ovo_macro",
            "--metrics aurc,coverage_at_risk(0.1)",
            "--metrics roc_auc_ovr_micro,expected_calibration_error_equal_mass",
            "--classes three.txt",
            "--threshold 0.25",
            "--positive 0",
            "--max-fpr 0.2",
        ],
        Kind::Binary => &[
            "--bins 7",
            "--bin-edges left-closed",
            "--auc none",
            "--auc binned",
            "--threshold 0.25",
            "--positive 0",
            "--max-fpr 0.2",
            "--cost fp=1,fn=10",
            "--metrics roc_auc,accuracy",
            "--metrics roc_auc",
            "--metrics accuracy --auc none",
            "--metrics classwise_ece,log_loss",
            "--metrics temperature,brier_score",
            "--metrics aurc,roc_auc",
        ],
    };
    let mut taken: Vec<&str> = Vec::new();
    let mut line = String::new();
    for _ in 0..=rng.below(4) {
        let from = if rng.below(2) == 0 { any } else { of_kind };
        let option = from[rng.below(from.len() as u32) as usize];
        // Most options may be given once.
        let name = option.split(' ').next().unwrap_or_default();
        if !taken.iter().any(|it| it.split(' ').next() == Some(name)) {
            taken.push(option);
            line.push(' ');
            line.push_str(option);
        }
    }
    line
}
