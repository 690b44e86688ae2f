//! The report for a pull request: GitHub-flavoured Markdown.

mod grammar;
mod slices;

use self::grammar::{Side, code, prose, table};
use super::averages::{AVERAGES, Groups};
use super::figures::{class, count, held, level, of_metric, percent, value};
use super::notes::Notes;
use super::picks::{self, Classes, confused_pairs};
use super::points::operating_points;
use super::width::cut;
use super::{Report, calibration, intervals, run};
use crate::metric::{ClassMeasures, Measure};

/// Classes up to which the confusion is shown as a matrix.
const MATRIX_CLASSES: usize = 12;
/// Columns that the name of a class may take.
const NAME: usize = 40;

/// `report` as GitHub-flavoured Markdown, with the content of the terminal's.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    if let Some((holds, verdict)) = run::verdict(report) {
        let word = if holds { "PASS" } else { "FAIL" };
        out.push_str(&format!("**{word}**: {}\n\n", prose(&verdict)));
    }
    for finding in run::first(report) {
        let (severity, code) = (finding.code.severity.name(), finding.code.id);
        out.push_str(&format!("**{severity} {code}**: {}\n\n", prose(&finding.sentence())));
    }
    for (name, text) in run::lines(report) {
        out.push_str(&format!("- {name}: {}\n", prose(&text)));
    }
    rules(&mut out, report);
    metrics(&mut out, report);
    classes(&mut out, report);
    confusion(&mut out, report);
    slices::draw(&mut out, report);
    points(&mut out, report);
    calibration(&mut out, report);
    notices(&mut out, report);
    out.push_str(&format!("\nDigest `{}`\n", report.digest));
    out
}

/// Thresholds that were asked for.
fn points(out: &mut String, report: &Report) {
    let points = operating_points(report);
    if points.is_empty() {
        return;
    }
    out.push_str("\n### Thresholds\n\n");
    let numbers = ["threshold", "recall", "precision", "false positive rate", "fp", "fn"];
    let columns: Vec<_> = std::iter::once(("asked", Side::Left))
        .chain(numbers.map(|name| (name, Side::Right)))
        .collect();
    let shown = |number: Option<f64>| number.map_or("–".to_owned(), value);
    let rows = points.iter().map(|point| match point.undefined {
        Some(reason) => vec![code(&point.asked), prose(reason)],
        None => vec![
            code(&point.asked),
            point.threshold.map_or("none".to_owned(), value),
            shown(point.recall),
            shown(point.precision),
            shown(point.false_positive_rate),
            count(point.fp),
            count(point.fn_),
        ],
    });
    let full = |mut row: Vec<String>| {
        row.resize(columns.len(), String::new());
        row
    };
    table(out, &columns, rows.map(full));
}

/// Everything that the user should know beside the numbers.
fn notices(out: &mut String, report: &Report) {
    if report.notices().next().is_some() {
        out.push_str("\n### Warnings\n\n");
    }
    for notice in report.notices() {
        let (severity, code) = (notice.code.severity.name(), notice.code.id);
        out.push_str(&format!("- {severity} {code}: {}\n", prose(&notice.sentence())));
    }
}

fn rules(out: &mut String, report: &Report) {
    if report.judgements.is_empty() {
        return;
    }
    out.push_str("\n### Rules\n\n");
    let rows = report.judgements.iter().map(|judgement| {
        let verdict = judgement.verdict.name();
        vec![verdict.to_owned(), code(&judgement.rule), prose(&judgement.reason)]
    });
    table(out, &[("verdict", Side::Left), ("rule", Side::Left), ("reason", Side::Left)], rows);
}

fn metrics(out: &mut String, report: &Report) {
    let groups = Groups::new(&report.metrics);
    let mut notes = Notes::default();
    out.push_str("\n### Metrics\n\n");
    let columns = [
        ("metric", Side::Left),
        ("value", Side::Right),
        ("interval", Side::Left),
        ("counts", Side::Right),
    ];
    let rows: Vec<_> = groups
        .singles
        .iter()
        .map(|(name, measure)| {
            let interval = measure.interval.as_ref().map_or(String::new(), |it| {
                format!("{} ({} {})", intervals::ends(name, it), level(it.level), it.method)
            });
            let counts = measure.ratio.map_or(String::new(), |(numerator, denominator)| {
                format!("{} / {}", count(numerator), count(denominator))
            });
            vec![code(name), shown(name, measure, &mut notes), interval, counts]
        })
        .collect();
    table(out, &columns, rows);
    averages(out, &groups, &mut notes);
    footnotes(out, &notes);
    if let Some(line) = intervals::missing(report) {
        out.push_str(&format!("\n{}\n", prose(&line)));
    }
}

fn averages(out: &mut String, groups: &Groups, notes: &mut Notes) {
    if groups.families.is_empty() {
        return;
    }
    out.push('\n');
    let columns: Vec<_> = std::iter::once(("average", Side::Left))
        .chain(AVERAGES.map(|average| (average, Side::Right)))
        .collect();
    let rows: Vec<Vec<String>> = groups
        .families
        .iter()
        .map(|family| {
            let values = family.members.iter().map(|member| {
                member.map_or(String::new(), |(name, it)| with_interval(name, it, notes))
            });
            std::iter::once(code(&family.name)).chain(values).collect()
        })
        .collect();
    table(out, &columns, rows);
}

/// The value with the mark of its note, and its interval.
fn with_interval(name: &str, measure: &Measure, notes: &mut Notes) -> String {
    let interval = measure.interval.as_ref().map(|it| format!(" ({})", intervals::ends(name, it)));
    shown(name, measure, notes) + &interval.unwrap_or_default()
}

