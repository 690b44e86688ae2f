//! The planner of a job: from the config as it is written to what is to be done, with every
//! mistake.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml::Spanned;

use super::config::{Config, Dataset, Model, On, Split};
use super::diagnostics::{Mistakes, as_keys};
use super::names::Names;
use super::placeholder::Values;
use super::plan::{EvaluationSpec, Job, Outputs, options};
use super::rule_config::{self, JobRule};
use crate::alert;
use crate::alert::Channel;
use crate::error::Result;
use crate::evaluation::{DeviceRequest, ExecutionOptions, all_cores, check_threads, parse_size};
use crate::history::Identity;
use crate::input::Request;
use crate::memory;
use crate::report::Format;
use crate::rule::Rule;
use crate::tally::Matching;

/// Puts a job together, noting every mistake on the way.
pub(super) struct Planner<'a, 'm, 't> {
    config: &'a Config,
    folder: &'a Path,
    job: String,
    date: String,
    mistakes: &'m mut Mistakes<'t>,
}

/// A model on a split of a dataset.
#[derive(Clone, Copy)]
struct Target<'a> {
    dataset: &'a Dataset,
    split: Option<&'a Split>,
    model: &'a Model,
    /// What is different for the model on this dataset.
    on: Option<&'a On>,
}

impl<'a> Target<'a> {
    fn split_name(self) -> &'a str {
        self.split.map_or("", |split| split.name.get_ref())
    }

    fn values(self, date: &'a str) -> Values<'a> {
        Values {
            date,
            dataset: self.dataset.name.get_ref(),
            split: self.split_name(),
            model: self.model.name.get_ref(),
        }
    }
}

impl<'a, 'm, 't> Planner<'a, 'm, 't> {
    /// A planner of the config in the file `path`.
    pub(super) fn new(
        path: &'a Path,
        config: &'a Config,
        night: Date,
        mistakes: &'m mut Mistakes<'t>,
    ) -> Self {
        let stem = path.file_stem().map_or_else(String::new, |it| it.to_string_lossy().into());
        let job = config.job.clone().unwrap_or(stem);
        let folder = path.parent().unwrap_or(Path::new(""));
        Self { config, folder, job, date: night.to_string(), mistakes }
    }

    /// What is to be done. Without meaning if there were mistakes.
    pub(super) fn plan(mut self, path: &Path, night: Date) -> Job {
        let config = self.config;
        let names = Names::of(config, self.mistakes);
        let rules = rule_config::rules(config, &names, self.mistakes);
        // The plan is held to it, too.
        let memory = self.memory();
        memory::settle(memory);
        let mut evaluations = Vec::new();
        for (at, target) in targets(config).enumerate() {
            if at.is_multiple_of(1_000)
                && let Err(error) = need_twice(&evaluations)
            {
                self.mistakes.at(0..0, as_keys(&error.to_string()));
                break;
            }
            evaluations.extend(self.work(target, &rules));
        }
        self.reports_differ(&evaluations);
        self.rules_differ(&evaluations, &rules);
        // What is left out for a mistake is not for the rule to explain.
        for rule in rules.iter().filter(|_| self.mistakes.is_empty()).collect::<Vec<_>>() {
            if !evaluations.iter().any(|work| rule.is_for(&work.identity)) {
                self.mistakes.at(rule.span.clone(), "this rule is for none of the evaluations");
            }
        }
        Job {
            path: path.to_owned(),
            folder: match self.folder.as_os_str().is_empty() {
                true => PathBuf::from("."),
                false => self.folder.to_owned(),
            },
            run_date: night,
            history: self.history(),
            execution: self.execution(),
            memory,
            threads: self.threads(),
            threads_asked: config.threads.as_ref().map(|asked| *asked.get_ref()),
            paired: config.paired.unwrap_or(true),
            outputs: self.outputs(),
            channels: self.channels(),
            name: self.job,
            rules,
            evaluations,
        }
    }

    /// What is recorded and told of a rule goes by its text.
    fn rules_differ(&mut self, evaluations: &[EvaluationSpec], rules: &[JobRule]) {
        for work in evaluations {
            for (place, &at) in work.rules.iter().enumerate() {
                let text = rules[at].rule.to_string();
                let is_same = |&other: &usize| rules[other].rule.to_string() == text;
                if work.rules[..place].iter().any(is_same) {
                    let subject = work.identity.subject();
                    let problem =
                        format!("this rule is there already for {subject}; leave out one");
                    self.mistakes.at(rules[at].span.clone(), problem);
                }
            }
        }
    }

    fn history(&mut self) -> PathBuf {
        let date = self.date.clone();
        let night = Values { date: &date, dataset: "", split: "", model: "" };
        let named = self.config.history.as_ref().and_then(|text| self.filled(text, &night));
        self.folder.join(named.unwrap_or_else(|| "tallyho.db".to_owned()))
    }

