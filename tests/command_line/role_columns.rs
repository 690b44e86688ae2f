//! Files of one role with several columns: which is named, as in `FILE:COLUMN`.

use serde_json::{Value, json};

use super::tallyho;
use crate::common::files::{Folder, npy};

fn report(folder: &Folder, line: &str) -> Value {
    tallyho(folder, &format!("eval {line} --json")).expect(0).json()
}

fn refusal(folder: &Folder, line: &str) -> String {
    let ran = tallyho(folder, &format!("eval {line}")).expect(2);
    ran.stderr.trim_end().strip_prefix("tallyho: ").unwrap().to_owned()
}

/// What follows the last colon and blank of a message, or the last ", as in ".
fn advice(message: &str) -> &str {
    let at =
        [": --", "as in --"].map(|mark| message.rfind(mark).map_or(0, |at| at + mark.len() - 2));
    &message[at[0].max(at[1])..]
}

#[test]
fn a_column_of_a_roles_file_can_be_named() {
    let folder = Folder::new();
    folder.file("y.csv", "id,label\n1,cat\n2,dog\n3,dog\n");
    folder.file(
        "p.csv",
        "ID,guess,other: x\n1,cat\n".replace("1,cat", "1,cat,dog\n2,cat,dog\n3,dog,dog"),
    );
    let found = refusal(&folder, "--labels y.csv --predictions p.csv");
    assert_eq!(found, "y.csv: has 2 columns ('id', 'label'); name one, as in --labels y.csv:label");
    let line = format!("{} --predictions p.csv", advice(&found));
    let found = refusal(&folder, &line);
    assert_eq!(
        found,
        "p.csv: has 3 columns ('ID', 'guess', 'other: x'); name one, as in --predictions \
         'p.csv:other: x'"
    );
    let found = report(&folder, &format!("--labels y.csv:label {}", advice(&found)));
    assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
    let found = report(&folder, "--labels y.csv:label --predictions p.csv:guess");
    assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
    assert!(
        refusal(&folder, "--labels y.csv:lable --predictions p.csv:guess")
            .contains("y.csv: has no column 'lable'; it has: 'id', 'label'; did you mean 'label'?")
    );
    assert!(
        refusal(&folder, "--labels x.csv:label --predictions p.csv:guess")
            .starts_with("x.csv: cannot open the file")
    );
    // A file whose name has a colon is a file.
    folder.file("p:1.csv", "guess\ncat\ncat\ndog\n");
    report(&folder, "--labels y.csv:label --predictions p:1.csv");
    folder.file("p:1.csv", "guess,n\ncat,1\ncat,2\ndog,3\n");
    report(&folder, "--labels y.csv:label --predictions p:1.csv:guess");
    // An array has no columns, an archive has arrays.
    folder.file("y.npy", npy(&[0i64, 1, 1]));
    assert_eq!(
        refusal(&folder, "--labels y.npy:y --predictions p.csv:guess"),
        "y.npy: is one array and has no columns; leave out ':y'"
    );
    // It is no output either.
    let ran = tallyho(&folder, "eval --labels y.csv:label --predictions p.csv:guess -o y.csv");
    ran.expect(2);
}

#[test]
fn a_named_column_is_held_to_the_key_that_both_files_have() {
    let folder = Folder::new();
    folder.file("y.csv", "id,label,n\n1,cat,0\n2,dog,0\n3,dog,0\n");
    folder.file("p.csv", "id,guess,m\n1,cat,0\n3,dog,0\n2,dog,0\n");
    let line = "--labels y.csv:label --predictions p.csv:guess";
    assert!(refusal(&folder, line).contains("rows of y.csv and p.csv do not belong together"));
    folder.file("p.csv", "id,guess,m\n1,cat,0\n2,dog,0\n3,dog,0\n");
    let found = report(&folder, line);
    assert_eq!(found["warnings"][0]["code"], "TH039");
}

#[test]
fn score_columns_of_a_roles_file_can_be_named() {
    let folder = Folder::new();
    let rows: Vec<[usize; 2]> = (0..10).map(|row| [row * 7 % 10, row % 2]).collect();
    let text = |[id, class]: &[usize; 2]| {
        let cat = if *class == 0 { "0.75,0.25" } else { "0.25,0.75" };
        format!("{id},{cat}\n")
    };
    let body: String = rows.iter().map(text).collect();
    let labels: String = rows.iter().map(|[_, class]| ["cat\n", "dog\n"][*class]).collect();
    folder.file("y.csv", format!("y\n{labels}"));
    for header in ["id,cat,dog", ",cat,dog"] {
        folder.file("S.csv", format!("{header}\n{body}"));
        let found = refusal(&folder, "--labels y.csv --scores S.csv");
        let id = header.split(',').next().unwrap();
        assert_eq!(
            found,
            format!(
                "S.csv: column '{id}' holds whole numbers and others decimals, so it may be no \
                 score; name the score columns: --scores S.csv:cat,dog"
            )
        );
        let found = report(&folder, &format!("--labels y.csv {}", advice(&found)));
        assert_eq!(found["metrics"]["accuracy"]["value"], json!(1.0));
        report(&folder, "--labels y.csv --scores 'S.csv:[cd]*'");
        let found = refusal(&folder, "--labels y.csv --scores S.csv:cat --scores S.csv:dog");
        assert_eq!(advice(&found), "--scores S.csv:cat,dog");
    }
    folder.file("S.csv", format!("id,a cat,dog\n{body}").replace("\n7,", "\nseven,"));
    folder
        .file("S.csv", format!("name,a cat,dog\n{}", body.replace("0.", "x0.").replace(",x", ",")));
    let body: String = body.lines().map(|line| format!("n{line}\n")).collect();
    folder.file("S.csv", format!("name,a cat,dog\n{body}"));
    assert_eq!(
        refusal(&folder, "--labels y.csv --scores S.csv"),
        "S.csv: column 'name' holds text such as 'n0'; name the score columns: --scores \
         'S.csv:a cat,dog'"
    );
}

#[cfg(feature = "parquet")]
#[test]
fn a_column_of_a_parquet_file_can_be_named() {
    use crate::common::files::{Column, parquet};

    let folder = Folder::new();
    let names = ["a", "b", "a"].map(|name| Some(name.to_owned()));
    let columns =
        [("n", Column::I64(vec![Some(1), Some(2), Some(2)])), ("y", Column::Text(names.to_vec()))];
    folder.file("t.parquet", parquet(&columns, 2));
    folder.file("p.csv", "p,q\na,b\nb,b\nb,b\n");
    let found = report(&folder, "--labels t.parquet:y --predictions p.csv:p");
    assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
}
