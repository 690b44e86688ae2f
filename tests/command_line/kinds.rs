//! Kinds of input that people really have: for each, the command that is typed, its
//! exit status, and what it says word for word; where rows are scored, how many, the
//! value, and the codes of everything that is said.
//!
//! Every value is counted by hand from the rows above it; `why` says how. Where a
//! message offers a way out, the next line of the same kind takes it.

mod answers;
mod check;
mod columns;
mod conversions;
mod kind;
mod messages;
mod pages;
mod probabilities;
mod rows;
mod shapes;
mod shards;
mod spellings;
mod text;

use std::collections::BTreeSet;

use tallyho::notice;

use self::check::differences;
use self::kind::{Content, Kind, Run, printed, refused, scored};

/// All kinds, by topic.
const KINDS: &[&[Kind]] = &[
    columns::KINDS,
    probabilities::KINDS,
    rows::KINDS,
    spellings::KINDS,
    text::KINDS,
    shapes::KINDS,
    conversions::KINDS,
    shards::KINDS,
    answers::KINDS,
    messages::KINDS,
    pages::KINDS,
];

/// Codes that no kind brings about, and why.
const NOT_EXERCISED: &[(&str, &str)] = &[
    ("TH301", "says that a named device was not used: needs a device"),
    ("TH302", "says that a device failed: needs a device that does"),
    ("TH303", "a killed run: in command_line::places"),
    ("TH305", "fewer threads: in command_line::memory"),
    ("TH016", "row names of R: in command_line::column_names"),
    ("TH041", "equal states: in command_line::merging"),
    ("TH519", "values of slices: in slices::edges"),
    ("TH048", "states to be shown in other ways: in command_line::averages"),
    ("TH047", "states of other slices: in slices::program"),
    ("TH045", "signed states: in command_line::merging"),
    ("TH046", "states of one shard: in command_line::merging"),
    ("TH163", "a shard of one label: in command_line::silence"),
    ("TH167", "a class told by one column's name: in command_line::guesses"),
    ("TH211", "a threshold that nothing reaches: in command_line::guesses"),
    ("TH212", "single scores below 0: in command_line::guesses"),
    ("TH516", "no row is right: in command_line::silence"),
];

/// Fewest kinds, so that none gets lost.
const FEWEST: usize = 100;

#[test]
fn every_kind_ends_as_its_entry_says_word_for_word() {
    let kinds: Vec<&Kind> = KINDS.iter().copied().flatten().collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = kinds.len().div_ceil(threads);
    let found: Vec<String> = std::thread::scope(|scope| {
        let shares: Vec<_> = kinds
            .chunks(share)
            .map(|kinds| scope.spawn(|| kinds.iter().flat_map(|kind| differences(kind)).collect()))
            .collect();
        let found = shares.into_iter().flat_map(|it| -> Vec<String> { it.join().unwrap() });
        found.collect()
    });
    assert!(found.is_empty(), "{} differences:\n\n{}", found.len(), found.join("\n\n"));
}

#[test]
fn kinds_are_many_and_each_is_told_once() {
    let kinds: Vec<&Kind> = KINDS.iter().copied().flatten().collect();
    let told: BTreeSet<&str> = kinds.iter().map(|kind| kind.what).collect();
    assert_eq!(told.len(), kinds.len(), "a sentence stands twice");
    assert!(kinds.len() >= FEWEST, "{}", kinds.len());
    for kind in kinds {
        assert!(!kind.runs.is_empty() && kind.what.ends_with('.'), "{}", kind.what);
    }
}

#[test]
fn every_code_is_brought_about_by_a_kind_or_has_a_reason_not_to_be() {
    let runs = KINDS.iter().copied().flatten().flat_map(|kind| kind.runs);
    let exercised: BTreeSet<&str> = runs.flat_map(Run::codes).collect();
    let excused: BTreeSet<&str> = NOT_EXERCISED.iter().map(|(code, _)| *code).collect();
    let all: BTreeSet<&str> = notice::ALL.iter().map(|code| code.id).collect();
    let known: BTreeSet<&str> = exercised.union(&excused).copied().collect();
    assert_eq!(all.difference(&known).collect::<Vec<_>>(), [&""; 0], "no kind has these");
    assert_eq!(known.difference(&all).collect::<Vec<_>>(), [&""; 0], "there are no such codes");
    let both: Vec<_> = exercised.intersection(&excused).collect();
    assert_eq!(both, [&""; 0], "these are exercised: take them off the list");
}

#[test]
fn a_tampered_entry_is_caught() {
    const FILES: &[(&str, Content)] = &[("t.csv", Content::Text("y,p\n1,1\n0,1\n"))];
    const LINE: &str = "eval t.csv --labels y --predictions p --ignore-label 7";
    const WARNING: &str = "TH141: no row has the label '7', which --ignore-label leaves out";
    const SOUND: Run = scored(LINE, 2, 1.0, "row 0 is right").warns(&[WARNING]);
    const NO_COLUMN: Run = refused(ABSENT, "t.csv: has no column 'x'; it has: 'y', 'p'");
    const ABSENT: &str = "eval t.csv --labels x --predictions p";
    const PAGE: &str = "eval t.csv --labels y --predictions p";
    const TAMPERED: &[(&[Run], &str)] = &[
        (&[scored(LINE, 3, 1.5, "").warns(&[WARNING])], "rows: expected\n3"),
        (&[scored(LINE, 2, 2.0, "").warns(&[WARNING])], "accuracy: expected\nSome(1.0)"),
        (&[SOUND.undefined()], "accuracy: expected\nNone"),
        (&[SOUND.notes(&["TH142"])], "codes: expected\n[\"TH141\", \"TH142\"]"),
        (&[SOUND.warns(&[])], "standard error: expected"),
        (&[SOUND.warns(&["TH141: no row has the label '7'"])], "standard error: expected"),
        (&[refused(LINE, "a message")], "exit status: expected\n2"),
        (&[refused(ABSENT, "t.csv: has no column 'x'")], "standard error: expected"),
        (&[scored(ABSENT, 2, 1.0, "")], "exit status: expected\n0"),
        (&[SOUND.offered("--match-classes loose")], "nothing above offers"),
        (&[SOUND, SOUND.offered("--ignore-label leaves")], "the line does not follow"),
        (&[printed(PAGE, &["GPU 0"], &[])], "the page lacks"),
        (&[printed(PAGE, &[], &["accuracy"])], "the page has"),
    ];
    let found = |runs| differences(&Kind { what: "A kind.", files: FILES, runs });
    assert_eq!(found(&[SOUND, NO_COLUMN]), [""; 0]);
    for (runs, what) in TAMPERED {
        let found = found(runs);
        assert!(found.iter().any(|it| it.contains(what)), "{what} is not in {found:?}");
    }
}
