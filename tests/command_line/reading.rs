//! What is taken for what: columns, scores, classes, and how much memory it needs.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;

use serde_json::{Value, json};

use super::tallyho;
use crate::common::files::{Folder, npy_header};

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("{line} --json")).expect(0).json()
}

#[test]
fn a_glob_of_numbered_score_columns_leaves_others_out_with_a_warning() {
    let folder = Folder::new();
    folder.file("text.csv", "label,p0,p1,pred\n0,0.9,0.1,red\n1,0.2,0.8,blue\n");
    let found = report(&folder, "eval text.csv --labels label --scores 'p*'");
    assert_eq!(
        (&found["classes"], &found["metrics"]["accuracy"]["value"]),
        (&json!(["0", "1"]), &json!(1.0))
    );
    let rows: String = (17..27).map(|id| format!("0,{id},0.9,0.1\n")).collect();
    folder.file("id.csv", format!("label,pid,p0,p1\n{rows}"));
    let told = tallyho(&folder, "eval id.csv --labels label --scores 'p*'").expect(0);
    let warning = "tallyho: warning TH105: id.csv: column 'pid' is not numbered like 'p0' and 'p1', \
                   though --scores 'p*' matches: left out; narrow the glob, as in --scores \
                   'p[0-9]*', or list the columns if these are scores";
    assert_eq!(told.stderr.lines().next(), Some(warning));
    let plain = tallyho(&folder, "eval id.csv --labels label --scores 'p[0-9]*'").expect(0);
    assert!(!plain.stderr.contains("TH105"), "{plain:?}");
    // Probabilities of 0 and 1 look like integers and are scores all the same.
    folder.file("hard.csv", "label,p0,p1,p2\n0,1,0,0\n1,0,0.5,0.5\n");
    assert_eq!(
        report(&folder, "eval hard.csv --labels label --scores 'p*'")["classes"],
        json!(["0", "1", "2"])
    );
    folder.file("logits.csv", "label,s0,s1\n0,12,-3\n1,4,17\n");
    assert_eq!(
        report(&folder, "eval logits.csv --labels label --scores 's*'")["options"]["scores_are"],
        "logits"
    );
    let text = tallyho(&folder, "eval text.csv --labels label --scores pred").expect(2);
    assert!(text.stderr.contains("--predictions"), "{text:?}");
}

#[test]
fn a_bad_row_of_probabilities_does_not_make_logits_of_them_wherever_it_is() {
    for bad_row in [0, 5, 1_023, 1_500] {
        let folder = Folder::new();
        let mut text = "label,p0,p1,p2\n".to_owned();
        for row in 0..2_000 {
            let scores = if row == bad_row { "1.2,-0.2,0.0" } else { "0.7,0.2,0.1" };
            writeln!(text, "0,{scores}").unwrap();
        }
        folder.file("t.csv", &text);
        let found = tallyho(&folder, "eval t.csv --labels label --scores 'p*'").expect(2);
        assert!(found.stderr.contains(&format!("row {bad_row}: ")), "{found:?}");
        let skipped = report(&folder, "eval t.csv --labels label --scores 'p*' --on-invalid skip");
        assert_eq!(
            (&skipped["rows"]["invalid"], &skipped["options"]["scores_are"]),
            (&json!(1), &json!("probabilities"))
        );
    }
}

#[test]
fn a_third_label_of_binary_scores_is_an_error_in_any_order_even_if_rows_are_skipped() {
    let folder = Folder::new();
    folder.file("a.csv", "label,s\n0,0.25\n1,0.75\n");
    folder.file("b.csv", "label,s\n2,0.5\n0,0.125\n");
    for files in ["a.csv b.csv", "b.csv a.csv"] {
        let line = format!("eval {files} --labels label --scores s --on-invalid skip");
        let found = tallyho(&folder, &line).expect(2);
        assert!(found.stderr.contains("has no score: the classes are"), "{found:?}");
    }
}

