//! CSV files as people have them: empty lines, missing headers, other separators,
//! decimal commas, other encodings. What is decided is said, word for word.

use serde_json::{Value, json};

use super::tallyho;
use crate::common::files::{Folder, npy};

const PAIRS: &str = "--labels y --predictions p";

/// The message that ends a line with status 2.
fn refused(folder: &Folder, line: &str) -> String {
    let ran = tallyho(folder, line).expect(2);
    assert_eq!(ran.stdout, "", "{ran:?}");
    ran.stderr.strip_prefix("tallyho: ").unwrap_or(&ran.stderr).trim_end().to_owned()
}

/// The report of a line, without a word on standard error.
fn report(folder: &Folder, line: &str) -> Value {
    let ran = tallyho(folder, &format!("{line} --json")).expect(0);
    // What is named, and how classes are spelled, is not about CSV.
    let others = ["TH166", "TH511", "TH515", "TH516", "TH517", "TH518"];
    let about_csv = |line: &&str| {
        !others.iter().any(|code| line.starts_with(&format!("tallyho: warning {code}: ")))
    };
    assert_eq!(ran.stderr.lines().find(about_csv), None, "{line}");
    ran.json()
}

/// The notes and warnings about reading in a report: code and text.
fn warnings(report: &Value) -> Vec<(String, String)> {
    let notices = report["warnings"].as_array().unwrap().iter();
    // How scores were taken is said in any case.
    notices
        .filter(|it| {
            let others = ["TH102", "TH162", "TH166", "TH208", "TH517"];
            !others.contains(&it["code"].as_str().unwrap())
        })
        .map(|it| (it["code"].as_str().unwrap().into(), it["text"].as_str().unwrap().into()))
        .collect()
}

/// Rows scored and accuracy.
fn counted(report: &Value) -> (u64, f64) {
    (
        report["rows"]["scored"].as_u64().unwrap(),
        report["metrics"]["accuracy"]["value"].as_f64().unwrap(),
    )
}

#[test]
fn an_empty_line_is_a_missing_value_where_there_is_one_column() {
    let folder = Folder::new();
    folder.file("y.csv", "y\na\n\nb\nc\na\n");
    folder.file("p.csv", "p\r\na\r\nb\r\nb\r\n\r\na\r\n");
    let line = "eval --labels y.csv --predictions p.csv";
    assert_eq!(
        refused(&folder, line),
        "y.csv: row 1: the label is missing; correct it, or leave such rows out with \
         --on-invalid skip"
    );
    let ran = tallyho(&folder, &format!("{line} --on-invalid skip --json")).expect(0);
    let found = ran.json();
    assert_eq!(counted(&found), (3, 1.0));
    assert_eq!(found["rows"]["invalid"], 2);
    // At the end of a file, too, and where the other file is no text.
    folder.file("y.csv", "y\na\nb\n\n");
    folder.file("p.csv", "p\na\nb\nb\n");
    assert!(refused(&folder, line).starts_with("y.csv: row 2: the label is missing"));
    folder.file("s.csv", "s\n0.5\n\n0.25\n");
    folder.file("y.npy", npy(&[0i64, 1, 1]));
    assert!(
        refused(&folder, "eval --labels y.npy --scores s.csv")
            .starts_with("s.csv: row 1: score column 's' is missing")
    );
}

#[test]
fn an_empty_line_is_nothing_where_there_are_more_columns() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p\na,a\n\nb,a\n\r\n\n");
    assert_eq!(counted(&report(&folder, &format!("eval t.csv {PAIRS}"))), (2, 0.5));
}

