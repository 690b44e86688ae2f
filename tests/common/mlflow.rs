//! An MLflow tracking server that holds requests to the REST API 2.0 strictly:
//! fields, types, limits and order; and answers as MLflow 3.17 does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use super::service::{Asked, Reply, Service};

/// What the server holds.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub experiments: Vec<String>,
    pub runs: Vec<StoredRun>,
    /// Every breach of the API.
    pub complaints: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct StoredRun {
    pub experiment: String,
    pub name: String,
    pub status: String,
    pub start: u64,
    pub end: u64,
    pub tags: BTreeMap<String, String>,
    pub params: BTreeMap<String, String>,
    /// A value at a time and a step is held once, as in MLflow's database.
    pub metrics: BTreeSet<(String, u64, u64, u64)>,
    pub artifacts: BTreeMap<String, String>,
}

impl StoredRun {
    pub fn metric(&self, key: &str) -> Option<f64> {
        let found: Vec<_> = self.metrics.iter().filter(|(known, ..)| known == key).collect();
        assert!(found.len() <= 1, "{key} has several values");
        found.first().map(|(_, bits, ..)| f64::from_bits(*bits))
    }
}

/// A server and what it holds.
pub struct Mlflow {
    pub service: Service,
    stored: Arc<Mutex<Stored>>,
}

impl Mlflow {
    /// Starts one. `fault` may answer in its place: before it acted (`true` is
    /// given), or after, when only the answer gets lost.
    pub fn start(
        artifacts: &'static str,
        mut fault: impl FnMut(&Asked, bool) -> Option<Reply> + Send + 'static,
    ) -> Self {
        let stored = Arc::new(Mutex::new(Stored::default()));
        let held = Arc::clone(&stored);
        let service = Service::start(move |asked| {
            if let Some(reply) = fault(asked, true) {
                return reply;
            }
            let mut stored = held.lock().unwrap();
            let reply = match stored.answer(asked, artifacts) {
                Ok(body) => Reply::Answer(200, body.to_string()),
                Err(Problem::Missing(text)) => reason(404, "RESOURCE_DOES_NOT_EXIST", &text),
                Err(Problem::Exists(text)) => reason(400, "RESOURCE_ALREADY_EXISTS", &text),
                Err(Problem::Wrong(text)) => {
                    stored.complaints.push(format!("{} {}: {text}", asked.method, asked.path));
                    reason(400, "INVALID_PARAMETER_VALUE", &text)
                }
            };
            fault(asked, false).unwrap_or(reply)
        });
        Self { service, stored }
    }

    /// What it holds now, if nobody broke the rules.
    pub fn stored(&self) -> Stored {
        let stored = self.stored.lock().unwrap().clone();
        assert_eq!(stored.complaints, Vec::<String>::new());
        stored
    }
}

enum Problem {
    Missing(String),
    Exists(String),
    Wrong(String),
}

fn reason(status: u16, code: &str, text: &str) -> Reply {
    Reply::Answer(status, json!({ "error_code": code, "message": text }).to_string())
}

fn wrong<T>(text: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::Wrong(text.into()))
}

impl Stored {
    fn answer(&mut self, asked: &Asked, artifacts: &str) -> Result<Value, Problem> {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        if let Some(path) = path.strip_prefix("/api/2.0/mlflow-artifacts/artifacts/") {
            return self.upload(asked, path);
        }
        let Some(call) = path.strip_prefix("/api/2.0/mlflow/") else {
            return wrong("no such path");
        };
        if (asked.method.as_str(), call) == ("GET", "experiments/get-by-name") {
            return self.experiment(query);
        }
        if asked.method != "POST" || asked.header("content-type") != Some("application/json") {
            return wrong("expected a POST of application/json");
        }
        let Ok(Value::Object(body)) = serde_json::from_slice(&asked.body) else {
            return wrong("the body is no JSON object");
        };
        match call {
            "experiments/create" => self.create_experiment(&body),
            "runs/search" => self.search(&body, artifacts),
            "runs/create" => self.create_run(&body, artifacts),
            "runs/log-batch" => self.log(&body, asked.body.len()),
            "runs/update" => self.update(&body),
            _ => wrong("no such call"),
        }
    }

