//! Names of other tools, answered with ours.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Options that people try, by the subcommands that have ours.
const OPTIONS: &[(&[&str], &[&str], &str)] = &[
    (
        ROWS,
        &[
            "y-true",
            "truth",
            "ground-truth",
            "gt",
            "target",
            "targets",
            "label",
            "actual",
            "reference",
        ],
        "labels",
    ),
    (
        ROWS,
        &["y-pred", "pred", "preds", "prediction", "predicted", "yhat", "y-hat", "hypotheses"],
        "predictions",
    ),
    (
        ROWS,
        &[
            "y-score",
            "y-scores",
            "y-prob",
            "y-proba",
            "proba",
            "prob",
            "probs",
            "probabilities",
            "logit",
            "logits",
            "score",
            "confidence",
            "confidences",
        ],
        "scores",
    ),
    (&["eval"], &["ignore-index", "ignore", "ignore-class", "ignore-labels"], "ignore-label"),
    (&["eval"], &["pos-label", "positive-class", "pos"], "positive"),
    (&["eval"], &["class-names", "labels-file", "target-names", "label-names"], "classes"),
    (&["eval"], &["metric", "measure", "measures"], "metrics"),
    (&["eval"], &["average", "averaging"], "metrics f1_macro (or f1_micro, f1_weighted)"),
    (&["eval"], &["n-bins", "num-bins"], "bins"),
    (&["eval"], &["topk", "k"], "top-k"),
    (&["eval"], &["confidence-level", "ci", "alpha", "level"], "interval"),
    (&["eval"], &["bootstrap", "n-resamples", "resamples"], "replicates"),
    (&["eval"], &["workers", "jobs", "num-threads", "n-jobs", "num-workers"], "threads"),
    (&["eval"], &["batch-size", "chunk-size"], "batch-rows"),
    (&["eval"], &["gpu", "cuda", "use-gpu"], "device gpu"),
    (&["eval"], &["cpu"], "device cpu"),
    (&["eval"], &["input-type", "from-logits", "score-kind"], "scores-are"),
    (&["eval", "merge"], &["fail-under", "min", "assert", "expect", "rule", "rules"], "require"),
    (&["eval", "merge"], &["out", "report", "save", "outfile", "out-file"], "output"),
    (&["eval", "merge"], &["db", "database", "tracking-uri"], "history"),
    (&["eval", "merge"], &["silent"], "quiet"),
    (&["eval", "merge"], &["colour"], "color"),
    (&["eval"], &["config", "conf"], "options"),
    (&["history"], &["history", "database", "file"], "db"),
    (&["history", "run", "devices", "bench"], &["format", "as-json"], "json"),
];

/// The subcommands that read rows.
const ROWS: &[&str] = &["eval", "bench", "synth"];

/// Subcommands that people try, with what does the same here.
const SUBCOMMANDS: &[(&[&str], &str)] = &[
    (
        &["evaluate", "score", "metrics", "assess", "test", "classify", "measure", "validate"],
        "tallyho eval",
    ),
    (&["report", "summary", "summarize"], "tallyho eval … -o report.md"),
    (&["diff", "compare", "cmp"], "tallyho history compare"),
    (&["trend", "list", "show", "export", "prune", "verify", "backup"], "tallyho history"),
    (&["benchmark", "time", "perf", "speed"], "tallyho bench"),
    (&["generate", "gen", "fake", "simulate", "sample"], "tallyho synth"),
    (&["combine", "add", "sum", "join", "reduce", "concat"], "tallyho merge"),
    (&["gpus", "device", "gpu", "cuda", "adapters"], "tallyho devices"),
    (&["job", "nightly", "night", "batch"], "tallyho run"),
    (&["completion", "complete"], "tallyho completions"),
    (&["schema"], "tallyho run --schema"),
    (&["version"], "tallyho --version"),
];

/// What to say instead of clap, where what was typed is the name of something
/// that is called otherwise here: one or two lines. `typed` is the whole command
/// line.
pub(super) fn answer(error: &clap::Error, typed: &[String]) -> Option<String> {
    match error.kind() {
        ErrorKind::UnknownArgument => {
            option(text(error, ContextKind::InvalidArg)?, typed.get(1..).unwrap_or_default())
        }
        ErrorKind::InvalidSubcommand => {
            subcommand(text(error, ContextKind::InvalidSubcommand)?, typed)
        }
        _ => None,
    }
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

/// `--y_pred` of `eval` is `--predictions`.
fn option(found: &str, typed: &[String]) -> Option<String> {
    let name = found.strip_prefix("--")?.split('=').next()?;
    let plain = name.to_ascii_lowercase().replace('_', "-");
    let command = typed.first().filter(|word| !word.starts_with('-'));
    let Some(command) = command else {
        return Some(format!(
            "--{name} comes before a subcommand; options belong to one, as in: tallyho eval --{name} …"
        ));
    };
    let known = OPTIONS.iter().find(|(commands, names, _)| {
        commands.contains(&command.as_str()) && names.contains(&plain.as_str())
    });
    let ours = match known {
        Some((_, _, ours)) => (*ours).to_owned(),
        // `--top_k` and `--Labels` are ours but for the spelling.
        None if plain != name && is_ours(command, &plain) => plain,
        None => return None,
    };
    Some(format!(
        "{command} has no option --{name}; it is --{ours} here (tallyho {command} --help)"
    ))
}

/// Whether a subcommand has an option of that name.
fn is_ours(command: &str, long: &str) -> bool {
    let program = super::command(false);
    let command = program.find_subcommand(command);
    command.is_some_and(|it| it.get_arguments().any(|arg| arg.get_long() == Some(long)))
}

/// `tallyho evaluate` is `tallyho eval`, and a file needs one before it.
fn subcommand(found: &str, typed: &[String]) -> Option<String> {
    match typed.get(1) {
        Some(first) if first == found => {}
        Some(first) if found == "help" => {
            return Some(format!("it is `tallyho help {first}` here"));
        }
        _ => return None,
    }
    let lower = found.to_ascii_lowercase();
    let known = SUBCOMMANDS.iter().find(|(names, _)| names.contains(&lower.as_str()));
    if let Some((_, ours)) = known {
        return Some(format!("there is no subcommand '{found}'; it is `{ours}` here"));
    }
    let is_file =
        found.contains(['/', '\\', '*']) || std::path::Path::new(found).extension().is_some();
    is_file.then(|| {
        format!("'{found}' is no subcommand; to evaluate a file: tallyho eval {found} --labels NAME --predictions NAME")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_names_an_option_that_is_there_and_none_that_is_not() {
        for (commands, names, ours) in OPTIONS {
            let long = ours.split(' ').next().unwrap_or_default();
            for command in *commands {
                let there = super::super::command(false).find_subcommand(command).is_some();
                assert!(!there || is_ours(command, long), "{command} --{ours}");
                for name in *names {
                    assert!(!is_ours(command, name), "{command} --{name} is ours");
                }
            }
        }
    }

    #[test]
    fn no_answer_is_for_a_subcommand_that_is_there() {
        let program = super::super::command(false);
        for (names, ours) in SUBCOMMANDS {
            for name in *names {
                assert!(program.find_subcommand(name).is_none(), "{name}");
            }
            let word = ours.split(' ').nth(1).unwrap_or_default();
            assert!(word.starts_with('-') || program.find_subcommand(word).is_some(), "{ours}");
        }
    }
}