#[test]
fn nothing_at_the_top_of_the_only_column_is_warned_of() {
    let folder = Folder::new();
    folder.file("y.csv", "\n\ncat\ndog\n");
    folder.file("p.csv", "p\ndog\n");
    let ran = tallyho(&folder, "eval --labels y.csv --predictions p.csv -q").expect(0);
    assert_eq!(
        ran.stderr,
        "tallyho: warning TH015: y.csv begins with empty lines; they were passed over, and 'cat' \
         was taken for its header; if they are rows without a value, use --csv header=no\n"
    );
    folder.file("y.csv", "\"\"\ndog\n");
    let ran = tallyho(&folder, "eval --labels y.csv --predictions p.csv -q").expect(0);
    assert!(
        ran.stderr.contains("TH015: y.csv: the first line is an empty value, and was taken"),
        "{ran:?}"
    );
    folder.file("y.csv", "\n\ncat\ndog\n");
    folder.file("p.csv", "cat\ndog\ncat\ndog\n");
    let line = "eval --labels y.csv --predictions p.csv --csv header=no";
    assert!(refused(&folder, line).starts_with("y.csv: row 0: the label is missing"));
}

#[test]
fn a_first_line_of_numbers_over_numbers_is_refused() {
    let folder = Folder::new();
    folder.file("y.csv", "2\n0\n1\n1\n0\n2\n");
    folder.file("p.csv", "0\n0\n1\n0\n0\n2\n");
    let line = "eval --labels y.csv --predictions p.csv";
    assert_eq!(
        refused(&folder, line),
        "y.csv: the first line, '2', is of numbers like the rows below it; if it is a row, use \
         --csv header=no (its columns are then named 0, 1, …), and if it is a header, \
         --csv header=yes"
    );
    assert_eq!(counted(&report(&folder, &format!("{line} --csv header=no"))), (6, 4.0 / 6.0));
    let yes = format!("{line} --csv header=yes,repeated-header=keep");
    assert_eq!(counted(&report(&folder, &yes)), (5, 0.8));
    folder.file("t.csv", "0,1\n1,1\n0,0\n0,1\n");
    let line = "eval t.csv --labels 0 --predictions 1";
    assert!(refused(&folder, line).contains("the first line, '0,1', is of numbers"));
    assert_eq!(counted(&report(&folder, &format!("{line} --csv header=no"))), (4, 0.5));
    let yes = format!("{line} --csv header=yes,repeated-header=keep");
    assert_eq!(counted(&report(&folder, &yes)), (3, 2.0 / 3.0));
    // Scores, as numpy.savetxt writes them.
    folder.file("s.csv", "7.5e-01,2.5e-01\n0.0e+00,1.0e+00\n5.0e-01,5.0e-01\n");
    folder.file("y.npy", npy(&[0i64, 1, 1]));
    let line = "eval --labels y.npy --scores s.csv";
    assert!(refused(&folder, line).contains("the first line, '7.5e-01,2.5e-01', is of numbers"));
    assert_eq!(counted(&report(&folder, &format!("{line} --csv header=no"))), (3, 2.0 / 3.0));
}

#[test]
fn a_first_line_of_texts_that_come_again_is_refused() {
    let folder = Folder::new();
    folder.file("y.csv", "cat\ndog\ndog\ncat\n");
    folder.file("p.csv", "cat\ndog\ncat\ncat\n");
    let line = "eval --labels y.csv --predictions p.csv";
    assert_eq!(
        refused(&folder, line),
        "y.csv: the first line, 'cat', looks like a row: row 2 has it again; if it is a row, use \
         --csv header=no, if it is a header all the same, --csv header=yes, and if files were put \
         together, --csv repeated-header=skip"
    );
    assert_eq!(counted(&report(&folder, &format!("{line} --csv header=no"))), (4, 0.75));
    // Far down, it is a row that cannot be told from a second header.
    let many: String = (0..2_000).map(|row| format!("c{}\n", row % 7)).collect();
    folder.file("y.csv", format!("cat\n{many}cat\n"));
    folder.file("p.csv", format!("p\n{many}c1\n"));
    assert!(refused(&folder, line).starts_with("y.csv: row 2000: repeats the header line; "));
    let yes = format!("{line} --csv header=yes,repeated-header=keep");
    assert_eq!(counted(&report(&folder, &yes)).0, 2_001);
    folder.file("t.csv", "cat,dog\ncat,cat\ndog,dog\ncat,dog\n");
    assert!(
        refused(&folder, "eval t.csv --labels cat --predictions dog")
            .contains("the first line, 'cat,dog', looks like a row: row 0 has it again")
    );
}

