//! Every format, type and layout gives the same batches; bad files give errors.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tallyho::batch::{Batch, Fault, Names, Role, Scores};
use tallyho::input::{Input, Request, Shape, Source};
use tallyho::tally::ScoreType;

use crate::common::files::{Folder, Layout, npy, npy_as, npy_matrix, npz, spelled};

/// All rows of an input, put together.
#[derive(Debug, Default, PartialEq)]
struct Rows {
    labels: Vec<String>,
    predictions: Vec<String>,
    scores: Vec<f64>,
    faults: Vec<(u64, Role, String)>,
    /// Rows of each part.
    parts: Vec<u64>,
}

/// The request of one file for each role.
fn arrays(labels: &Path, other: &Path, role: Role) -> Request {
    let mut request = Request { labels: spelled(labels), ..Request::default() };
    match role {
        Role::Scores => request.scores = Some(spelled(other)),
        _ => request.predictions = Some(spelled(other)),
    }
    request
}

fn names(column: &Names) -> impl Iterator<Item = String> + '_ {
    (0..column.len()).map(|row| column.name(row))
}

/// Reads everything with some batch size and number of threads.
fn read_by(request: &Request, batch_rows: Option<usize>, threads: usize) -> Result<Rows, String> {
    let input = Input::open(request).map_err(|error| error.to_string())?;
    let stream = input.stream(batch_rows, threads).map_err(|error| error.to_string())?;
    let batches = Mutex::new(Vec::new());
    let draw = || -> Result<(), String> {
        let mut batch = Batch::default();
        while stream.next(&mut batch).map_err(|error| error.to_string())? {
            batches.lock().unwrap().push(batch.clone());
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let drawers: Vec<_> = (0..threads).map(|_| scope.spawn(draw)).collect();
        drawers.into_iter().try_for_each(|drawer| drawer.join().unwrap())
    })?;
    let mut batches = batches.into_inner().unwrap();
    batches.sort_by_key(|batch| (batch.part, batch.first_row));
    let rows = together(&batches, input.parts());
    assert_eq!(stream.rows_read(), rows.parts.iter().sum::<u64>());
    if let Some(known) = input.rows() {
        assert_eq!(known, stream.rows_read());
    }
    assert!(stream.bytes_read().abs_diff(input.bytes()) <= 1 + input.bytes() / 50);
    Ok(rows)
}

fn together(batches: &[Batch], parts: usize) -> Rows {
    let mut rows = Rows { parts: vec![0; parts], ..Rows::default() };
    for batch in batches {
        assert_eq!(batch.first_row, rows.parts[batch.part], "rows follow each other");
        assert_eq!(batch.labels.len(), batch.rows);
        rows.parts[batch.part] += batch.rows as u64;
        rows.labels.extend(names(&batch.labels));
        rows.predictions.extend(names(&batch.predictions));
        match &batch.scores {
            Scores::F16(values) => rows.scores.extend(values.iter().map(|v| v.to_f64())),
            Scores::F32(values) => rows.scores.extend(values.iter().map(|&v| f64::from(v))),
            Scores::F64(values) => rows.scores.extend(values),
        }
        rows.faults.extend(batch.faults.iter().map(|Fault { row, role, problem }| {
            (batch.first_row + *row as u64, *role, problem.clone())
        }));
    }
    rows
}

fn read(request: &Request) -> Rows {
    read_by(request, None, 1).unwrap()
}

fn error(request: &Request) -> String {
    match read_by(request, None, 2) {
        Ok(rows) => panic!("expected an error, read {rows:?}"),
        Err(problem) => problem,
    }
}

#[test]
fn pairs_of_every_integer_type_are_read() {
    let folder = Folder::new();
    let labels = folder.file("y.npy", npy(&[0i64, 1, 2, 1]));
    let expected = ["0", "1", "2", "1"].map(str::to_owned);
    let files: Vec<PathBuf> = vec![
        folder.file("u1.npy", npy(&[0u8, 1, 2, 1])),
        folder.file("i2.npy", npy(&[0i16, 1, 2, 1])),
        folder.file("f4.npy", npy(&[0f32, 1.0, 2.0, 1.0])),
        folder.file("u8.npy", npy(&[0u64, 1, 2, 1])),
        folder.file("p.csv", "pred\n0\n1\n2\n1\n"),
    ];
    for file in &files {
        let rows = read(&arrays(&labels, file, Role::Predictions));
        assert_eq!(
            (rows.labels.as_slice(), rows.predictions.as_slice()),
            (&expected[..], &expected[..])
        );
    }
}

#[test]
fn a_csv_table_is_read() {
    let folder = Folder::new();
    let table = folder.file(
        "t.csv",
        "\u{feff}id,label,p_cat,p_dog\r\n1,\"a \"\"cat\"\"\",0.25,0.75\r\n2,dog,1e-3,nan\r\n",
    );
    let request = Request {
        tables: vec![table],
        labels: "label".into(),
        scores: Some("p_*".into()),
        score_type: Some(ScoreType::F32),
        ..Request::default()
    };
    let rows = read(&request);
    assert_eq!(rows.labels, ["a \"cat\"", "dog"]);
    assert_eq!(rows.scores[..2], [0.25, 0.75]);
    assert!(rows.scores[3].is_nan());
    let shape = Input::open(&request).unwrap().shape().clone();
    assert_eq!(shape, Shape::Matrix { columns: 2, names: Some(vec!["cat".into(), "dog".into()]) });
}
