//! The help beside what clap writes: the short page of `eval`, and a page for
//! each topic.

mod topics;

use clap::{Arg, Command};

use self::topics::{TOPICS, Topic};
use super::args::INPUT;
use crate::class::nearest;
use crate::error::{Error, Result};
use crate::terminal::told;

/// What `eval -h` prints: the options that most runs need, in 24 lines.
pub(super) const EVAL: &str = "\
Score a prediction set and print a report

Usage: tallyho eval [TABLE]... --labels <NAME> --predictions <NAME>
       tallyho eval [TABLE]... --labels <NAME> --scores <NAMES>
       tallyho eval <TABLE>     lists its columns and a command to start from

  [TABLE]...            tables with a column per role (parquet, csv, npz), globs
                        or, without any, each role names FILE or FILE:COLUMN
  --labels <NAME>       the true classes: a column, an array or a file
  --predictions <NAME>  the predicted classes
  --scores <NAMES>      or the scores: columns such as 'p_*', an array, a file
  --metrics <NAMES>     only these, by commas; --list-metrics lists them all
  --require <RULE>      a rule that must hold, such as 'accuracy >= 0.9'
  -o, --output <FILE>   write a report: .json .md .csv .prom .xml, or .tally
  --json                print JSON instead of a table
  --device <DEVICE>     auto, cpu, gpu or a name; the result is the same
  --options <FILE>      take what is not given here from a file in TOML

`tallyho eval --help` has every option, and so have these, by topic:
  tallyho help input | classes | metrics | order | output | running | history

Exit status: 0 done and every rule holds; 1 a rule is broken or undefined;
2 bad usage, bad input or a failure; 130 interrupted.
";

/// Where the pages are, for the end of a help.
pub(super) const PAGES: &str =
    "tallyho help input | classes | metrics | order | output | running | history";

/// The page for what was typed after `help`: a topic, a subcommand, or everything.
///
/// # Errors
///
/// [`Error::Usage`] if there is neither a topic nor a subcommand of that name.
pub(super) fn page(program: Command, what: &[String]) -> Result<String> {
    let topic = TOPICS.iter().find(|topic| [topic.name] == *what);
    match (topic, of_subcommand(&program, what)) {
        (None, None) => Err(unknown(&program, what)),
        (None, Some(help)) => Ok(help),
        (Some(topic), None) => render(program, topic),
        // `history` is both: what `eval` records, and the command that shows it.
        (Some(topic), Some(help)) => {
            Ok(format!("{}\ntallyho {}: {help}", render(program, topic)?, topic.name))
        }
    }
}

/// What `--help` of a subcommand prints; that of the program, if none is named.
fn of_subcommand(program: &Command, names: &[String]) -> Option<String> {
    let find = |command: &'_ Command, name: &String| command.find_subcommand(name).cloned();
    names.iter().try_fold(program.clone(), |command, name| find(&command, name))?;
    let words = ["tallyho"].into_iter().chain(names.iter().map(String::as_str)).chain(["--help"]);
    let help = program.clone().try_get_matches_from(words).err()?;
    Some(help.render().to_string())
}

/// The options of `eval` below the heading of a topic, between its texts.
fn render(mut program: Command, topic: &Topic) -> Result<String> {
    program.build();
    let eval = program.find_subcommand("eval").cloned();
    let eval = eval.ok_or_else(|| Error::Internal("there is no subcommand eval".into()))?;
    let options = eval
        .mut_args(|arg| match stands_on(topic, &arg) {
            true => arg,
            false => arg.hide(true),
        })
        .help_template("{all-args}")
        .render_help()
        .to_string();
    let (before, after) = (topic.before, topic.after);
    let options = options.trim_end();
    Ok(format!("{before}\n\n{options}\n\n{after}\n"))
}

/// Whether an option of `eval` belongs to a topic: it has its heading. Tables have
/// none.
fn stands_on(topic: &Topic, arg: &Arg) -> bool {
    let heading = arg.get_help_heading();
    heading == Some(topic.heading) || (arg.is_positional() && topic.heading == INPUT)
}

fn unknown(program: &Command, what: &[String]) -> Error {
    let subcommands = program.get_subcommands().map(Command::get_name);
    let topics = TOPICS.iter().map(|topic| topic.name);
    let what = what.join(" ");
    let near = nearest(&what, subcommands.chain(topics));
    let near = near.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
    let what = told(&what);
    Error::Lines(format!("there is no help on '{what}'{near}\ntopics: {PAGES}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    fn eval() -> Command {
        let mut program = super::super::command(false);
        program.build();
        program.find_subcommand("eval").unwrap().clone()
    }

    #[test]
    fn the_short_help_names_options_that_are_there_by_their_values() {
        let eval = eval();
        let mut found = 0;
        for line in EVAL.lines().filter(|line| line.starts_with("  -")) {
            let option = line.split("--").nth(1).unwrap();
            let (name, rest) = option.split_once(' ').unwrap();
            let arg = eval.get_arguments().find(|arg| arg.get_long() == Some(name));
            let value =
                arg.unwrap().get_value_names().filter(|_| arg.unwrap().get_action().takes_values());
            let shown = value.map(|names| format!("<{}>", names[0]));
            assert_eq!(rest.starts_with('<'), shown.is_some(), "{line}");
            assert!(shown.is_none_or(|shown| rest.starts_with(&shown)), "{line}");
            found += 1;
        }
        assert!(found >= 9, "{found}");
    }

    #[test]
    fn every_option_of_eval_is_on_the_page_of_one_topic() {
        let mut pages = 0;
        for arg in eval().get_arguments().filter(|arg| !arg.is_hide_set()) {
            if ["help", "version"].contains(&arg.get_id().as_str()) {
                continue;
            }
            let topic = TOPICS.iter().find(|topic| stands_on(topic, arg));
            let topic = topic.unwrap_or_else(|| panic!("{}", arg.get_id()));
            let text = page(super::super::command(false), &[topic.name.to_owned()]).unwrap();
            let name = arg.get_long().map_or("TABLE".to_owned(), |long| format!("--{long} "));
            assert!(text.replace('\n', " \n").contains(&name), "{name} in {text}");
            pages += 1;
        }
        assert!(pages > 30, "{pages}");
    }

    #[test]
    fn all_pages_are_named() {
        for topic in TOPICS {
            assert!(PAGES.contains(topic.name) && EVAL.contains(topic.name), "{}", topic.name);
        }
    }
}
