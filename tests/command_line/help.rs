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
        ("help_synth_short", "synth -h"),
        ("help_topic_input", "help input"),
        ("help_topic_classes", "help classes"),
        ("help_topic_metrics", "help metrics"),
        ("help_topic_order", "help order"),
        ("help_topic_output", "help output"),
        ("help_topic_running", "help running"),
    ] {
        let ran = tallyho(&folder, line).expect(0);
        assert_eq!(ran.stderr, "");
        for text in ran.stdout.lines() {
            assert!(text.chars().count() <= 80, "{line}: {text}");
        }
        insta::assert_snapshot!(name, ran.stdout);
    }
}

/// A terminal has 24 lines, and the help of `eval` is read most.
#[test]
fn the_short_help_of_eval_fits_a_terminal() {
    let ran = tallyho(&sound(), "eval -h").expect(0);
    assert!(ran.stdout.lines().count() <= 24, "{}", ran.stdout);
    for option in [
        "--labels",
        "--predictions",
        "--scores",
        "--metrics",
        "--require",
        "-o",
        "--json",
        "--device",
    ] {
        assert!(ran.stdout.contains(option), "{option}");
    }
    for line in ["eval -h", "eval --help", "help input"] {
        let help = tallyho(&sound(), line).expect(0).stdout;
        assert!(help.contains("FILE:COLUMN"), "{line}: {help}");
    }
    // Also where other options come before it.
    assert_eq!(tallyho(&sound(), "eval t.csv --labels label -h").expect(0).stdout, ran.stdout);
}

#[test]
fn subcommands_are_explained_by_name() {
    let folder = sound();
    for (by_name, by_flag) in [
        ("help eval", "eval --help"),
        ("help merge", "merge --help"),
        ("help history list", "history list --help"),
    ] {
        let [by_name, by_flag] =
            [by_name, by_flag].map(|line| tallyho(&folder, line).expect(0).stdout);
        assert_eq!(by_name, by_flag);
    }
    assert_eq!(
        tallyho(&folder, "help").expect(0).stdout,
        tallyho(&folder, "--help").expect(0).stdout
    );
    // A topic and a subcommand at once.
    let both = tallyho(&folder, "help history").expect(0).stdout;
    assert!(
        both.contains("--dataset <NAME>") && both.contains("Put two runs side by side"),
        "{both}"
    );
}

#[test]
fn what_there_is_no_help_on_is_said_with_what_there_is() {
    let ran = tallyho(&sound(), "history help list").expect(2);
    assert!(ran.stderr.contains("`tallyho help history`"), "{ran:?}");
    for (line, near) in [("help metric", "metrics"), ("help evel", "eval"), ("help xyzzy", "")] {
        let ran = tallyho(&sound(), line).expect(2);
        assert!(ran.stderr.starts_with("tallyho: there is no help on '"), "{ran:?}");
        assert!(ran.stderr.contains("tallyho help input | classes"), "{ran:?}");
        assert_eq!(ran.stderr.contains("did you mean"), !near.is_empty(), "{ran:?}");
        assert!(ran.stderr.contains(near), "{ran:?}");
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
    let of_one = ran.stdout.find("\nlog_loss\n").map(|at| &ran.stdout[at + 1..]).unwrap();
    let of_one = of_one.split("\n\n").next().unwrap();
    insta::assert_snapshot!("listed_metric", of_one);
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
