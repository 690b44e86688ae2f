//! Scores batches as a loop of inference has them, without keeping any.
//!
//!     cargo run --example streaming

use ndarray::{Array1, Array2};

/// What stands for a loader and a model.
fn batches() -> impl Iterator<Item = (Array1<i64>, Array2<f32>)> {
    (0..20_i16).map(|batch| {
        let labels = Array1::from_shape_fn(256, |row| [0_i64, 1, 2][row % 3]);
        let logits = Array2::from_shape_fn((256, 3), |(row, class)| {
            if class == row % 3 { f32::from(batch) - 4.5 } else { 0.0 }
        });
        (labels, logits)
    })
}

#[allow(clippy::print_stdout, reason = "it is an example's way to show something")]
pub(crate) fn main() -> tallyho::Result<()> {
    let options = tallyho::Options::new().metrics(["accuracy", "f1_macro", "log_loss"]);
    let mut accumulator = tallyho::Accumulator::logits(["0", "1", "2"], options)?;
    for (labels, logits) in batches() {
        accumulator.push(labels.view(), logits.view())?;
    }
    let report = accumulator.finish()?.report();
    println!("{} rows, accuracy {:?}", report.rows().scored, report["accuracy"].value());
    println!("log loss {:?}", report["log_loss"].value());
    assert_eq!(report.rows().scored, 5_120);
    Ok(())
}