#[test]
fn a_header_that_nothing_proves_is_noted() {
    let folder = Folder::new();
    folder.file("y.csv", "label\ncat\ndog\n");
    folder.file("p.npy", npy(&[0i64, 1]));
    folder.file("p.csv", "prediction\ncat\ncat\n");
    let found = report(&folder, "eval --labels y.csv --predictions p.csv");
    assert_eq!(counted(&found), (2, 0.5));
    let text = |name: &str, line: &str| {
        (
            "TH013".to_owned(),
            format!("{name}.csv: the first line, '{line}', was taken for a header"),
        )
    };
    assert_eq!(warnings(&found), [text("y", "label"), text("p", "prediction")]);
    assert_eq!(found["warnings"][0]["hint"], "if it is a row, use --csv header=no");
    let found = report(&folder, "eval --labels y.csv --predictions p.csv --csv header=yes");
    assert_eq!(found["warnings"], json!([]));
}

#[test]
fn headers_as_programs_write_them_are_taken_without_a_word() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[0i64, 1, 1]));
    for (scores, expected) in [
        // pandas, without and with names of its own and with an index.
        ("0,1\n0.75,0.25\n0.0,1.0\n0.5,0.5\n", 2.0 / 3.0),
        ("0,1,2\n0.75,0.25,0.0\n0.0,1.0,0.0\n0.0,0.5,0.5\n", 1.0),
        // A writer that spells whole numbers short.
        ("0,1,2\n0.75,0.25,0\n0,1,0\n0,0.5,0.5\n", 1.0),
    ] {
        folder.file("s.csv", scores);
        let found = report(&folder, "eval --labels y.npy --scores s.csv");
        assert_eq!((counted(&found), warnings(&found)), ((3, expected), vec![]), "{scores}");
    }
    for (table, roles, expected) in [
        (",0,1\n0,a,a\n1,b,a\n", "--labels 0 --predictions 1", 0.5),
        ("label,0,1\n0,0.3,0.7\n1,1,0\n", "--labels label --scores '[01]'", 0.0),
        // A class by the name of a column.
        ("label,prediction\nlabel,cat\ncat,cat\n", "--labels label --predictions prediction", 0.5),
        ("label,score\nlabel,0.75\ncat,0.25\n", "--labels label --scores score", 1.0),
        ("2019,2020\ncat,cat\ndog,cat\n", "--labels 2019 --predictions 2020", 0.5),
        // Classes that are numbers, and one that is not.
        ("y,p\n1,1\nunknown,1\n2,2\n", PAIRS, 2.0 / 3.0),
    ] {
        folder.file("t.csv", table);
        let found = report(&folder, &format!("eval t.csv {roles}"));
        assert_eq!(counted(&found).1, expected, "{table}");
        assert!(warnings(&found).iter().all(|(code, _)| !code.starts_with("TH01")), "{found}");
    }
}

