//! What the program says of itself.

use super::{sound, tallyho};

/// Help fits 80 columns, and is reviewed whole when it changes.
#[test]
fn help_is_as_reviewed() {
    let folder = sound();
    for (name, line) in [
        ("help", "--help"),
        ("help_short", "-h"),
        ("help_eval", "eval --help"),
        ("help_eval_short", "eval -h"),
        ("help_merge", "merge --help"),
        ("help_synth", "synth --help"),
        ("help_devices", "devices --help"),
        ("help_bench", "bench --help"),
        ("help_history", "history --help"),
        ("help_history_list", "history list --help"),
        ("help_history_trend", "history trend --help"),
        ("help_history_prune", "history prune --help"),
        ("help_completions", "completions --help"),
    ] {
        let ran = tallyho(&folder, line).expect(0);
        assert_eq!(ran.stderr, "");
        for text in ran.stdout.lines() {
            assert!(text.chars().count() <= 80, "{line}: {text}");
        }
        insta::assert_snapshot!(name, ran.stdout);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let folder = sound();
    let version = concat!("tallyho ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(tallyho(&folder, "--version").expect(0).stdout, version);
    for subcommand in ["eval", "merge", "synth"] {
        let ran = tallyho(&folder, &format!("{subcommand} --version")).expect(0);
        assert!(ran.stdout.ends_with(concat!(" ", env!("CARGO_PKG_VERSION"), "\n")));
    }
}

#[test]
fn the_list_of_metrics_has_every_metric_and_its_source() {
    let ran = tallyho(&sound(), "eval --list-metrics").expect(0);
    for metric in tallyho::metric::ALL {
        assert!(ran.stdout.contains(metric.name), "{}", metric.name);
        assert!(ran.stdout.contains(metric.source), "{}", metric.name);
    }
    insta::assert_snapshot!("list_metrics", ran.stdout);
}

#[test]
fn every_shell_has_a_completion_script() {
    let folder = sound();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = tallyho(&folder, &format!("completions {shell}")).expect(0);
        for word in ["list-metrics", "zero-division", "merge"] {
            assert!(ran.stdout.contains(word), "{shell} lacks {word}");
        }
    }
}
