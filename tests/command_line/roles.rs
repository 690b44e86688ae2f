//! Files of one role each, the columns that hold their rows together, and what is
//! said where a role is no file; files of class names.

use std::fs;

use serde_json::{Value, json};

use super::tallyho;
use crate::common::files::{Folder, npy};

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("eval {line} --json")).expect(0).json()
}

fn refusal(folder: &Folder, line: &str) -> String {
    tallyho(folder, &format!("eval {line}")).expect(2).stderr.trim_end().to_owned()
}

fn told(report: &Value) -> Vec<&str> {
    let notices = report["warnings"].as_array().unwrap();
    notices.iter().map(|notice| notice["text"].as_str().unwrap()).collect()
}

/// A table of an id and one more column.
fn keyed(header: &str, rows: impl Iterator<Item = (usize, &'static str)>) -> String {
    let rows: String = rows.map(|(id, value)| format!("id{id},{value}\n")).collect();
    format!("{header}\n{rows}")
}

fn class(row: usize) -> &'static str {
    ["a", "b", "c"][row * row % 7 % 3]
}

const LABELS: &str = "--labels y.csv";

#[test]
fn rows_of_two_files_belong_together_by_a_key_that_both_have() {
    let folder = Folder::new();
    let rows = || (0..20_000).map(|row| (row, class(row)));
    folder.file("y.csv", keyed("id,label", rows()));
    folder.file("p.csv", keyed("id,prediction", rows().map(|(id, _)| (id, class(id / 2)))));
    let found = report(&folder, &format!("{LABELS} --predictions p.csv"));
    let right = (0..20_000).filter(|&row| class(row) == class(row / 2)).count();
    assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(right));
    let expected =
        "rows of y.csv and p.csv belong together by column 'id', which is the same in each";
    assert!(told(&found).contains(&expected), "{found}");
    // Both may call their value the same.
    folder.file("q.csv", keyed("id,label", rows().map(|(id, _)| (id, class(id / 2)))));
    let same = report(&folder, &format!("{LABELS} --predictions q.csv"));
    assert_eq!(found["digest"], same["digest"]);

    // Any row that differs is found, however late.
    for moved in [0, 1_023, 1_024, 12_345, 19_998] {
        let mut rows: Vec<_> = rows().collect();
        rows.swap(moved, moved + 1);
        folder.file("p.csv", keyed("id,prediction", rows.into_iter()));
        let found = refusal(&folder, &format!("{LABELS} --predictions p.csv"));
        let expected = format!(
            "tallyho: rows of y.csv and p.csv do not belong together: in row {moved}, column 'id' \
             of the one is 'id{moved}', of the other 'id{}'; sort both by 'id', or write one table",
            moved + 1
        );
        assert_eq!(found, expected);
    }
    // A row too few is told as such.
    folder.file("p.csv", keyed("id,prediction", rows().take(19_999)));
    assert_eq!(
        refusal(&folder, &format!("{LABELS} --predictions p.csv")),
        "tallyho: y.csv has 20000 labels, but p.csv has 19999 predictions; expected one for each row"
    );
}

#[test]
fn scores_beside_a_key_are_held_to_the_labels_too() {
    let folder = Folder::new();
    folder.file("y.csv", "id,label\n7,a\n8,b\n9,b\n");
    folder.file("s.csv", "a,b,id\n0.75,0.25,007\n0.25,0.75,8.0\n0.5,0.5,9\n");
    let found = report(&folder, &format!("{LABELS} --scores s.csv"));
    assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
    assert_eq!(found["classes"], json!(["a", "b"]));
    folder.file("s.csv", "a,b,id\n0.75,0.25,7\n0.25,0.75,9\n0.5,0.5,8\n");
    assert_eq!(
        refusal(&folder, &format!("{LABELS} --scores s.csv")),
        "tallyho: rows of y.csv and s.csv do not belong together: in row 1, column 'id' of the one \
         is '8', of the other '9'; sort both by 'id', or write one table"
    );
    // One score per row.
    folder.file("s.csv", "id,score\n7,0.25\n8,0.75\n9,0.5\n");
    let found = report(&folder, &format!("{LABELS} --scores s.csv"));
    assert_eq!(found["metrics"]["roc_auc"]["value"], json!(1.0));
}