#[test]
fn a_header_in_the_middle_is_refused_or_left_out() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p\r\n0,0\r\n1,1\r\n\u{feff}y,p\r\n1,0\r\n0,0\r\ny,p\r\n");
    let line = format!("eval t.csv {PAIRS}");
    assert_eq!(
        refused(&folder, &line),
        "t.csv: row 2: repeats the header line; --csv repeated-header=skip leaves such lines out; \
         for rows like it, use --csv repeated-header=keep"
    );
    for threads in ["1", "3 --batch-rows 1"] {
        let line = format!("{line} --csv repeated-header=skip --threads {threads}");
        let found = report(&folder, &line);
        assert_eq!(counted(&found), (4, 0.75));
        let text = "t.csv: 2 lines equal to the header, no rows, were left out";
        assert_eq!(warnings(&found), [("TH014".into(), text.into())]);
    }
    // As rows, they are classes of their own.
    let found = report(&folder, &format!("{line} --csv repeated-header=keep"));
    assert_eq!((counted(&found).0, &found["classes"][0]), (6, &json!("0")));
    // One after another, and in quotes.
    folder.file(
        "t.csv",
        "\"y\",\"p\"\n\"y\",\"p\"\n\"0\",\"0\"\n\"y\",\"p\"\n\"y\",\"p\"\n\"1\",\"0\"\n",
    );
    let found = report(&folder, &format!("{line} --csv repeated-header=skip"));
    assert_eq!(counted(&found), (2, 0.5));
    assert!(warnings(&found)[0].1.contains("3 lines equal to the header"));
    // Scores are read twice for some metrics; lines are counted once.
    let rows = "0,0.75,0.25\n1,0.25,0.75\nlabel,s0,s1\n1,0.75,0.25\n";
    folder.file("s.csv", format!("label,s0,s1\n{rows}"));
    let line = "eval s.csv --labels label --scores 's*' --auc exact --csv repeated-header=skip";
    assert!(warnings(&report(&folder, line))[0].1.contains(": 1 line equal to the header"));
}

#[test]
fn other_separators_are_told_and_said() {
    let folder = Folder::new();
    for (name, text) in [
        ("semi.csv", "y;p\n1;1\n0;1\n1;1\n"),
        ("tab.csv", "y\tp\n1\t1\n0\t1\n1\t1\n"),
        ("pipe.csv", "y|p\r\n1|1\r\n0|1\r\n1|1\r\n"),
        ("sep.csv", "\u{feff}sep=;\r\ny;p\r\n1;1\r\n0;1\r\n1;1\r\n"),
        ("excel.csv", "\"SEP=\t\"\ny\tp\n1\t1\n0\t1\n1\t1\n"),
        ("commas.tsv", "y,p\n1,1\n0,1\n1,1\n"),
        ("names.csv", "y;p;score, raw\n1;1;1\n0;1;0,5\n1;1;2\n"),
    ] {
        folder.file(name, text);
        let found = report(&folder, &format!("eval {name} {PAIRS}"));
        assert_eq!(counted(&found), (3, 2.0 / 3.0), "{name}");
        let shown = match name {
            "tab.csv" | "excel.csv" => "tabs",
            "pipe.csv" => "'|'",
            "commas.tsv" => "','",
            _ => "';'",
        };
        let why = match name {
            "sep.csv" | "excel.csv" => "as its first line says",
            _ => "as its header and first records tell",
        };
        let text = format!("{name} is separated by {shown}, {why}");
        assert_eq!(warnings(&found), [("TH011".into(), text)]);
    }
    // What the extension says is not said again, nor what the user says.
    folder.file("t.tsv", "y\tp\n1\t1\n0\t1\n1\t1\n");
    folder.file("colons.csv", "y:p\n1:1\n0:1\n1:1\n");
    for line in [
        "t.tsv",
        "semi.csv --csv 'delimiter=;'",
        "colons.csv --csv delimiter=:",
        "sep.csv --csv delimiter=semicolon",
    ] {
        let found = report(&folder, &format!("eval {line} {PAIRS}"));
        assert_eq!((counted(&found).0, &found["warnings"]), (3, &json!([])), "{line}");
    }
}

