//! Scores parts by themselves, on threads or machines, and adds them up: the same counts
//! as of all rows at once.
//!
//!     cargo run --example merge

use ndarray::{Array1, ArrayView1, s};
use tallyho::{Evaluation, evaluate, predictions};

#[allow(clippy::print_stdout, reason = "it is an example's way to show something")]
pub(crate) fn main() -> tallyho::Result<()> {
    let labels = Array1::from_shape_fn(9_000, |row| row % 7);
    let predicted = Array1::from_shape_fn(9_000, |row| if row % 4 == 0 { 0 } else { row % 7 });

    let part = |first: usize| {
        let rows = s![first..first + 3_000];
        let (labels, predicted): (ArrayView1<'_, usize>, _) =
            (labels.slice(rows), predicted.slice(rows));
        evaluate(labels, predictions(predicted))
    };
    let parts = std::thread::scope(|scope| {
        let threads = [0, 3_000, 6_000].map(|first| scope.spawn(move || part(first)));
        threads.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let parts = parts.into_iter().collect::<tallyho::Result<Vec<_>>>()?;

    let merged = Evaluation::merge(parts)?;
    let whole = evaluate(labels.view(), predictions(predicted.view()))?;
    println!("accuracy {:?}, digest {}", merged.report()["accuracy"].value(), merged.digest());
    assert_eq!(merged.digest(), whole.digest());
    Ok(())
}
