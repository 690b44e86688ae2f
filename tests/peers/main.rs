//! Tests with the programs that results are for: promtool and a push gateway of
//! Prometheus, systemd, an MLflow server.
//!
//! Whether they are there is known only at run time: without its program a test
//! is ignored, not passed. `TALLYHO_REQUIRE_PEERS=1`, as in CI, makes absence a
//! failure; not that of an MLflow server, which `tests/peers/mlflow.sh` starts
//! and `TALLYHO_MLFLOW_URL` names.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![allow(missing_docs, unreachable_pub, reason = "tests have no public interface")]

mod mlflow;
mod night;
mod prometheus;
mod systemd;

#[allow(dead_code, reason = "shared with the other test binary, which uses all of it")]
#[allow(clippy::cast_possible_truncation, reason = "test values are small")]
#[path = "../common/mod.rs"]
mod common;

use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};

/// The program that a test needs, its name and its body.
type Test = (&'static str, &'static str, fn() -> Result<(), Failed>);

const TESTS: &[Test] = &[
    ("promtool", "promtool_finds_no_fault_with_any_gauge", prometheus::no_fault_with_any_gauge),
    ("promtool", "promtool_finds_fault_with_a_bad_gauge", prometheus::fault_with_a_bad_gauge),
    ("promtool", "promtool_finds_no_fault_with_a_night", prometheus::no_fault_with_a_night),
    ("promtool", "every_query_of_the_dashboard_is_promql", prometheus::every_query_is_promql),
    (
        "prometheus-pushgateway",
        "a_pushgateway_takes_the_gauges_of_a_job",
        prometheus::a_pushgateway_takes_the_gauges_of_a_job,
    ),
    (
        "prometheus-pushgateway",
        "a_pushgateway_takes_a_night",
        prometheus::a_pushgateway_takes_a_night,
    ),
    ("systemd-analyze", "systemd_takes_the_units", systemd::takes_the_units),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let required = std::env::var_os("TALLYHO_REQUIRE_PEERS").is_some_and(|value| value != "0");
    let trials = TESTS.iter().map(|&(program, name, body)| match is_there(program) {
        true => Trial::test(name, body),
        false if required => {
            Trial::test(name, move || Err(format!("{program} is not installed").into()))
        }
        false => Trial::test(name, || Ok(())).with_ignored_flag(true),
    });
    let server = std::env::var("TALLYHO_MLFLOW_URL").ok();
    let ignored = server.is_none();
    let mlflow = [
        ("an_mlflow_server_takes_every_name", mlflow::takes_every_name as fn(&str) -> _),
        ("an_mlflow_server_takes_a_night", mlflow::takes_a_night),
    ];
    let mlflow = mlflow.map(|(name, body)| {
        let server = server.clone();
        let trial = Trial::test(name, move || server.as_deref().map_or(Ok(()), body));
        trial.with_ignored_flag(ignored)
    });
    let trials = trials.chain(mlflow).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_there(program: &str) -> bool {
    let mut asked = Command::new(program);
    asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}
