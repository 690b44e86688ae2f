//! A real MLflow server. What it then holds is checked by `read_back.py`.

use std::sync::atomic::AtomicBool;

use libtest_mimic::Failed;
use tallyho::publish::{Mlflow, Published};
use tallyho::report::Entry;

use crate::common::entries;
use crate::common::program::run;
use crate::night;

/// Publishes awkward names twice: the second time nothing is new.
pub fn takes_every_name(url: &str) -> Result<(), Failed> {
    let halt = AtomicBool::new(false);
    let config: Mlflow = toml::from_str(&format!("url = '{url}'\nexperiment = 'nächtlich / 1'"))?;
    config.check()?;
    let (mut steady, report) = entries::digits("steady");
    let figures = steady.figures.as_mut().unwrap();
    let (metric, ..) = figures.per_class[0].clone();
    let odd = ["a/b", "..", "", "größe 大", "a:b=c", "x y-z.0"];
    figures.per_class.extend(odd.map(|class| (metric, class.to_owned(), 7.0)));
    figures.per_class.extend((0..1200).map(|class| (metric, format!("n{class}"), 1.0)));
    let gone = entries::gone("gone");
    let night = |entry: &Entry, report: Option<&str>| -> Result<Published, Failed> {
        let mut session = config.session("nightly", "".as_ref(), &halt)?;
        Ok(session.publish(entry, "2026-11-21", report)?)
    };
    let first = (night(&steady, Some(&report))?, night(&gone, None)?);
    assert_eq!((&first.0.warning, first.0.again, first.1.again), (&None, false, false));
    let second = (night(&steady, Some(&report))?, night(&gone, None)?);
    assert_eq!((&second.0.run, second.0.again), (&first.0.run, true));
    assert_eq!((&second.1.run, second.1.again), (&first.1.run, true));
    Ok(())
}

/// A night of the program itself, through its config; and once more.
pub fn takes_a_night(url: &str) -> Result<(), Failed> {
    let folder = night::folder(&format!("[output.mlflow]\nurl = '{url}'\n"));
    for _ in 0..2 {
        let ran = run(&folder.path(""), &night::WORDS);
        // One evaluation fails; the server is no problem.
        if ran.status != 2 || ran.stdout.contains("problem") {
            return Err(format!("{ran:?}").into());
        }
    }
    Ok(())
}
