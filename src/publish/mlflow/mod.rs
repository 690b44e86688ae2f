//! An MLflow tracking server: a run for each evaluation, by the REST API 2.0.
//!
//! A run has the metrics of the report, the names of what was evaluated as
//! parameters, verdicts and origin as tags, and the report as an artifact. The
//! tag `tallyho.run` follows from job, dataset, model, split, night and digest:
//! an evaluation that has its run already gets no second one, whether it is
//! published again or an answer got lost.
//!
//! Source: <https://mlflow.org/docs/latest/rest-api.html>.

mod body;
mod key;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Mlflow;
use super::service::{Body, Fault, Service};
use crate::error::Result;
use crate::report::Entry;

/// What became of an evaluation on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The id of its run there.
    pub run: String,
    /// Whether the run was complete before.
    pub again: bool,
    /// What did not work, though the run is there.
    pub warning: Option<String>,
}

/// A server during one night: all that is published shares one limit of time,
/// of which only its own requests and waits take any.
#[derive(Debug)]
pub struct Session<'a> {
    service: Service<'a>,
    experiment: String,
    experiment_id: Option<String>,
    report: bool,
    /// Why nothing more is tried.
    given_up: Option<String>,
}

impl Mlflow {
    /// Begins a night of `job`. Nothing is asked yet. Secrets in files are
    /// relative to `folder`; when `halt` is set, the session gives up.
    ///
    /// # Errors
    ///
    /// Those of reading the secrets.
    pub fn session<'a>(
        &self,
        job: &str,
        folder: &Path,
        halt: &'a AtomicBool,
    ) -> Result<Session<'a>> {
        let (timing, link_local) = (self.timing(), self.allow_link_local);
        let service =
            Service::new(&self.url, self.login.as_ref(), timing, link_local, folder, halt)?;
        Ok(Session {
            service,
            experiment: self.experiment.clone().unwrap_or_else(|| job.to_owned()),
            experiment_id: None,
            report: self.report,
            given_up: None,
        })
    }
}