#[test]
fn without_a_key_in_both_files_more_than_one_column_is_refused() {
    let folder = Folder::new();
    folder.file("y.csv", "id,label\n7,a\n8,b\n9,b\n");
    for (text, columns) in [
        ("key,prediction\n7,a\n8,b\n9,b\n", "2 columns ('key', 'prediction')"),
        ("id,prediction\n7,a\n7,b\n7,b\n", "2 columns ('id', 'prediction')"),
        ("id,prediction\n7,a\n,b\n9,b\n", "2 columns ('id', 'prediction')"),
        ("id,prediction,other\n7,a,a\n8,b,a\n9,b,b\n", "3 columns ('id', 'prediction', 'other')"),
    ] {
        folder.file("p.csv", text);
        let found = refusal(&folder, &format!("{LABELS} --predictions p.csv"));
        let first = "y.csv: has 2 columns ('id', 'label'); name one, as in --labels y.csv:label";
        let second = format!(
            "p.csv: has {columns}; name one, as in --predictions p.csv:{}",
            if columns.starts_with('3') { "other" } else { "prediction" }
        );
        let said = found.strip_prefix("tallyho: ").unwrap();
        assert!(said == first || said == second, "{found}");
    }
    folder.file("p.csv", "prediction\na\nb\nb\n");
    assert!(refusal(&folder, &format!("{LABELS} --predictions p.csv")).contains("has 2 columns"));
}

#[cfg(feature = "parquet")]
#[test]
fn a_key_may_be_a_number_in_one_file_and_text_in_the_other() {
    use crate::common::files::{Column, parquet};

    let folder = Folder::new();
    folder.file("y.csv", "label,id\na,7\nb,8\nb,9\n");
    let table = |ids: [Option<i64>; 3]| {
        let names = ["a", "b", "a"].map(|name| Some(name.to_owned()));
        let columns = [("id", Column::I64(ids.to_vec())), ("guess", Column::Text(names.to_vec()))];
        parquet(&columns, 2)
    };
    folder.file("p.parquet", table([Some(7), Some(8), Some(9)]));
    let found = report(&folder, &format!("{LABELS} --predictions p.parquet"));
    assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
    folder.file("p.parquet", table([Some(7), Some(8), Some(10)]));
    let found = refusal(&folder, &format!("{LABELS} --predictions p.parquet"));
    assert!(
        found.contains("in row 2, column 'id' of the one is '9', of the other '10'"),
        "{found}"
    );
}

#[test]
fn a_role_that_is_a_glob_a_folder_or_a_column_is_told_how_to_be_written() {
    let folder = Folder::new();
    folder.file("y.npy", npy(&[0i64, 1]));
    fs::create_dir(folder.path("out")).unwrap();
    for (line, expected) in [
        (
            "--labels 'y*.npy' --predictions 'p*.npy'",
            "--labels 'y*.npy' is a glob, but without a table each role is one file; join the \
             arrays with np.concatenate, or save those of each shard in one npz, and write: \
             tallyho eval '*.npz' --labels COLUMN --predictions COLUMN",
        ),
        (
            "--labels y.npy --scores 's/*.parquet'",
            "--scores 's/*.parquet' is a glob, but without a table each role is one file; if the \
             files have columns for every role, write: tallyho eval 's/*.parquet' --labels COLUMN \
             --scores COLUMN",
        ),
        (
            "--labels y.npy --predictions out",
            "--predictions 'out' is a folder, but without a table each role is one file; if the \
             files in it have columns for every role, write: tallyho eval out --labels COLUMN \
             --predictions COLUMN",
        ),
        (
            "--labels label --predictions 'pred 1'",
            "--labels 'label': there is no file of this name; if it is a column, name its table \
             first: tallyho eval TABLE --labels label --predictions 'pred 1'",
        ),
        (
            "--labels y.npy --scores score",
            "--scores 'score': there is no file of this name; if it is a column, name its table \
             first: tallyho eval TABLE --labels COLUMN --scores score",
        ),
    ] {
        assert_eq!(refusal(&folder, line), format!("tallyho: {expected}"));
    }
    let absent = refusal(&folder, "--labels y.npy --predictions p.npy");
    assert!(absent.starts_with("tallyho: p.npy: cannot open the file"), "{absent}");
    // A file whose name looks like a glob is a file.
    folder.file("y[1].npy", npy(&[0i64, 1]));
    report(&folder, "--labels 'y[1].npy' --predictions y.npy");
}