#[test]
fn separators_that_may_be_either_are_refused() {
    let folder = Folder::new();
    folder.file("both.csv", "y;z,p\n1;2,1\n0;3,1\n");
    assert_eq!(
        refused(&folder, "eval both.csv --labels y --predictions p"),
        "both.csv: may be separated by ',' (its header then has 2 fields) or by ';' (2); say which \
         with --csv delimiter=comma or --csv delimiter=semicolon"
    );
    let found = report(&folder, "eval both.csv --labels p --predictions p --csv delimiter=comma");
    assert_eq!(counted(&found), (2, 1.0));
    folder.file("short.csv", "y;p\n1;1\n0\n1;1\n");
    let line = format!("eval short.csv {PAIRS}");
    assert_eq!(
        refused(&folder, &line),
        "short.csv: may be separated by ';': its header then has 2 fields, but row 1 has 1; if it \
         is, use --csv delimiter=semicolon, and if not, --csv delimiter=comma"
    );
    assert_eq!(
        refused(&folder, &format!("{line} --csv delimiter=semicolon")),
        "short.csv: row 1: has 1 field where the header has 2; correct it, or leave such rows out \
         with --on-invalid skip"
    );
    // One column of text that has such characters in it is one column.
    folder.file("y.csv", "p(y|x)\n0.75\n0.25\n");
    folder.file("l.npy", npy(&[1i64, 0]));
    assert_eq!(counted(&report(&folder, "eval --labels l.npy --scores y.csv")), (2, 1.0));
}

#[test]
fn a_record_of_other_length_names_the_separator_that_fits() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p\n1;1\n0;1\n");
    assert!(refused(&folder, &format!("eval t.csv {PAIRS}")).starts_with(
        "t.csv: row 0: has 1 field where the header has 2; separated by ';' it has 2;"
    ));
    folder.file("s.csv", "y,s0,s1\n1,0,5,0,5\n");
    assert!(refused(&folder, "eval s.csv --labels y --scores 's*'").starts_with(
        "s.csv: row 0: has 5 fields where the header has 3; a number with a decimal comma must be in quotes;"
    ));
    folder.file("n.csv", "1,1\n0\n");
    assert!(
        refused(&folder, "eval n.csv --labels 0 --predictions 1 --csv header=no")
            .starts_with("n.csv: row 1: has 1 field where the first line has 2")
    );
}

#[test]
fn decimal_commas_are_told_and_said() {
    let folder = Folder::new();
    folder.file("dec.csv", "y,p_cat,p_dog\ncat,\"0,9\",\"0,1\"\ndog,\"0,25\",\"0,75\"\n");
    folder.file("semi.csv", "y;p_cat;p_dog\ncat;0,9;0,1\ndog;0,25;\" 7,5e-1 \"\n");
    for name in ["dec.csv", "semi.csv"] {
        let found = report(&folder, &format!("eval {name} --labels y --scores 'p_*'"));
        assert_eq!(counted(&found), (2, 1.0));
        assert_eq!(found["classes"], json!(["cat", "dog"]));
        let text = format!("{name}: scores have a decimal comma, as in '0,9'");
        assert!(warnings(&found).contains(&("TH012".into(), text)), "{found}");
        let line = format!("eval {name} --labels y --scores 'p_*' --csv 'decimal=,'");
        assert_eq!(counted(&report(&folder, &line)), (2, 1.0));
        let line = format!("eval {name} --labels y --scores p_dog --csv decimal=point");
        assert!(refused(&folder, &line).starts_with(&format!(
            "{name}: row 0: score column 'p_dog' is '0,1', not a number; if that is a decimal \
             comma, use --csv decimal=comma"
        )));
    }
    // Classes are as written, and commas in them tell nothing.
    folder.file("t.csv", "y;s\n0,5;0.25\n1,5;0.75\n");
    let found = report(&folder, "eval t.csv --labels y --scores s");
    assert_eq!((counted(&found), &found["classes"]), ((2, 1.0), &json!(["0,5", "1,5"])));
    assert_eq!(warnings(&found).len(), 1);
}

