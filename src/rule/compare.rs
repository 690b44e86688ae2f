//! Values against bounds.

use super::baseline::{self, Baseline};
use super::bound::{Bound, Op};
use super::finding::{Finding, Lack, Stop};
use super::scene::{Case, Scene};
use super::subject::Subject;
use super::verdict::Verdict;
use super::wording;

/// The values of `subject` against a bound.
pub(super) fn compare(
    scene: &Scene<'_, '_>,
    subject: &Subject,
    op: Op,
    bound: Bound,
) -> Result<Vec<Finding>, Stop> {
    let cases = scene.cases(subject)?;
    match bound {
        Bound::Number(bound) => Ok(cases.iter().map(|case| absolute(case, op, bound)).collect()),
        Bound::Of { factor, offset, .. } => {
            let baselines = baseline::values(scene, subject, &cases)?;
            let pairs = cases.iter().zip(baselines);
            Ok(pairs.map(|(case, of)| relative(case, op, (factor, offset), of)).collect())
        }
    }
}

fn absolute(case: &Case, op: Op, bound: f64) -> Finding {
    match case.value() {
        Err(lack) => lack.finding(case.class.clone(), None),
        Ok(value) => {
            let (words, note) = (case.words(value, bound), case.note());
            let required = format!("required {} {}", op.spelling(), wording::number(bound));
            finding(case, op, (value, bound), None, format!("{words}, {required}{note}"))
        }
    }
}

/// Against factor · baseline + offset.
fn relative(
    case: &Case,
    op: Op,
    (factor, offset): (f64, f64),
    baseline: Result<Baseline, Lack>,
) -> Finding {
    let value = match case.value() {
        Ok(value) => value,
        Err(lack) => return lack.finding(case.class.clone(), None),
    };
    let baseline = match baseline {
        Ok(baseline) => baseline,
        Err(lack) => return lack.finding(case.class.clone(), Some(value)),
    };
    let bound = factor * baseline.value + offset;
    let mut made = String::new();
    if factor != 1.0 {
        made.push_str(&format!(", times {}", wording::number(factor)));
    }
    match offset {
        0.0 => {}
        less if less < 0.0 => made.push_str(&format!(", less {}", wording::number(-less))),
        more => made.push_str(&format!(", plus {}", wording::number(more))),
    }
    let required = wording::rounded(bound, value);
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
    case: &Case,
    op: Op,
    (value, bound): (f64, f64),
    baseline: Option<i64>,
    reason: String,
) -> Finding {
    let verdict = if op.holds(value, bound) { Verdict::Holds } else { Verdict::Broken };
    let (class, slack) = (case.class.clone(), op.slack(value, bound));
    Finding { class, verdict, value: Some(value), baseline, slack, reason }
}

/// One value less another against a number.
pub(super) fn difference(
    scene: &Scene<'_, '_>,
    subjects: [&Subject; 2],
    op: Op,
    bound: f64,
) -> Result<Vec<Finding>, Stop> {
    let mut values = [0.0; 2];
    let mut words = [String::new(), String::new()];
    for (place, subject) in subjects.into_iter().enumerate() {
        for case in scene.cases(subject)? {
            values[place] = case.value()?;
            words[place] = format!("{}{}", case.words(values[place], f64::NAN), case.note());
        }
    }
    let value = values[0] - values[1];
    let [first, second] = words;
    let shown = wording::rounded(value, bound);
    let required = format!("required {} {}", op.spelling(), wording::number(bound));
    Ok(vec![Finding {
        class: None,
        verdict: if op.holds(value, bound) { Verdict::Holds } else { Verdict::Broken },
        value: Some(value),
        baseline: None,
        slack: op.slack(value, bound),
        reason: format!("the difference is {shown}, {required}: {first}, {second}"),
    }])
}
