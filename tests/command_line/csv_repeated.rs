//! Headers of CSV files that come again, in other quotes or another order, or that
//! only some of several files have.

use serde_json::Value;

use super::tallyho;
use crate::common::files::Folder;

const PAIRS: &str = "--labels y --predictions p";

fn refused(folder: &Folder, line: &str) -> String {
    let ran = tallyho(folder, &format!("eval {line}")).expect(2);
    ran.stderr.strip_prefix("tallyho: ").unwrap_or(&ran.stderr).trim_end().to_owned()
}

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("eval {line} --json")).expect(0).json()
}

fn codes(report: &Value) -> Vec<&str> {
    let notices = report["warnings"].as_array().unwrap();
    notices.iter().map(|notice| notice["code"].as_str().unwrap()).collect()
}

#[test]
fn a_header_that_the_user_vouches_for_is_no_row_by_that() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p\ncat,cat\ndog,cat\ny,p\ncat,dog\n");
    let line = format!("t.csv {PAIRS} --csv header=yes");
    assert!(refused(&folder, &line).starts_with("t.csv: row 2: repeats the header line; "));
    for (choice, rows) in [("skip", 3), ("keep", 4)] {
        let found = report(&folder, &format!("{line} --csv repeated-header={choice}"));
        assert_eq!(found["rows"]["scored"], rows);
    }
    // In the only column, and of numbers, it may be a row, and that is said.
    folder.file("y.csv", "cat\ndog\ncat\ncat\n");
    folder.file("p.csv", "p\ncat\ncat\ncat\n");
    for threads in ["1", "3 --batch-rows 1"] {
        let line =
            format!("--labels y.csv --predictions p.csv --csv header=yes --threads {threads}");
        let found = report(&folder, &line);
        assert_eq!((found["rows"]["scored"].as_u64(), codes(&found)), (Some(3), vec!["TH017"]));
        assert_eq!(
            found["warnings"][0]["text"],
            "y.csv: 2 lines equal to the header were taken for rows"
        );
        tallyho(&folder, &format!("eval {line} --strict")).expect(2);
        let found = report(&folder, &format!("{line} --csv repeated-header=keep"));
        assert_eq!(codes(&found), Vec::<&str>::new());
    }
}

#[test]
fn a_header_is_met_again_in_any_quotes_at_any_row() {
    let folder = Folder::new();
    for rows in [2, 3_000] {
        let rows: String = (0..rows).map(|row| format!("yes{},no\n", row % 2)).collect();
        for (header, again) in [
            ("y,p", "\"y\",\"p\""),
            ("y,p", "\"y\",p"),
            ("\"y\",\"p\"", "y,p"),
            ("\"y\",\"p\"", "\u{feff}y,\"p\""),
        ] {
            folder.file("t.csv", format!("{header}\n{rows}{again}\nno,no\n"));
            let found = refused(&folder, &format!("t.csv {PAIRS}"));
            // Near the top, nothing tells that the first line is no row.
            let expected = [": repeats the header line", "has it again; if it is a row"];
            assert!(expected.iter().any(|it| found.contains(it)), "{header} {again}: {found}");
            let found = report(&folder, &format!("t.csv {PAIRS} --csv repeated-header=skip"));
            assert!(codes(&found).contains(&"TH014"), "{header} {again}");
            assert_eq!(found["classes"], serde_json::json!(["no", "yes0", "yes1"]));
        }
    }
}

#[test]
fn a_header_in_another_order_ends_the_reading() {
    let folder = Folder::new();
    for (count, rows) in [(2, "a,b\nb,b\n".to_owned()), (3_000, "a,b\nb,b\n".repeat(1_500))] {
        for again in ["p,y", "\"p\",\"y\""] {
            folder.file("t.csv", format!("y,p\n{rows}{again}\na,b\n"));
            for options in ["", "--on-invalid skip", "--csv repeated-header=skip", "--threads 3"] {
                let found = refused(&folder, &format!("t.csv {PAIRS} {options}"));
                let expected = format!(
                    "t.csv: row {count}: has the names of the header in another order: move the \
                     rows below it to a file of their own; if it is a row, use --csv \
                     repeated-header=keep"
                );
                assert_eq!(found, expected);
            }
            report(&folder, &format!("t.csv {PAIRS} --csv repeated-header=keep"));
        }
    }
}

#[test]
fn of_files_of_which_one_has_no_header_that_one_is_named() {
    let folder = Folder::new();
    folder.file("a.csv", "y,p\ncat,cat\ndog,cat\n");
    for rows in ["cat,dog\ndog,dog\n", "cat,dog\ncat,dog\n", "0,1\n1,1\n"] {
        folder.file("b.csv", rows);
        let first = rows.lines().next().unwrap();
        for files in ["a.csv b.csv", "b.csv a.csv"] {
            let expected = format!(
                "b.csv: has no column 'y', unlike a.csv: if its first line, '{first}', is a row, \
                 write the header 'y,p' above it, or evaluate the file apart with --csv header=no \
                 (its columns are then named 0, 1, …) and -o, and put the states together with \
                 tallyho merge"
            );
            assert_eq!(refused(&folder, &format!("{files} {PAIRS}")), expected);
        }
    }
    // Both ways out work.
    folder.file("b.csv", "cat,dog\ndog,dog\n");
    let apart = "eval b.csv --labels 0 --predictions 1 --csv header=no -o b.tally";
    tallyho(&folder, &format!("eval a.csv {PAIRS} -o a.tally")).expect(0);
    tallyho(&folder, apart).expect(0);
    tallyho(&folder, "merge a.tally b.tally").expect(0);
    folder.file("b.csv", "y,p\ncat,dog\ndog,dog\n");
    assert_eq!(report(&folder, &format!("a.csv b.csv {PAIRS}"))["rows"]["scored"], 4);
    // A table of other columns is told as such.
    folder.file("b.csv", "label,guess,n\ncat,dog,1\n");
    assert!(refused(&folder, &format!("a.csv b.csv {PAIRS}")).contains("has no column 'y'"));
}
