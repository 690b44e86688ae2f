//! Files of rows: whatever is in them, batches and threads cannot show in the result.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use tallyho::engine::{self, Backend, OnInvalid, Options};
use tallyho::error::{Error, Result};
use tallyho::input::{Input, Request};
use tallyho::tally::{Tallies, decode, digest, encode};

/// What a message may be long: what is quoted of a file is cut.
const LONGEST: usize = 2_000;

/// The requests of predictions and of scores in a table.
pub fn requests(path: &Path) -> [Request; 2] {
    let labels =
        Request { tables: vec![path.to_owned()], labels: "label".into(), ..Request::default() };
    [
        Request { predictions: Some("prediction".into()), ..labels.clone() },
        Request { scores: vec!["s_*".into()], ..labels },
    ]
}

/// Evaluates a request in two ways, which must agree.
pub fn check(request: &Request) {
    for on_invalid in [OnInvalid::Error, OnInvalid::Skip] {
        let options = Options { on_invalid, ..Options::default() };
        let one = said(tallies(request, &options, Some(1), 1));
        let other = said(tallies(request, &options, None, 2));
        match (&one, &other) {
            (Ok(one), Ok(other)) => {
                assert_eq!(digest(one), digest(other), "batches or threads show");
                let again = decode(Path::new("x.tally"), &encode(one));
                assert_eq!(&again.expect("a state that is read"), one);
            }
            // Of a file with several faults, either may be met first; of rows, the first.
            (Err((one, true)), Err((other, true))) => assert_eq!(one, other),
            (Err(_), Err(_)) => {}
            // A damaged page may be met only where its values are read together.
            (Ok(_), Err((text, _))) | (Err((text, _)), Ok(_))
                if text.contains("is not sound parquet") => {}
            _ => panic!("batches or threads show: {:?}, {:?}", one.err(), other.err()),
        }
    }
}

/// What comes of a request.
pub fn tallies(
    request: &Request,
    options: &Options,
    batch_rows: Option<usize>,
    threads: usize,
) -> Result<Tallies> {
    let input = Input::open(request)?;
    let options = Options { threads, batch_rows, ..options.clone() };
    let stop = AtomicBool::new(false);
    let plan = engine::plan(&input, &options, &stop)?;
    let stream = input.stream(batch_rows, threads)?;
    Ok(engine::evaluate(&stream, &plan, &Backend::Cpu, &stop)?.tallies)
}

/// A result as a user is told it, if it is one that a user may be told, and whether it is
/// about a row.
pub fn said<T>(result: Result<T>) -> std::result::Result<T, (String, bool)> {
    result.map_err(|error| {
        assert!(!matches!(error, Error::Internal(_) | Error::Interrupted), "{error}");
        let text = error.to_string();
        assert!(text.len() < LONGEST, "{text:?}");
        (text, matches!(error, Error::Row { .. }))
    })
}