impl Session<'_> {
    /// Makes a run of an evaluation of a night ("2026-11-21"), with its `report`
    /// in JSON as an artifact. A failed evaluation makes a failed run.
    ///
    /// # Errors
    ///
    /// In words, with the host. After a server that does not answer, everything
    /// that follows fails at once.
    pub fn publish(
        &mut self,
        entry: &Entry,
        night: &str,
        report: Option<&str>,
    ) -> Result<Published, String> {
        if let Some(why) = &self.given_up {
            return Err(why.clone());
        }
        self.try_to_publish(entry, night, report).map_err(|fault| {
            let lost = !matches!(fault, Fault::Refused(..));
            let text = fault.text();
            self.given_up = lost.then(|| text.clone());
            text
        })
    }

    fn try_to_publish(
        &mut self,
        entry: &Entry,
        night: &str,
        report: Option<&str>,
    ) -> Result<Published, Fault> {
        let experiment = self.experiment()?;
        let run = self.run(&experiment, entry, night)?;
        if matches!(run.status.as_str(), "FINISHED" | "FAILED") {
            return Ok(Published { run: run.run_id, again: true, warning: None });
        }
        for batch in body::batches(&run.run_id, entry) {
            self.post("runs/log-batch", &batch)?;
        }
        let warning = match report.filter(|_| self.report) {
            Some(report) => self.upload(&run, report)?,
            None => None,
        };
        self.post("runs/update", &body::end(&run.run_id, entry))?;
        Ok(Published { run: run.run_id, again: false, warning })
    }

    /// The id of the experiment, which is made if there is none.
    fn experiment(&mut self) -> Result<String, Fault> {
        if let Some(id) = &self.experiment_id {
            return Ok(id.clone());
        }
        let id = match self.find_experiment()? {
            Some(id) => id,
            None => match self.post("experiments/create", &json!({ "name": self.experiment })) {
                Ok(answer) => read::<NewExperiment>(&answer)?.experiment_id,
                // Somebody else made it just now, or the answer to the first try got lost.
                Err(Fault::Refused(text, body)) if is(&body, "RESOURCE_ALREADY_EXISTS") => {
                    self.find_experiment()?.ok_or(Fault::Refused(text, body))?
                }
                Err(fault) => return Err(fault),
            },
        };
        self.experiment_id = Some(id.clone());
        Ok(id)
    }

    fn find_experiment(&mut self) -> Result<Option<String>, Fault> {
        let name = key::percent(&self.experiment);
        let path = format!("{API}experiments/get-by-name?experiment_name={name}");
        let found = match self.service.ask("GET", &path, Body::default()) {
            Ok(answer) => read::<Found>(&answer.body)?.experiment,
            Err(Fault::Refused(_, body)) if is(&body, "RESOURCE_DOES_NOT_EXIST") => {
                return Ok(None);
            }
            Err(fault) => return Err(fault),
        };
        if found.lifecycle_stage == "deleted" {
            let name = &self.experiment;
            let text = format!(
                "the MLflow experiment '{name}' is deleted; restore it there, or name another"
            );
            return Err(Fault::Refused(text, String::new()));
        }
        Ok(Some(found.experiment_id))
    }

    /// The run of an evaluation, which is made if there is none. Making one is
    /// not repeated blindly: the answer may have got lost and not the request.
    fn run(&mut self, experiment: &str, entry: &Entry, night: &str) -> Result<Run, Fault> {
        let search = body::search(experiment, entry, night).to_string();
        let create = body::create(experiment, entry, night).to_string();
        self.service.persist(|service| {
            let asked = |path: &str, text: &str, service: &mut Service<'_>| {
                let body = Body { kind: JSON, bytes: text.as_bytes() };
                service.ask_once("POST", &format!("{API}{path}"), body)
            };
            let found = asked("runs/search", &search, service)?;
            if let Some(run) = read::<Runs>(&found.body)?.runs.pop() {
                return Ok(run.info);
            }
            let made = asked("runs/create", &create, service)?;
            read::<NewRun>(&made.body).map(|new| new.run.info)
        })
    }

    /// Stores the report, where the server takes artifacts over HTTP; a warning
    /// if it did not work, for the run is worth more.
    fn upload(&mut self, run: &Run, report: &str) -> Result<Option<String>, Fault> {
        let Some(folder) = key::artifact_path(&run.artifact_uri) else {
            return Ok(Some(format!(
                "the report is not on the MLflow server: its artifacts are at '{}', which is not \
                 reached over HTTP; start it with --serve-artifacts",
                run.artifact_uri
            )));
        };
        let path = format!("/api/2.0/mlflow-artifacts/artifacts/{folder}/report.json");
        let body = Body { kind: JSON, bytes: report.as_bytes() };
        match self.service.ask("PUT", &path, body) {
            Ok(_) => Ok(None),
            Err(over @ Fault::Over(_)) => Err(over),
            Err(fault) => {
                Ok(Some(format!("the report is not on the MLflow server: {}", fault.text())))
            }
        }
    }

    /// Asks what may be asked twice; the body of the answer.
    fn post(&mut self, path: &str, value: &Value) -> Result<String, Fault> {
        let text = value.to_string();
        let body = Body { kind: JSON, bytes: text.as_bytes() };
        self.service.ask("POST", &format!("{API}{path}"), body).map(|answer| answer.body)
    }
}

const API: &str = "/api/2.0/mlflow/";
const JSON: &str = "application/json";

/// Whether an answer gives this code as its reason.
fn is(body: &str, code: &str) -> bool {
    #[derive(Deserialize)]
    struct Reason {
        error_code: String,
    }
    serde_json::from_str::<Reason>(body).is_ok_and(|reason| reason.error_code == code)
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Fault> {
    serde_json::from_str(body).map_err(|error| {
        let text = format!("what answers is no MLflow tracking server: {error}");
        Fault::Refused(text, String::new())
    })
}

#[derive(Deserialize)]
struct NewExperiment {
    experiment_id: String,
}

#[derive(Deserialize)]
struct Found {
    experiment: Experiment,
}

#[derive(Deserialize)]
struct Experiment {
    experiment_id: String,
    #[serde(default)]
    lifecycle_stage: String,
}

/// Without any, the list itself is left out.
#[derive(Deserialize)]
struct Runs {
    #[serde(default)]
    runs: Vec<Informed>,
}

#[derive(Deserialize)]
struct NewRun {
    run: Informed,
}

#[derive(Deserialize)]
struct Informed {
    info: Run,
}

#[derive(Deserialize)]
struct Run {
    run_id: String,
    status: String,
    #[serde(default)]
    artifact_uri: String,
}
