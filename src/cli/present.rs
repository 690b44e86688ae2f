//! The presentation of tallies: files, standard output, status.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write};

use super::args::{ColorArg, Show};
use super::output::{Content, Outputs};
use super::{BROKEN, DONE, print, print_page};
use crate::atomic_file::Commit;
use crate::error::Result;
use crate::metric;
use crate::report::{self, Provenance, Report};
use crate::rule::Judgement;
use crate::tally::{self, Tallies};
use crate::terminal::told;

/// Writes the files, records the run, prints the report; the
/// exit status. `record` gives a line about what it did, if it did anything.
pub(super) fn present(
    tallies: &Tallies,
    mut provenance: Provenance,
    show: &Show,
    judgements: Vec<Judgement>,
    mut outputs: Outputs,
    record: impl FnOnce(&Report<'_>) -> Result<Option<String>>,
    to: Streams<'_>,
) -> Result<u8> {
    let Streams { stdout, stderr } = to;
    provenance.warnings.extend(outputs.notice());
    let failed = judgements.iter().any(|judgement| judgement.verdict.fails());
    let (digest, report) = rayon::join(
        || tally::digest(tallies),
        || Report::new(tallies, String::new(), provenance, judgements),
    );
    let report = Report { digest, ..report? };
    tell(&report, show, stderr)?;
    outputs.write(|content, seal| match content {
        Content::Report(format) => format.render(&report).into_bytes(),
        Content::Curves(format) => format.render(&report).into_bytes(),
        Content::State => tally::encode_sealed(tallies, seal),
    })?;
    // Files are replaced when the run is recorded: where that fails they stay.
    let commit = Commit::begin();
    let recorded = record(&report)?;
    outputs.put_in_place()?;
    drop(commit);
    if show.json {
        print(stdout, &report::json(&report))?;
    } else if !show.quiet {
        let text = report::text(&report, width(), color(show.color));
        print_page(stdout, &text)?;
        print(stdout, &recorded.unwrap_or_default())?;
    }
    Ok(if failed { BROKEN } else { DONE })
}

/// Where to print.
pub(super) struct Streams<'a> {
    pub(super) stdout: &'a mut dyn Write,
    pub(super) stderr: &'a mut dyn Write,
}

/// Prints what the user should know beside the numbers, also where no report is
/// read; not where the report that says it goes to the same terminal.
///
/// # Errors
///
/// [`Error::Usage`] if there are warnings and they count as errors.
fn tell(report: &Report<'_>, show: &Show, stderr: &mut dyn Write) -> Result<()> {
    let is_shown = !show.json && !show.quiet && !show.strict;
    let same = is_shown && std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    for warning in report.warnings().filter(|_| !same) {
        let sentence = warning.sentence();
        let text = told(&sentence);
        let _ = writeln!(stderr, "tallyho: warning {}: {text}", warning.code.id);
    }
    if show.strict { report.refuse_warnings() } else { Ok(()) }
}

/// Columns of the terminal; 80 where there is none.
pub(super) fn width() -> usize {
    let size = std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    size.map_or(80, |(width, _)| usize::from(width.0))
}

pub(super) fn color(choice: ColorArg) -> bool {
    match choice {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => {
            anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
        }
    }
}

/// The registry of metrics, for `--list-metrics`.
pub(super) fn metric_list() -> String {
    let mut text = String::new();
    for metric in metric::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", metric.name);
        if !metric.aliases.is_empty() {
            let _ = writeln!(text, "  also       {}", metric.aliases.join(", "));
        }
        let _ = writeln!(text, "  formula    {}", metric.formula);
        let _ = writeln!(text, "  range      {}", metric.range);
        let _ = writeln!(text, "  needs      {}", metric.needs.name());
        if metric.is_average() {
            let _ = writeln!(text, "  classes    all, or those of --average-over");
        }
        let _ = writeln!(text, "  undefined  {}", metric.undefined);
        let _ = writeln!(text, "  source     {}\n", metric.source);
    }
    text
}
