//! Entries held against what the program does.

use serde_json::Value;

use super::kind::{Ends, Kind, Run};
use crate::command_line::tallyho;
use crate::common::files::Folder;
use crate::common::program::Ran;

/// Where what comes of a kind is not what its entry says.
pub(super) fn differences(kind: &Kind) -> Vec<String> {
    let folder = Folder::new();
    kind.files.iter().for_each(|(name, content)| content.write(&folder, name));
    let mut found = Vec::new();
    let mut said = String::new();
    for run in kind.runs {
        let more = if matches!(run.ends, Ends::Scored(_)) { " --device cpu --json" } else { "" };
        let ran = tallyho(&folder, &format!("{}{more}", run.line));
        let mut problems = of_offer(run, &said);
        problems.extend(of_run(run, &ran));
        let place = |problem| format!("{}\n  $ tallyho {}\n    {problem}", kind.what, run.line);
        found.extend(problems.into_iter().map(place));
        said.push_str(&ran.stderr);
        said.push_str(&ran.stdout);
    }
    found
}

/// What is wrong with a way out: nobody offered it, or the line does not take it.
fn of_offer(run: &Run, said: &str) -> Vec<String> {
    let Some(offered) = run.offered else { return Vec::new() };
    let mut problems = Vec::new();
    if !said.contains(offered) {
        problems.push(format!("nothing above offers {offered:?}"));
    }
    if offered.starts_with("--") && !run.line.contains(offered) {
        problems.push(format!("the line does not follow {offered:?}"));
    }
    problems
}

fn of_run(run: &Run, ran: &Ran) -> Vec<String> {
    let mut problems = Vec::new();
    let mut same = |what: &str, expected: String, found: String| {
        if expected != found {
            problems.push(format!("{what}: expected\n{expected}\n    found\n{found}"));
        }
    };
    same("standard error", run.stderr(), ran.stderr.clone());
    let status = if matches!(run.ends, Ends::Refused(_)) { 2 } else { 0 };
    same("exit status", status.to_string(), ran.status.to_string());
    if ran.status != status {
        return problems;
    }
    match run.ends {
        Ends::Refused(_) => same("standard output", String::new(), ran.stdout.clone()),
        Ends::Printed { has, lacks } => {
            has.iter().filter(|it| !ran.stdout.contains(**it)).for_each(|it| {
                same("the page lacks", (*it).to_owned(), ran.stdout.clone());
            });
            lacks.iter().filter(|it| ran.stdout.contains(**it)).for_each(|it| {
                same("the page has", String::new(), (*it).to_owned());
            });
        }
        Ends::Scored(scored) => {
            let report = ran.json();
            same("rows", scored.rows.to_string(), report["rows"]["scored"].to_string());
            let found = &report["metrics"][scored.metric]["value"];
            let is_near = match (scored.value, found.as_f64()) {
                (Some(expected), Some(found)) => (expected - found).abs() < 1e-9,
                (None, None) => report["metrics"][scored.metric].is_object(),
                _ => false,
            };
            if !is_near {
                same(
                    scored.metric,
                    format!("{:?}: {}", scored.value, scored.why),
                    found.to_string(),
                );
            }
            same("codes", format!("{:?}", run.codes()), format!("{:?}", codes(&report)));
        }
    }
    problems
}

/// The codes of a report, in ascending order.
fn codes(report: &Value) -> Vec<String> {
    let lists = [&report["findings"], &report["warnings"]].map(|it| it.as_array().unwrap());
    let codes = lists.into_iter().flatten().map(|it| it["code"].as_str().unwrap().to_owned());
    let mut codes: Vec<_> = codes.collect();
    codes.sort_unstable();
    codes
}