    fn execution(&mut self) -> ExecutionOptions {
        let memory = self.config.device_memory.as_ref();
        let device_memory = memory.and_then(|size| {
            parse_size(size.get_ref()).map_err(|problem| self.mistakes.of(size, problem)).ok()
        });
        let device = self.config.device.clone().map_or(DeviceRequest::Auto, DeviceRequest::from);
        ExecutionOptions { device, device_memory, batch_rows: None }
    }

    fn memory(&mut self) -> Option<u64> {
        let size = self.config.memory.as_ref()?;
        parse_size(size.get_ref()).map_err(|problem| self.mistakes.of(size, problem)).ok()
    }

    fn threads(&mut self) -> usize {
        let Some(threads) = &self.config.threads else { return all_cores() };
        let checked = check_threads("threads", *threads.get_ref());
        self.mistakes.take(threads, checked).unwrap_or(1)
    }

    fn outputs(&mut self) -> Outputs {
        let output = &self.config.output;
        let date = self.date.clone();
        let night = Values { date: &date, dataset: "", split: "", model: "" };
        let mut path = |text: &Option<Spanned<String>>| {
            let text = text.as_ref()?;
            Some(self.folder.join(self.filled(text, &night)?))
        };
        let (junit, prometheus) = (path(&output.junit), path(&output.prometheus));
        let json = path(&output.json);
        if let Some(gateway) = &output.pushgateway {
            self.mistakes.take(gateway, gateway.get_ref().check());
        }
        if let Some(server) = &output.mlflow {
            self.mistakes.take(server, server.get_ref().check());
        }
        Outputs {
            junit,
            prometheus,
            json,
            pushgateway: output.pushgateway.as_ref().map(|it| it.get_ref().clone()),
            mlflow: output.mlflow.as_ref().map(|it| it.get_ref().clone()),
        }
    }

    fn channels(&mut self) -> Vec<Channel> {
        let tables = &self.config.notify;
        let channels: Vec<Channel> = tables.iter().map(|it| it.get_ref().clone()).collect();
        for mistake in alert::check(&channels) {
            let problem = format!("`{}`: {}", mistake.key, mistake.problem);
            self.mistakes.of(&tables[mistake.channel], problem);
        }
        channels
    }

    /// What one evaluation reads and how; `None` if that cannot be told.
    fn work(&mut self, target: Target<'a>, rules: &[JobRule]) -> Option<EvaluationSpec> {
        let Target { dataset, split, model, on } = target;
        let date = self.date.clone();
        let values = target.values(&date);
        let files = on
            .and_then(|on| on.files.as_ref())
            .or(model.files.as_ref())
            .or(split.and_then(|split| split.files.as_ref()))
            .or(dataset.files.as_ref());
        // Every part is looked at before one that is wrong ends this.
        let tables = files.map_or(Some(Vec::new()), |files| self.tables(files, &values));
        let labels = split.and_then(|split| split.labels.as_ref()).or(dataset.labels.as_ref());
        if labels.is_none() {
            self.mistakes.of(&dataset.name, "this dataset has no `labels`");
        }
        let rows = self.rows_of(target);
        let reports = self.reports(&values);
        let ([predictions, scores], tables, labels, reports) = (rows?, tables?, labels?, reports?);
        // Without tables, a role names a file of its own.
        let is_file = tables.is_empty();
        let mut role = |text: &Spanned<String>| {
            Some(match is_file {
                true => self.folder.join(self.path(text, &values)?).display().to_string(),
                false => self.filled(text, &values)?,
            })
        };
        let labels = role(labels)?;
        let predictions = predictions.map(&mut role);
        let scores = scores.map(&mut role);
        let slices = dataset.slices.iter().map(&mut role).collect::<Option<Vec<_>>>()?;
        let classes = match &dataset.classes {
            Some(path) => Some(self.folder.join(self.path(path, &values)?)),
            None => None,
        };
        let shared = dataset.options.clone().or(&self.config.options);
        // What is said of all models is no mistake where one has no scores.
        let shared = match scores.is_some() {
            true => shared.without_predictions(),
            false => shared.without_scores(),
        };
        let own = on.map(|on| on.options.clone()).unwrap_or_default();
        let settings = own.or(&model.options).or(&shared);
        let identity = Identity {
            job: self.job.clone(),
            dataset: values.dataset.to_owned(),
            model: values.model.to_owned(),
            split: values.split.to_owned(),
        };
        let request = Request {
            tables,
            labels,
            predictions: predictions.flatten(),
            scores: scores.flatten().into_iter().collect(),
            slices,
            score_type: settings.score_type,
            loose_classes: settings.match_classes == Some(Matching::Loose),
            labels_are: settings.labels_are,
            csv: settings.csv.clone().unwrap_or_default(),
            ..Request::default()
        };
        let own = rules.iter().enumerate().filter(|(_, rule)| rule.is_for(&identity));
        let rules_of = own.map(|(at, _)| at).collect::<Vec<_>>();
        let parsed: Vec<Rule> = rules_of.iter().map(|&at| rules[at].rule.clone()).collect();
        if let Err(error) = options(&settings, &request, &parsed) {
            self.mistakes.of(&model.name, format!("{}: {error}", identity.subject()));
        }
        Some(EvaluationSpec { identity, request, classes, settings, rules: rules_of, reports })
    }