#[test]
fn an_ignored_row_is_ignored_whatever_else_is_wrong_with_it() {
    let folder = Folder::new();
    for score in ["", "nan", "x", "0.5"] {
        folder.file("t.csv", format!("label,s0,s1\n0,0.75,0.25\n9,{score},0.5\n1,0.25,0.75\n"));
        let found = report(&folder, "eval t.csv --labels label --scores 's*' --ignore-label 9");
        assert_eq!(
            found["rows"],
            json!({"read": 3, "scored": 2, "ignored": 1, "invalid": 0, "infinite_loss": 0})
        );
    }
    folder.file("t.csv", "label,p\n0,0\n9,\n1,1\n");
    assert_eq!(
        report(&folder, "eval t.csv --labels label --predictions p --ignore-label 9")["rows"]["ignored"],
        1
    );
}

#[test]
fn memory_stays_small_while_the_file_grows() {
    let folder = Folder::new();
    let (rows, columns) = (160_000, 1_000);
    for (name, fortran) in [("c.npy", false), ("f.npy", true)] {
        // Holes of a sparse file read as zeros.
        let header = npy_header("<f4", fortran, &[rows, columns], 1);
        let mut file = File::create(folder.path(name)).unwrap();
        file.write_all(&header).unwrap();
        file.set_len((header.len() + rows * columns * 4) as u64).unwrap();
    }
    let header = npy_header("|u1", false, &[rows], 1);
    let mut labels = header.clone();
    labels.resize(header.len() + rows, 0);
    std::fs::write(folder.path("y.npy"), labels).unwrap();
    for scores in ["c.npy", "f.npy"] {
        let found = report(&folder, &format!("eval --labels y.npy --scores {scores} --threads 2"));
        assert_eq!(found["rows"]["scored"], rows);
        let peak = found["timing"]["peak_memory_bytes"].as_u64();
        // Only Linux tells; the file is 640 MB.
        assert!(peak.is_none_or(|peak| peak < 160 << 20), "{scores}: {peak:?} bytes");
        assert!(peak.is_some() || !cfg!(target_os = "linux"));
    }
}

#[test]
fn what_cannot_be_counted_exactly_or_held_is_refused_before_work_begins() {
    let folder = Folder::new();
    let columns = (1 << 21) + 1;
    let mut scores = npy_header("<f2", false, &[1, columns], 1);
    scores.resize(scores.len() + 2 * columns, 0);
    std::fs::write(folder.path("s.npy"), scores).unwrap();
    let mut labels = npy_header("|u1", false, &[1], 1);
    labels.push(0);
    std::fs::write(folder.path("y.npy"), labels).unwrap();
    let found = tallyho(&folder, "eval --labels y.npy --scores s.npy").expect(2);
    assert!(found.stderr.contains("at most 2097152 can be summed exactly"), "{found:?}");

    folder.file("t.csv", "label,s0,s1\n0,1.5,0.5\n1,0.5,2.5\n");
    let found = tallyho(&folder, "eval t.csv --labels label --scores 's*' --metrics classwise_ece --bins 1048576 --threads 64").expect(2);
    assert!(found.stderr.contains("use fewer --bins"), "{found:?}");
}

#[test]
fn many_threads_for_few_rows_end_soon() {
    let folder = Folder::new();
    folder.file("t.csv", "label,p\n0,0\n1,1\n1,0\n");
    let few = report(&folder, "eval t.csv --labels label --predictions p --threads 1");
    let many = report(&folder, "eval t.csv --labels label --predictions p --threads 300");
    assert_eq!(few["digest"], many["digest"]);
}

#[test]
fn scores_given_as_predictions_are_recognised() {
    let folder = Folder::new();
    folder.file("t.csv", "label,p,q\ncat,0.25,1.0\ndog,0.75,0.0\n");
    folder.file("n.csv", "label,p,q\n1,0.25,1.0\n0,0.75,0.0\n");
    for table in ["t.csv", "n.csv"] {
        for column in ["p", "q"] {
            let line = format!("eval {table} --labels label --predictions {column}");
            let found = tallyho(&folder, &line).expect(2);
            assert!(found.stderr.contains("no class in common"), "{found:?}");
            assert_eq!(found.stderr.contains("--scores"), column == "p", "{found:?}");
        }
    }
}
