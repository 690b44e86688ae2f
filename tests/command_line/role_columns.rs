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

#[test]
fn an_id_is_no_class_however_few_rows_there_are() {
    let folder = Folder::new();
    folder.file("y.csv", "y\ncat\ndog\ncat\n");
    let line = "--labels y.csv --scores S.csv";
    for (text, offered) in [
        ("id,cat,dog\n7,0.75,0.25\n4,0.25,0.75\n9,0.5,0.5\n", "S.csv:cat,dog"),
        ("cat,dog,row_id\n0.75,0.25,1\n0.25,0.75,0\n0.5,0.5,2\n", "S.csv:cat,dog"),
        // Called otherwise, but counting on.
        ("sample,cat,dog\n7,0.75,0.25\n8,0.25,0.75\n9,0.5,0.5\n", "S.csv:cat,dog"),
        // Votes are whole numbers, too.
        ("id,cat,dog\n7,3,1\n4,1,3\n9,4,2\n", "S.csv:cat,dog"),
    ] {
        folder.file("S.csv", text);
        let found = refusal(&folder, line);
        assert_eq!(advice(&found), format!("--scores {offered}"), "{found}");
        let found = report(&folder, &format!("--labels y.csv {}", advice(&found)));
        assert_eq!(found["metrics"]["accuracy"]["value"], json!(1.0), "{text}");
    }
    // A class may be called id, as a language is, and whole numbers may be scores.
    for text in [
        "id,cat,dog\n0.25,0.5,0.25\n0.25,0.25,0.5\n0,1,0\n",
        "id,cat,dog\n0,1,0\n0,0,1\n0,1,0\n",
        "cat,dog\n3,1.5\n1,2.5\n3,0.5\n",
    ] {
        folder.file("S.csv", text);
        assert_eq!(report(&folder, line)["metrics"]["accuracy"]["value"], json!(1.0), "{text}");
    }
}

#[test]
fn the_likely_column_or_array_is_offered() {
    let folder = Folder::new();
    folder.file("y.csv", "id,label,split\n5,1,a\n6,0,a\n9,1,b\n");
    folder.file("p.csv", "row,text,predicted_class,note\n1,a,1,x\n2,b,1,x\n3,c,1,y\n");
    let first = refusal(&folder, "--labels y.csv --predictions p.csv");
    assert_eq!(advice(&first), "--labels y.csv:label");
    let second = refusal(&folder, &format!("{} --predictions p.csv", advice(&first)));
    assert_eq!(advice(&second), "--predictions p.csv:predicted_class");
    let found = report(&folder, &format!("{} {}", advice(&first), advice(&second)));
    assert_eq!(found["metrics"]["accuracy"]["value"], json!(2.0 / 3.0));
    // By nothing but its place, the last that is no id.
    folder.file("p.csv", "a,b,image_id\n1,1,x\n2,0,y\n3,1,z\n");
    let found = refusal(&folder, "--labels y.csv:label --predictions p.csv");
    assert_eq!(advice(&found), "--predictions p.csv:b");
}

#[test]
fn an_array_of_an_archive_can_be_named() {
    use crate::common::files::{npy_matrix, npz};
    use zip::CompressionMethod::{Deflated, Stored};

    let folder = Folder::new();
    let scores = [0.75, 0.25, 0.25, 0.75, 0.375, 0.625];
    for (method, name) in [(Stored, "stored.npz"), (Deflated, "deflated.npz")] {
        let arrays = [
            ("ids", npy(&[7i64, 8, 9])),
            ("logits", npy_matrix(&scores, 2)),
            ("label", npy(&[0i64, 1, 0])),
            ("guess", npy(&[0i64, 1, 1])),
        ];
        folder.file(name, npz(&arrays, method, false));
        let found = refusal(&folder, &format!("--labels {name} --predictions {name}:guess"));
        assert_eq!(
            found,
            format!(
                "{name}: holds 4 arrays (ids, logits, label, guess); name one, as in --labels \
                 {name}:label"
            )
        );
        let labels = advice(&found);
        let found = report(&folder, &format!("{labels} --predictions {name}:guess"));
        assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
        let found = refusal(&folder, &format!("{labels} --scores {name}"));
        assert_eq!(advice(&found), format!("--scores {name}:logits"));
        let found = report(&folder, &format!("{labels} {}", advice(&found)));
        assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
        assert_eq!(
            refusal(&folder, &format!("{labels} --predictions {name}:gues")),
            format!(
                "{name}: has no array 'gues'; it has: ids, logits, label, guess; did you mean \
                 'guess'?"
            )
        );
        let found = refusal(&folder, &format!("{labels} --scores '{name}:log*'"));
        assert!(found.starts_with(&format!("{name}: ")) && found.contains("'log*'"), "{found}");
        let found = refusal(&folder, &format!("{labels} --scores {name}:guess,logits"));
        assert!(found.starts_with(&format!("{name}: has no array 'guess,logits'")), "{found}");
        // Labels of another format, and the only array without its name.
        folder.file("y.csv", "id,label\n7,0\n8,1\n9,0\n");
        report(&folder, &format!("--labels y.csv:label --scores {name}:logits"));
        folder.file("one.npz", npz(&[("x", npy(&[0i64, 1, 1]))], method, false));
        let found = report(&folder, &format!("{labels} --predictions one.npz"));
        assert_eq!(found["metrics"]["accuracy"]["numerator"], json!(2));
        report(&folder, &format!("{labels} --predictions one.npz:x"));
    }
    let ran = tallyho(
        &folder,
        "eval --labels stored.npz:label --predictions stored.npz:guess -o stored.npz",
    );
    ran.expect(2);
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