/// The value with the mark of its note.
fn shown(name: &str, measure: &Measure, notes: &mut Notes) -> String {
    match &measure.value {
        Ok(number) => {
            let mark = measure.note.as_ref().map_or(String::new(), |note| notes.mark(note));
            of_metric(name, *number) + &mark
        }
        Err(reason) => format!("undefined{}", notes.mark(reason)),
    }
}

fn footnotes(out: &mut String, notes: &Notes) {
    for (mark, note) in notes.iter() {
        // Two blanks end a line within a paragraph.
        out.push_str(&format!("\n{mark} {}  ", prose(note)));
    }
    if notes.iter().next().is_some() {
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
}

fn classes(out: &mut String, report: &Report) {
    let row = |measures: &ClassMeasures| class_row(report, measures);
    let (heading, rows, left_out): (_, Vec<_>, _) = match picks::classes(&report.per_class) {
        Classes::All(all) => ("Classes".to_owned(), all.iter().map(row).collect(), None),
        Classes::Ends { worst, best, between, undefined } => {
            let heading = format!(
                "Classes: the {} of lowest and the {} of highest f1",
                worst.len(),
                best.len()
            );
            let rows: Vec<_> = worst.into_iter().chain(best.into_iter().rev()).map(row).collect();
            (heading, rows, Some(picks::left_out(between, undefined)))
        }
    };
    out.push_str(&format!("\n### {heading}\n\n"));
    let names = ["support", "predicted", "precision", "recall", "f1", "specificity", "jaccard"];
    let areas = ["roc_auc", "average_precision"].into_iter().filter(|_| picks::has_areas(report));
    let asked = report.per_class.first().map_or(&[][..], |class| &class.asked);
    let asked = asked.iter().map(|(name, _)| *name);
    let columns: Vec<_> = std::iter::once(("class", Side::Left))
        .chain(names.into_iter().chain(areas).chain(asked).map(|name| (name, Side::Right)))
        .collect();
    let undefined = rows.iter().flatten().any(|cell| cell == "–");
    table(out, &columns, rows);
    if let Some(left_out) = left_out {
        out.push_str(&format!("\n{left_out}\n"));
    }
    if undefined {
        out.push_str(&format!("\n{}\n", picks::UNDEFINED));
    }
}

fn name(report: &Report, place: usize) -> String {
    code(&cut(&class(report.class(place)), NAME))
}

fn class_row(report: &Report, measures: &ClassMeasures) -> Vec<String> {
    let mut row =
        vec![name(report, measures.class), count(measures.support), count(measures.predicted)];
    let values = [
        measures.precision.ok(),
        measures.recall.ok(),
        measures.f1.ok(),
        measures.specificity.ok(),
        measures.jaccard.ok(),
    ];
    let areas = measures.order.iter().filter(|_| picks::has_areas(report));
    let areas = areas.flat_map(|areas| [&areas.roc_auc, &areas.average_precision]);
    let asked = measures.asked.iter().map(|(_, value)| value.as_ref().ok().copied());
    let areas = areas.map(|area| area.as_ref().ok().copied());
    let shown = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), value);
    row.extend(values.into_iter().chain(areas).chain(asked).map(shown));
    row
}

fn confusion(out: &mut String, report: &Report) {
    let classes = report.shown().classes.len();
    if classes < 2 || report.tallies.rows.scored == 0 {
        return;
    }
    if classes > MATRIX_CLASSES {
        return confused(out, report);
    }
    out.push_str("\n### Confusion\n\n");
    let heads: Vec<String> = (0..classes).map(|class| name(report, class)).collect();
    let columns: Vec<_> = std::iter::once(("label \\ prediction", Side::Left))
        .chain(heads.iter().map(|head| (head.as_str(), Side::Right)))
        .collect();
    // No label is of no class.
    let mut rows: Vec<Vec<String>> = heads[..report.classes().len()]
        .iter()
        .map(|head| [vec![head.clone()], vec!["0".into(); heads.len()]].concat())
        .collect();
    for cell in report.shown().confusion.cells() {
        rows[cell.label as usize][1 + cell.prediction as usize] = count(cell.count);
    }
    table(out, &columns, rows);
}

fn confused(out: &mut String, report: &Report) {
    let (pairs, all) = confused_pairs(&report.shown().confusion);
    if pairs.is_empty() {
        return;
    }
    out.push_str("\n### Most confused\n\n");
    let columns = [
        ("label", Side::Left),
        ("prediction", Side::Left),
        ("rows", Side::Right),
        ("of the label", Side::Right),
    ];
    let rows = pairs.iter().map(|cell| {
        let support = report.per_class[cell.label as usize].support;
        vec![
            name(report, cell.label as usize),
            name(report, cell.prediction as usize),
            count(cell.count),
            percent(cell.count, support),
        ]
    });
    table(out, &columns, rows);
    if all > pairs.len() {
        out.push_str(&format!("\n… and {} more pairs\n", count((all - pairs.len()) as u64)));
    }
}

fn calibration(out: &mut String, report: &Report) {
    let bins = calibration::bins(report.tallies);
    if bins.iter().all(|bin| bin.rows == 0) {
        return;
    }
    out.push_str("\n### Calibration\n\n");
    let columns = [
        ("bin", Side::Left),
        ("rows", Side::Right),
        ("confidence", Side::Right),
        ("accuracy", Side::Right),
        ("gap", Side::Right),
    ];
    let rows = bins.iter().filter(|bin| bin.rows > 0).map(|bin| {
        vec![
            format!("{:.3}–{:.3}", bin.low, bin.high),
            count(bin.rows),
            held(bin.confidence()),
            value(bin.accuracy()),
            format!("{:+.4}", bin.confidence() - bin.accuracy()),
        ]
    });
    table(out, &columns, rows);
}