    fn experiment(&self, query: &str) -> Result<Value, Problem> {
        let Some(name) = query.strip_prefix("experiment_name=") else {
            return wrong("experiment_name is missing");
        };
        let name = decoded(name);
        match self.experiments.iter().position(|known| *known == name) {
            Some(id) => Ok(json!({ "experiment": {
                "experiment_id": id.to_string(), "name": name, "lifecycle_stage": "active",
            } })),
            None => Err(Problem::Missing(format!("Could not find experiment with name '{name}'"))),
        }
    }

    fn create_experiment(&mut self, body: &Map<String, Value>) -> Result<Value, Problem> {
        only(body, &["name"])?;
        let name = text(body, "name", 500)?;
        if self.experiments.contains(&name) {
            return Err(Problem::Exists(format!("Experiment '{name}' already exists.")));
        }
        self.experiments.push(name);
        Ok(json!({ "experiment_id": (self.experiments.len() - 1).to_string() }))
    }

    fn search(&self, body: &Map<String, Value>, artifacts: &str) -> Result<Value, Problem> {
        only(body, &["experiment_ids", "filter", "max_results"])?;
        let filter = text(body, "filter", 1000)?;
        let tag = filter.strip_prefix("tags.`").and_then(|rest| rest.split_once("` = '"));
        let Some((tag, value)) = tag.and_then(|(tag, rest)| Some((tag, rest.strip_suffix('\'')?)))
        else {
            return wrong(format!("filter {filter}"));
        };
        let ids: Vec<&str> =
            body["experiment_ids"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let most = whole(body, "max_results")?;
        let is = |run: &StoredRun| {
            ids.contains(&run.experiment.as_str())
                && run.tags.get(tag).is_some_and(|it| it == value)
        };
        let found = self.runs.iter().enumerate().filter(|(_, run)| is(run)).take(most as usize);
        let found: Vec<Value> = found.map(|(id, run)| run.shown(id, artifacts)).collect();
        Ok(if found.is_empty() { json!({}) } else { json!({ "runs": found }) })
    }

    fn create_run(&mut self, body: &Map<String, Value>, artifacts: &str) -> Result<Value, Problem> {
        only(body, &["experiment_id", "run_name", "start_time", "tags"])?;
        let experiment = text(body, "experiment_id", 64)?;
        if experiment.parse().map_or(true, |id: usize| id >= self.experiments.len()) {
            return Err(Problem::Missing(format!("No Experiment with id={experiment} exists")));
        }
        let run = StoredRun {
            experiment,
            name: text(body, "run_name", 250)?,
            status: "RUNNING".into(),
            start: whole(body, "start_time")?,
            tags: pairs(body, "tags", 5000)?.into_iter().collect(),
            ..StoredRun::default()
        };
        self.runs.push(run);
        let id = self.runs.len() - 1;
        Ok(json!({ "run": self.runs[id].shown(id, artifacts) }))
    }

    fn log(&mut self, body: &Map<String, Value>, bytes: usize) -> Result<Value, Problem> {
        only(body, &["run_id", "metrics", "params"])?;
        let metrics = body.get("metrics").map_or(Vec::new(), |it| it.as_array().unwrap().clone());
        let params = body.get("params").map_or(Ok(Vec::new()), |_| pairs(body, "params", 500))?;
        if bytes > 1_000_000 || metrics.len() > 1000 || params.len() > 100 {
            return wrong(format!("{bytes} bytes, {} metrics", metrics.len()));
        }
        if metrics.is_empty() && params.is_empty() {
            return wrong("an empty batch");
        }
        let run = self.running(body)?;
        for (key, value) in params {
            if run.params.insert(key.clone(), value.clone()).is_some_and(|old| old != value) {
                return wrong(format!("parameter {key} was another before"));
            }
        }
        for metric in &metrics {
            let Some(metric) = metric.as_object() else { return wrong("a metric") };
            only(metric, &["key", "value", "timestamp", "step"])?;
            let key = key(metric)?;
            let Some(value) = metric["value"].as_f64().filter(|it| it.is_finite()) else {
                return wrong(format!("{key} is {}", metric["value"]));
            };
            let (time, step) = (whole(metric, "timestamp")?, whole(metric, "step")?);
            run.metrics.insert((key, value.to_bits(), time, step));
        }
        Ok(json!({}))
    }

    fn update(&mut self, body: &Map<String, Value>) -> Result<Value, Problem> {
        only(body, &["run_id", "status", "end_time"])?;
        let (status, end) = (text(body, "status", 10)?, whole(body, "end_time")?);
        if !matches!(status.as_str(), "FINISHED" | "FAILED") {
            return wrong(format!("status {status}"));
        }
        // An end whose answer got lost may be told again.
        let run = self.run(body)?;
        if end < run.start {
            return wrong("the run ends before it starts");
        }
        (run.status, run.end) = (status, end);
        Ok(json!({ "run_info": {} }))
    }

    fn upload(&mut self, asked: &Asked, path: &str) -> Result<Value, Problem> {
        let parts: Vec<&str> = path.split('/').collect();
        let [_, run, "artifacts", name] = parts[..] else { return wrong("path") };
        if asked.method != "PUT" {
            return wrong("expected PUT");
        }
        let run = run.parse().ok().and_then(|id: usize| self.runs.get_mut(id));
        let Some(run) = run else { return wrong(format!("no run of {path}")) };
        run.artifacts.insert(name.to_owned(), asked.text().to_owned());
        Ok(json!({}))
    }

    /// The run that a body names, which must not have ended.
    fn running(&mut self, body: &Map<String, Value>) -> Result<&mut StoredRun, Problem> {
        match self.run(body)? {
            run if run.status == "RUNNING" => Ok(run),
            run => wrong(format!("{} has ended", run.name)),
        }
    }

    fn run(&mut self, body: &Map<String, Value>) -> Result<&mut StoredRun, Problem> {
        let id = text(body, "run_id", 32)?;
        let run = id.parse().ok().and_then(|id: usize| self.runs.get_mut(id));
        run.ok_or_else(|| Problem::Missing(format!("Run with id={id} not found")))
    }
}

impl StoredRun {
    fn shown(&self, id: usize, artifacts: &str) -> Value {
        json!({ "info": {
            "run_id": id.to_string(),
            "experiment_id": self.experiment,
            "status": self.status,
            "artifact_uri": format!("{artifacts}/{}/{id}/artifacts", self.experiment),
        } })
    }
}

fn only(body: &Map<String, Value>, known: &[&str]) -> Result<(), Problem> {
    match body.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => wrong(format!("unexpected {key}")),
        None => Ok(()),
    }
}

