//! `eval` without roles: what is in a file, and a command line that runs.

use zip::CompressionMethod;

use super::{sound, tallyho, words};
use crate::common::files::{Folder, npy, npz};
use crate::common::program::{Ran, run};

/// The last line, which is to be pasted.
fn last(ran: &Ran) -> &str {
    ran.stderr.lines().last().unwrap()
}

/// Runs what is to be pasted.
fn pasted(folder: &Folder, line: &str) -> Ran {
    let words = words(line);
    assert_eq!(words[0], "tallyho", "{line}");
    let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    run(&folder.path(""), &words)
}

#[test]
fn a_table_without_roles_is_listed_with_a_command_that_runs() {
    let folder = sound();
    folder.file(
        "labels.csv",
        "id,label,country,p_cat,p_dog\na1,cat,DE,0.75,0.25\na2,dog,FR,0.5,0.5\n",
    );
    folder.file("a b.csv", "target;,yhat\n1,1\n0,1\n");
    folder.file("n.csv", "y,pred\n3,3\n2,3\n");
    folder.file("s.csv", "y_true,score\n0,0.25\n1,0.75\n");
    for (table, expected) in [
        ("t.csv", "tallyho eval t.csv --labels label --predictions prediction"),
        ("labels.csv", "tallyho eval labels.csv --labels label --scores 'p_*'"),
        ("n.csv", "tallyho eval n.csv --labels y --predictions pred"),
        ("s.csv", "tallyho eval s.csv --labels y_true --scores score"),
    ] {
        let ran = tallyho(&folder, &format!("eval {table}")).expect(2);
        assert_eq!(ran.stdout, "");
        assert_eq!(last(&ran), expected);
        pasted(&folder, expected).expect(0);
    }
    // Nothing is guessed where nothing is likely.
    let ran = tallyho(&folder, "eval 'a b.csv'").expect(2);
    assert_eq!(last(&ran), "tallyho eval 'a b.csv' --labels NAME --predictions NAME");
}

#[test]
fn the_list_has_names_types_and_first_values() {
    let folder = Folder::new();
    folder.file(
        "t.csv",
        "id,label,note,p_0,p_1\n7,0,\"a\nlong text that has no end here\",0.25,0.75\n8,1,,0.5,0.5\n",
    );
    let ran = tallyho(&folder, "eval t.csv").expect(2);
    insta::assert_snapshot!(ran.stderr);
}

#[test]
fn arrays_are_listed_with_their_shapes() {
    let folder = sound();
    folder.file(
        "a.npz",
        npz(
            &[("y", npy(&[0i64, 1, 1])), ("pred", npy(&[0i64, 1, 0]))],
            CompressionMethod::Stored,
            false,
        ),
    );
    let ran = tallyho(&folder, "eval a.npz").expect(2);
    assert!(ran.stderr.contains("\na.npz: npz, 2 arrays\n"), "{ran:?}");
    assert!(ran.stderr.contains("  pred  int64 (3,)  0, 1, 0, …\n"), "{ran:?}");
    assert_eq!(last(&ran), "tallyho eval a.npz --labels y --predictions pred");
    pasted(&folder, last(&ran)).expect(0);

    for (files, expected) in [
        ("y.npy p.npy", "tallyho eval --labels y.npy --predictions p.npy"),
        ("s.npy y.npy", "tallyho eval --labels y.npy --scores s.npy"),
        ("y.npy b.npy", "tallyho eval --labels y.npy --scores b.npy"),
    ] {
        let ran = tallyho(&folder, &format!("eval {files}")).expect(2);
        assert_eq!(last(&ran), expected, "{ran:?}");
        pasted(&folder, expected).expect(0);
    }
    let ran = tallyho(&folder, "eval s.npy").expect(2);
    assert!(ran.stderr.contains("  (array)  float64 (4, 2)\n"), "{ran:?}");
    assert_eq!(last(&ran), "tallyho eval --labels FILE --scores s.npy");
}

#[test]
fn a_role_that_is_given_is_kept() {
    let folder = Folder::new();
    folder.file("t.csv", "a,pred\nx,x\ny,x\n");
    let ran = tallyho(&folder, "eval t.csv --labels a").expect(2);
    assert!(ran.stderr.starts_with("tallyho: name the answers with --predictions or --scores\n"));
    assert_eq!(last(&ran), "tallyho eval t.csv --labels a --predictions pred");
    let ran = tallyho(&folder, "eval t.csv --predictions pred").expect(2);
    assert!(ran.stderr.starts_with("tallyho: name the true classes with --labels\n"), "{ran:?}");
}

#[test]
fn without_files_and_roles_there_is_an_example() {
    for line in ["eval", "eval --labels y.npy", "eval --json"] {
        let ran = tallyho(&sound(), line).expect(2);
        assert!(ran.stderr.contains("tallyho eval --labels y.npy --predictions p.npy"), "{ran:?}");
        assert!(ran.stderr.lines().count() <= 3, "{ran:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_as_in_an_evaluation() {
    let folder = Folder::new();
    folder.file("t.csv", "");
    for (file, problem) in [("t.csv", "is empty: 0 bytes"), ("none.csv", "cannot open the file")] {
        let ran = tallyho(&folder, &format!("eval {file}")).expect(2);
        assert!(ran.stderr.contains(problem), "{ran:?}");
    }
}

#[test]
fn a_wide_table_is_listed_in_part() {
    let folder = Folder::new();
    let names: Vec<String> = (0..500).map(|class| format!("p_{class}")).collect();
    let row = |label: usize| format!("{label},{}", vec!["0.002"; 500].join(","));
    folder.file("w.csv", format!("label,{}\n{}\n{}\n", names.join(","), row(3), row(499)));
    let ran = tallyho(&folder, "eval w.csv").expect(2);
    assert!(ran.stderr.contains("  and 461 more, the last 'p_499'\n"), "{ran:?}");
    assert!(ran.stderr.lines().count() < 60);
    assert_eq!(last(&ran), "tallyho eval w.csv --labels label --scores 'p_*'");
    pasted(&folder, last(&ran)).expect(0);
}
