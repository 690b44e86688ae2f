//! Scores two arrays, and shows a few numbers with their confidence intervals.
//!
//!     cargo run --example arrays

use ndarray::{Array1, Array2};

#[allow(clippy::print_stdout, reason = "it is an example's way to show something")]
pub(crate) fn main() -> tallyho::Result<()> {
    // Any model's logits of 3 classes: here every fifth row is wrong.
    let labels = Array1::from_shape_fn(1_000, |row| row % 3);
    let logits = Array2::from_shape_fn((1_000, 3), |(row, class)| {
        let predicted = if row % 5 == 0 { (row + 1) % 3 } else { row % 3 };
        if class == predicted { 2.5_f32 } else { 0.0 }
    });

    let evaluation = tallyho::Evaluation::builder()
        .classes(["cat", "dog", "owl"])
        .source(tallyho::Arrays::new(
            labels.mapv(|class| ["cat", "dog", "owl"][class]).view(),
            tallyho::logits(logits.view()),
        ))
        .run()?;

    let report = evaluation.report();
    for (name, metric) in report.metrics() {
        match (metric.value(), metric.interval()) {
            (Some(value), Some(it)) => {
                println!("{name}: {value:.4} ({:.4} to {:.4})", it.low, it.high)
            }
            (Some(value), None) => println!("{name}: {value:.4}"),
            (None, _) => println!("{name}: undefined, {}", metric.undefined().unwrap_or_default()),
        }
    }
    println!("{:?}\n{}", report.classes(), report.confusion());
    assert_eq!(report["accuracy"].value(), Some(0.8));
    Ok(())
}