#[test]
fn class_names_may_be_maps_to_or_from_their_numbers() {
    let folder = Folder::new();
    folder.file("t.csv", "y,p\ncat,cat\ndog,cat\n");
    let line = "t.csv --labels y --predictions p --classes names.json";
    for text in [
        r#"["dog", "cat", "eel"]"#,
        r#"{"0": "dog", "1": "cat", "2": "eel"}"#,
        r#"{"2": "eel", "1": "cat", "0": "dog"}"#,
        r#"{"dog": 0, "eel": 2, "cat": 1}"#,
        r#"{"architectures": ["X"], "id2label": {"0": "dog", "1": "cat", "2": "eel"}, "n": 3}"#,
        r#"{"model_type": "x", "label2id": {"dog": 0, "eel": 2, "cat": 1}}"#,
    ] {
        folder.file("names.json", text);
        assert_eq!(report(&folder, line)["classes"], json!(["dog", "cat", "eel"]), "{text}");
        // A map is known by its first letter, too.
        folder.file("names.txt", text);
        let found = report(&folder, &line.replace("json", "txt"));
        assert_eq!(found["classes"], json!(["dog", "cat", "eel"]), "{text}");
    }
    let names: String = (0..12).rev().map(|k| format!("\"{k}\": \"c{k}\",")).collect();
    folder.file("names.json", format!("{{{}}}", names.trim_end_matches(',')));
    folder.file("t.csv", "y,p\nc10,c10\nc2,c2\n");
    let expected: Vec<String> = (0..12).map(|k| format!("c{k}")).collect();
    assert_eq!(report(&folder, line)["classes"], json!(expected), "by number, not as text");
    for (text, expected) in [
        (r#"{"0": "a", "2": "b"}"#, "has no class 1; the keys of a map of 2 classes are 0 to 1"),
        (r#"{"1": "a", "2": "b"}"#, "has no class 0; the keys of a map of 2 classes are 0 to 1"),
        (
            r#"{"a": 0, "b": 0}"#,
            "has 'b' and another as class 0; the values of a map of 2 classes are 0 to 1",
        ),
        (
            r#"{"0": "a", "one": "b"}"#,
            "has the key 'one'; the keys of a map of 2 classes are 0 to 1",
        ),
        (
            r#"{"id2label": {"0": "a", "3": "b"}}"#,
            "'id2label' has no class 1; the keys of a map of 2 classes are 0 to 1",
        ),
        (
            r#"{"0": 1, "1": 2}"#,
            "maps numbers to numbers, so that it may be read either way; give the classes as a \
             list in their order: [\"cat\", \"dog\"]",
        ),
        (r#"{"0": "a", "1": "a"}"#, "has 'a' as class 0 and as class 1; name each class once"),
        (
            r#"{"0": "a", "1": "b", "0": "c"}"#,
            "has the key '0' twice at line 1 column 24; name each class once",
        ),
        (
            r#"{"label2id": {"a": 0, "b": 1, "a": 2}}"#,
            "has the key 'a' twice at line 1 column 33; name each class once",
        ),
        (
            r#"{"id2label": {"LABEL_0": "x", "LABEL_1": "y"}}"#,
            "'id2label' has the key 'LABEL_0'; the keys of a map of 2 classes are 0 to 1",
        ),
        (
            r#"{"0.0": "x", "1.0": "y"}"#,
            "has the key '0.0'; the keys of a map of 2 classes are 0 to 1",
        ),
        (
            r#"{"a": ["x"]}"#,
            "expected a list of class names, or a map such as {\"0\": \"cat\", \"1\": \"dog\"} or \
             {\"cat\": 0, \"dog\": 1}",
        ),
    ] {
        folder.file("names.json", text);
        assert_eq!(refusal(&folder, line), format!("tallyho: names.json: {expected}"), "{text}");
    }
}

#[test]
fn a_shard_of_the_positive_class_alone_is_counted() {
    let folder = Folder::new();
    folder.file("t.csv", "y,s\nspam,0.1\nspam,0.7\nspam,0.5\n");
    let found = report(&folder, "t.csv --labels y --scores s --positive spam");
    assert_eq!(found["metrics"]["accuracy"]["value"], json!(2.0 / 3.0));
    assert_eq!(found["classes"], json!(["not spam", "spam"]));
    assert_eq!(found["metrics"]["roc_auc"]["value"], json!(null));
    assert_eq!(
        found["warnings"],
        json!([{
            "code": "TH040",
            "severity": "note",
            "text": "every label is 'spam', so the other class is called 'not spam' here",
            "hint": "to merge these rows with others, name both classes with --classes in all of \
                     them",
        }])
    );
    assert_eq!(
        refusal(&folder, "t.csv --labels y --scores s --positive ham"),
        "tallyho: t.csv: all labels are 'spam' and none is 'ham', which --positive names; one score \
         per row needs two classes, name them with --classes"
    );
    assert_eq!(
        refusal(&folder, "t.csv --labels y --scores s"),
        "tallyho: t.csv: all labels are 'spam'; one score per row needs two classes, name them with \
         --classes, or say --positive 'spam' if that is the positive class"
    );
    // The same numbers with both classes named, and then it merges.
    folder.file("two.txt", "ham\nspam\n");
    folder.file("u.csv", "y,s\nham,0.2\nspam,0.9\n");
    let options = "--labels y --scores s --positive spam --auc binned";
    for (table, state) in [("t.csv", "a.tally"), ("u.csv", "b.tally")] {
        let line = format!("eval {table} {options} --classes two.txt -o {state}");
        tallyho(&folder, &line).expect(0);
    }
    tallyho(&folder, "merge a.tally b.tally").expect(0);
    // Without the names it does not merge by mistake.
    tallyho(&folder, &format!("eval t.csv {options} -o c.tally")).expect(0);
    tallyho(&folder, &format!("eval u.csv {options} -o d.tally")).expect(0);
    tallyho(&folder, "merge c.tally d.tally").expect(2);
}