    /// The predictions or the scores of a model: one of them.
    fn rows_of(&mut self, target: Target<'a>) -> Option<[Option<&'a Spanned<String>>; 2]> {
        let Target { model, on, .. } = target;
        let own = on.map(|on| [on.predictions.as_ref(), on.scores.as_ref()]);
        let own = own.filter(|own| own.iter().any(Option::is_some));
        let found = own.unwrap_or([model.predictions.as_ref(), model.scores.as_ref()]);
        match found {
            [Some(_), None] | [None, Some(_)] => Some(found),
            [None, None] => {
                let dataset = target.dataset.name.get_ref();
                let problem =
                    format!("this model has neither `predictions` nor `scores` on {dataset}");
                self.mistakes.of(&model.name, problem);
                None
            }
            [Some(_), Some(scores)] => {
                let problem = "both `predictions` and `scores` are given; name one of them";
                self.mistakes.of(scores, problem);
                None
            }
        }
    }

    fn tables(
        &mut self,
        files: &Spanned<Vec<String>>,
        values: &Values<'_>,
    ) -> Option<Vec<PathBuf>> {
        if files.get_ref().is_empty() {
            self.mistakes.of(files, "no file is named; leave out `files` if there are no tables");
            return None;
        }
        let paths = files.get_ref().iter().map(|file| {
            let filled = self.mistakes.take(files, values.fill_path(file));
            filled.map(|file| self.folder.join(file))
        });
        paths.collect()
    }

    fn reports(&mut self, values: &Values<'_>) -> Option<Vec<PathBuf>> {
        let reports = &self.config.output.reports;
        let paths = reports.iter().map(|text| {
            let path = self.folder.join(self.path(text, values)?);
            let format = Format::from_path(&path);
            self.mistakes.take(text, format).map(|_| path)
        });
        paths.collect()
    }

    /// Notes a report that several evaluations would write, one over the other.
    fn reports_differ(&mut self, evaluations: &[EvaluationSpec]) {
        for (at, text) in self.config.output.reports.iter().enumerate() {
            let mut seen = BTreeSet::new();
            let mut paths = evaluations.iter().filter_map(|work| work.reports.get(at));
            if let Some(twice) = paths.find(|path| !seen.insert(*path)) {
                let problem = format!(
                    "several evaluations would write {}; tell them apart by {{dataset}}, {{split}} \
                     and {{model}} in the name",
                    twice.display()
                );
                self.mistakes.of(text, problem);
            }
        }
    }

    fn filled(&mut self, text: &Spanned<String>, values: &Values<'_>) -> Option<String> {
        self.mistakes.take(text, values.fill(text.get_ref()))
    }

    fn path(&mut self, text: &Spanned<String>, values: &Values<'_>) -> Option<String> {
        self.mistakes.take(text, values.fill_path(text.get_ref()))
    }
}

/// Every model on every split of every dataset that it is for.
fn targets(config: &Config) -> impl Iterator<Item = Target<'_>> {
    let parts = config
        .dataset
        .iter()
        .flat_map(move |dataset| splits(dataset).into_iter().map(move |split| (dataset, split)));
    parts.flat_map(|(dataset, split)| {
        config.model.iter().filter_map(move |model| {
            let name = dataset.name.get_ref();
            let listed = model.datasets.as_ref();
            let is_for = listed.is_none_or(|listed| listed.iter().any(|it| it.get_ref() == name));
            let on = model.on.iter().find(|(on, _)| on.get_ref() == name);
            is_for.then_some(Target { dataset, split, model, on: on.map(|(_, on)| on) })
        })
    })
}

/// The splits of a dataset; one without a name where there are none.
fn splits(dataset: &Dataset) -> Vec<Option<&Split>> {
    match dataset.split.as_slice() {
        [] => vec![None],
        splits => splits.iter().map(Some).collect(),
    }
}

/// Asks for the memory of as many evaluations again.
fn need_twice(evaluations: &[EvaluationSpec]) -> Result<()> {
    let bytes = 2 * size_of_val(evaluations) as u64;
    let what = || format!("a job of more than {} evaluations", evaluations.len());
    memory::need(bytes, what, "split the job")
}
