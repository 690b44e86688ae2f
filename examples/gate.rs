//! Lets a model pass only if it keeps some rules, each judged with its reason.
//!
//!     cargo run --example gate

use tallyho::{Evaluation, Files};

#[allow(clippy::print_stdout, reason = "it is an example's way to show something")]
pub(crate) fn main() -> tallyho::Result<()> {
    let report = Evaluation::builder()
        .require(["accuracy >= 0.9", "f1[virginica] >= 0.9", "recall[setosa] == 1"])
        .source(
            Files::table("datasets/iris/predictions.csv").labels("label").predictions("prediction"),
        )
        .run()?
        .report();

    for judgement in report.judgements() {
        println!("{}: {}", judgement.verdict.name(), judgement.reason);
    }
    for notice in report.notices() {
        println!("{}: {}", notice.code.severity.name(), notice.sentence());
    }
    // A program that gates a model would end with status 1 here.
    println!("{}", if report.passes() { "the model may pass" } else { "the model may not pass" });
    Ok(())
}