#[test]
fn decimal_commas_that_may_be_thousands_are_refused() {
    let folder = Folder::new();
    folder.file("t.csv", "y;s\n0;1,234\n1;12,500\n");
    let line = "eval t.csv --labels y --scores s";
    assert_eq!(
        refused(&folder, line),
        "t.csv: column 's': '1,234' may be 1.234 or 1234; if it is 1.234, use --csv decimal=comma, \
         and if it is 1234, write it so, without a comma"
    );
    assert_eq!(
        counted(&report(&folder, &format!("{line} --csv decimal=comma --scores-are logits"))).0,
        2
    );
    folder.file("t.csv", "y;s\n0;0.5\n1;0,75\n");
    assert_eq!(
        refused(&folder, line),
        "t.csv: has numbers with a comma, such as '0,75' in column 's', and with a point, such as \
         '0.5' in column 's'; write all of them alike"
    );
    assert!(
        refused(&folder, &format!("{line} --csv decimal=comma")).starts_with(
            "t.csv: row 0: score column 's' is '0.5', not a number with a decimal comma"
        )
    );
    let many: String = (0..1_100).map(|row| format!("{};0.5\n", row % 2)).collect();
    folder.file("t.csv", format!("y;s\n{many}1;0,75\n"));
    assert!(refused(&folder, line).starts_with(
        "t.csv: row 1100: score column 's' is '0,75', not a number; if that is a decimal comma, use --csv decimal=comma"
    ));
}

#[test]
fn text_that_is_not_utf_8_or_has_stray_bytes_is_refused() {
    let folder = Folder::new();
    let wide = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    for (name, bytes) in [
        ("little.csv", wide("y,p\na,a\né,a\n", true)),
        ("big.csv", wide("y,p\na,a\n", false)),
        ("words.csv", wide("y,p\nмир,мир\nмир,война\n", true)),
    ] {
        folder.file(name, bytes);
        assert_eq!(
            refused(&folder, &format!("eval {name} {PAIRS}")),
            format!("{name}: looks like UTF-16; save the file as UTF-8")
        );
    }
    let rows = [
        (
            "y,p\na,a\nb,b\r\r\n",
            "row 1: has a carriage return within a line; save the file with \\n or \\r\\n at the end of each",
        ),
        ("y,p\r\na,a\rb\r\nb,b\r\n", "row 0: has a carriage return within a line"),
        ("y,p\na,a\n\"b\" c,b\n", "row 1: has text after the quote that closes a field"),
    ];
    for (text, expected) in rows {
        folder.file("t.csv", text);
        let found = refused(&folder, &format!("eval t.csv {PAIRS}"));
        assert!(found.starts_with(&format!("t.csv: {expected}")), "{found}");
    }
    // In quotes, a carriage return is part of a value.
    folder.file("t.csv", "y,p\r\n\"a\rb\",\"a\rb\"\r\n\"c\r\n\",c\r\n");
    assert_eq!(counted(&report(&folder, &format!("eval t.csv {PAIRS}"))), (2, 0.5));
}

#[test]
fn options_of_csv_are_checked_and_the_last_holds() {
    let folder = Folder::new();
    folder.file("t.csv", "1;1\n0;1\n");
    let line = "eval t.csv --labels 0 --predictions 1";
    let found =
        report(&folder, &format!("{line} --csv 'delimiter=|' --csv 'delimiter=;,header=no'"));
    assert_eq!(counted(&found), (2, 0.5));
    for (option, expected) in [
        ("quote=x", "'quote' is not known; expected delimiter, decimal, header or repeated-header"),
        ("header=maybe", "header is yes or no, found 'maybe'"),
        ("semicolon", "'semicolon' is no 'key=value', as in 'delimiter=;,decimal=comma'"),
        ("delimiter=ab", "delimiter is comma, semicolon, tab, pipe, or one character"),
    ] {
        let found = tallyho(&folder, &format!("{line} --csv {option}")).expect(2);
        assert!(found.stderr.contains(expected), "{found:?}");
    }
    folder.file("y.npy", npy(&[0i64, 1]));
    assert_eq!(
        refused(&folder, "eval --labels y.npy --predictions y.npy --csv header=no"),
        "--csv has no effect: no input file is CSV"
    );
}
