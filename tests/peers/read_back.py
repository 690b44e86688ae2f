"""Reads back what `mlflow.rs` published, by MLflow's own client."""

import json

import mlflow

client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("nächtlich / 1")
runs = {run.data.params["model"]: run for run in client.search_runs([experiment.experiment_id])}
assert sorted(runs) == ["gone", "steady"], runs
steady, gone = runs["steady"], runs["gone"]

assert (steady.info.status, gone.info.status) == ("FINISHED", "FAILED")
assert steady.info.run_name == "steady on digits (test), 2026-11-21"
assert (steady.info.start_time, steady.info.end_time) == (1795226403750, 1795226405250)
assert "No such file" in gone.data.tags["tallyho.error"] and not gone.data.metrics

report = json.loads(mlflow.artifacts.load_text(steady.info.artifact_uri + "/report.json"))
assert report["schema"] == "tallyho.report/1"
assert report["digest"] == steady.data.tags["tallyho.digest"]

metrics = steady.data.metrics
compared = 0
for name, metric in report["metrics"].items():
    key = name.replace("(beta=", "_beta_").rstrip(")")
    if metric["value"] is not None:
        assert metrics[key] == metric["value"], name
        assert len(client.get_metric_history(steady.info.run_id, key)) == 1, name
        compared += 1
for measures in report["per_class"]:
    for name in ("support", "predicted", "precision", "recall", "f1"):
        assert metrics[f"{name}/{measures['class']}"] == measures[name]
        compared += 1
odd = sorted(key for key in metrics if metrics[key] == 7.0 and key.startswith("support/"))
assert len(odd) == 6, odd
assert sum(key.startswith("support/n") for key in metrics) == 1200

night = client.get_experiment_by_name('nightly, by "program"')
night = {run.data.params["model"]: run for run in client.search_runs([night.experiment_id])}
assert sorted(night) == ["flaky \\ größe", "gone", "steady"], night
assert night["steady"].data.metrics["accuracy"] == 0.87, night["steady"].data.metrics["accuracy"]
assert night["gone"].info.status == "FAILED"
assert night["flaky \\ größe"].data.tags["tallyho.rules"] == "fail"

print(f"mlflow {mlflow.__version__}: {len(metrics)} metrics read back, {compared} compared with the report")
print("keys of odd classes:", *odd, sep="\n  ")
print("tags:", *(f"{key} = {value}" for key, value in sorted(steady.data.tags.items())), sep="\n  ")

# On 22 November 2026, Python 3.11, server with SQLite and its own artifacts:
#
#   test an_mlflow_server_takes_a_night    ... ok
#   test an_mlflow_server_takes_every_name ... ok
#   mlflow 3.17.2: 1317 metrics read back, 86 compared with the report
#   keys of odd classes:
#     support/.af1349b9
#     support/__.ee7fc388
#     support/a_b.0da3cfa5
#     support/a_b_c.1238adbe
#     support/gr__e _.c8e57f8e
#     support/x y-z.0
#   tags:
#     mlflow.runName = steady on digits (test), 2026-11-21
#     mlflow.source.name = tallyho
#     mlflow.source.type = JOB
#     tallyho.dataset = digits
#     tallyho.digest = 3f97de6c9d992ddfa98a9ab1758fd30304ab8ab5893d3a01217fe9bb736ac4d5
#     tallyho.failing = broken: recall[8] >= 0.999 (recall[8] is 0.9368 (163 of 174), required >= 0.999)
#     tallyho.job = nightly
#     tallyho.model = steady
#     tallyho.night = 2026-11-21
#     tallyho.rules = fail
#     tallyho.run = 243721822af8584c4832b416b463d751
#     tallyho.split = test
#     tallyho.version = 0.1.0