fn text(body: &Map<String, Value>, key: &str, most: usize) -> Result<String, Problem> {
    match body.get(key).and_then(Value::as_str) {
        Some(text) if !text.is_empty() && text.chars().count() <= most => Ok(text.to_owned()),
        other => wrong(format!("{key}: {other:?}")),
    }
}

fn whole(body: &Map<String, Value>, key: &str) -> Result<u64, Problem> {
    body.get(key).and_then(Value::as_u64).ok_or(Problem::Wrong(format!("{key} is no count")))
}

/// A key under the rule of MLflow: `[/\w.\- :]*` of up to 250 characters, and a
/// path that is its own normal form.
fn key(body: &Map<String, Value>) -> Result<String, Problem> {
    let key = text(body, "key", 250)?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_/.- ".contains(letter);
    let step = |step: &str| step.is_empty() || step == "." || step == "..";
    if !key.chars().all(plain) || key.split('/').any(step) {
        return wrong(format!("key {key:?}"));
    }
    Ok(key)
}

fn pairs(
    body: &Map<String, Value>,
    of: &str,
    most: usize,
) -> Result<Vec<(String, String)>, Problem> {
    let Some(list) = body.get(of).and_then(Value::as_array) else { return wrong(of) };
    let pair = |pair: &Value| {
        let Some(pair) = pair.as_object() else { return wrong(of) };
        only(pair, &["key", "value"])?;
        Ok((key(pair)?, text(pair, "value", most)?))
    };
    list.iter().map(pair).collect()
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}
