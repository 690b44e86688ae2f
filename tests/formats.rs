//! Every format, type and layout gives the same batches; bad files give errors.

use std::path::Path;
use std::sync::Mutex;

use tallyho::batch::{Batch, Fault, Names, Role, Scores};
use tallyho::input::{Input, Request, Source};

use crate::common::files::spelled;

mod arrays;
#[cfg(feature = "parquet")]
mod changed;
mod checksums;
mod csv_mutations;
mod differential;
mod dimensions;
mod errors;
mod fixtures;
mod hostile;
mod naive;
mod naive_csv;
#[cfg(feature = "parquet")]
mod page_checksums;
mod tables;
mod types;
mod wide;

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
        Role::Scores => request.scores = vec![spelled(other)],
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
    if threads == 3 {
        // A look at the first rows changes nothing for the pass.
        input.head(0, 2, 2).map_err(|error| error.to_string())?;
    }
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
    // Blank lines at the end of text are not counted; a missing line end is.
    let csv = input.files().iter().filter(|file| file.format == "csv").count() as u64;
    if csv > 0 {
        assert!(stream.bytes_read() <= input.bytes() + csv);
    } else {
        assert_eq!(stream.bytes_read(), input.bytes());
    }
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
            Scores::Bf16(values) => rows.scores.extend(values.iter().map(|v| v.to_f64())),
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

/// Reads in many ways and checks that they agree.
fn read_every_way(request: &Request) -> Rows {
    let rows = read(request);
    for batch_rows in [Some(1), Some(7), Some(64), None] {
        for threads in [1, 3] {
            // Not `==`: scores may be NaN.
            let other = read_by(request, batch_rows, threads).unwrap();
            assert_eq!(format!("{rows:?}"), format!("{other:?}"), "{batch_rows:?} x {threads}");
        }
    }
    let head = Input::open(request).unwrap().head(0, 3, 2).unwrap();
    let first: Vec<String> = names(&head.labels).collect();
    assert_eq!(first, rows.labels[..head.rows]);
    rows
}

/// The request of columns of one table.
fn table(path: &Path, labels: &str, role: Role, other: &str) -> Request {
    let mut request =
        Request { tables: vec![path.to_owned()], labels: labels.into(), ..Request::default() };
    match role {
        Role::Scores => request.scores = vec![other.into()],
        _ => request.predictions = Some(other.into()),
    }
    request
}
