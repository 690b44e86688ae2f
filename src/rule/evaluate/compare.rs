//! Values against bounds.

use super::baseline::{self, Baseline};
use super::context::{Context, Observed};
use super::finding::{Abort, Finding, NoVerdict};
use crate::rule::syntax::bound::{Bound, Op};
use crate::rule::syntax::format;
use crate::rule::syntax::subject::Subject;
use crate::rule::verdict::Verdict;

/// The values of `subject` against a bound.
pub(crate) fn compare(
    context: &Context<'_, '_>,
    subject: &Subject,
    op: Op,
    bound: Bound,
) -> Result<Vec<Finding>, Abort> {
    let cases = context.cases(subject)?;
    match bound {
        Bound::Number(bound) => Ok(cases.iter().map(|case| absolute(case, op, bound)).collect()),
        Bound::Of { factor, offset, .. } => {
            let baselines = baseline::values(context, subject, &cases)?;
            let pairs = cases.iter().zip(baselines);
            Ok(pairs.map(|(case, of)| relative(case, op, (factor, offset), of)).collect())
        }
    }
}

fn absolute(case: &Observed, op: Op, bound: f64) -> Finding {
    match case.value() {
        Err(no_verdict) => no_verdict.finding(case.class.clone(), None),
        Ok(value) => {
            let (words, note) = (case.words(value, bound), case.note());
            let required = format!("required {} {}", op.spelling(), format::number(bound));
            finding(case, op, (value, bound), None, format!("{words}, {required}{note}"))
        }
    }
}

/// Against factor · baseline + offset.
fn relative(
    case: &Observed,
    op: Op,
    (factor, offset): (f64, f64),
    baseline: Result<Baseline, NoVerdict>,
) -> Finding {
    let value = match case.value() {
        Ok(value) => value,
        Err(no_verdict) => return no_verdict.finding(case.class.clone(), None),
    };
    let baseline = match baseline {
        Ok(baseline) => baseline,
        Err(no_verdict) => return no_verdict.finding(case.class.clone(), Some(value)),
    };
    let bound = factor * baseline.value + offset;
    let mut made = String::new();
    if factor != 1.0 {
        made.push_str(&format!(", times {}", format::number(factor)));
    }
    match offset {
        0.0 => {}
        less if less < 0.0 => made.push_str(&format!(", less {}", format::number(-less))),
        more => made.push_str(&format!(", plus {}", format::number(more))),
    }
    let required = format::rounded(bound, value);
    let reason = format!(
        "{}, required {} {required}: {}{made}{}",
        case.words(value, bound),
        op.spelling(),
        baseline.words,
        case.note()
    );
    finding(case, op, (value, bound), baseline.run, reason)
}

fn finding(
    case: &Observed,
    op: Op,
    (value, bound): (f64, f64),
    baseline: Option<i64>,
    reason: String,
) -> Finding {
    let verdict = if op.holds(value, bound) { Verdict::Holds } else { Verdict::Broken };
    let (class, slack) = (case.class.clone(), op.slack(value, bound));
    Finding { class, verdict, value: Some(value), baseline, slack, reason, optional: false }
}

/// One value less another against a number.
pub(crate) fn difference(
    context: &Context<'_, '_>,
    subjects: [&Subject; 2],
    op: Op,
    bound: f64,
) -> Result<Vec<Finding>, Abort> {
    let mut values = [0.0; 2];
    let mut words = [String::new(), String::new()];
    for (place, subject) in subjects.into_iter().enumerate() {
        for case in context.cases(subject)? {
            values[place] = case.value()?;
            words[place] = format!("{}{}", case.words(values[place], f64::NAN), case.note());
        }
    }
    let value = values[0] - values[1];
    let [first, second] = words;
    let shown = format::rounded(value, bound);
    let required = format!("required {} {}", op.spelling(), format::number(bound));
    Ok(vec![Finding {
        class: None,
        verdict: if op.holds(value, bound) { Verdict::Holds } else { Verdict::Broken },
        value: Some(value),
        baseline: None,
        slack: op.slack(value, bound),
        reason: format!("the difference is {shown}, {required}: {first}, {second}"),
        optional: false,
    }])
}
