#!/usr/bin/env python3
"""Makes datasets/: real predictions with labels, and the values expected of them.

    python3 -m venv .venv && .venv/bin/pip install -r datasets/requirements.txt
    .venv/bin/python datasets/make.py && git diff --exit-code datasets

Everything is cross-validated: each row is predicted by a model that did not see
it. The data ship with scikit-learn, so nothing is downloaded. Logits are rounded
to multiples of 1/1024 and probabilities of 64 bits to 12 decimals, so that another
processor's arithmetic writes the same bytes; probabilities are then made from the
rounded logits, and the expected values from what is stored.

The broken and extreme files of datasets/edge come from make_edge.py.
"""

import json
import os
import re
import warnings
from pathlib import Path

# Older OpenBLAS builds needed these; numpy's own must choose its kernel itself.
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.pop("OPENBLAS_L2_SIZE", None)

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy
import sklearn
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from expected import from_predictions, from_probabilities

HERE = Path(__file__).parent
FOLDS = StratifiedKFold(n_splits=10, shuffle=True, random_state=0)


def write_csv(path, columns):
    """One header line and LF line ends; floats as the shortest text that gives them back."""
    pd.DataFrame(columns).to_csv(path, index=False, lineterminator="\n")


def write_parquet(path, columns):
    pq.write_table(pa.table(columns), path, compression="snappy")


def write_expected(folder, cases):
    made_with = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__,
                 "script": "datasets/make.py", "y": "labels", "p": "predictions"}
    text = json.dumps({"made_with": made_with, "cases": cases}, indent=1)
    # One line for each innermost list or object.
    flat = re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda found: re.sub(r"\n\s*", " ", found[0]), text)
    (folder / "expected.json").write_text(flat + "\n")


def case(name, inputs, values, same_digest=True):
    """`inputs`: argument lists after `eval`, file names relative to the folder, that must all give `values`."""
    return {"name": name, "inputs": [line.split() for line in inputs], "same_digest": same_digest, **values}


def softmax(logits):
    terms = np.exp(logits - logits.max(axis=1, keepdims=True))
    return terms / terms.sum(axis=1, keepdims=True)


def logistic_regression():
    """Newton's method ends at the same coefficients on every machine, to far below 1/1024."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-10))


def rounded_logits(features, target):
    logits = cross_val_predict(logistic_regression(), features, target, cv=FOLDS, method="decision_function")
    return (np.round(logits * 1024) / 1024).astype(np.float32)


def iris(folder):
    source = load_iris()
    # Tenths of a centimetre are integers: distances are exact and so are their ties.
    features = np.rint(source.data * 10)
    names = [str(name) for name in source.target_names]
    model = KNeighborsClassifier(n_neighbors=3, algorithm="brute")
    scores = cross_val_predict(model, features, source.target, cv=FOLDS, method="predict_proba")
    label, prediction = source.target.astype(np.int64), np.argmax(scores, axis=1)
    text_label, text_prediction = np.array(names)[label], np.array(names)[prediction]
    write_csv(folder / "predictions.csv", {"label": text_label, "prediction": text_prediction}
              | {f"p_{name}": scores[:, k] for k, name in enumerate(names)})
    arrays = {"y": label, "pred": prediction, "scores": scores, "scores_f32": scores.astype(np.float32)}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)

    (folder / "classes.txt").write_text("".join(f"{name}\n" for name in names))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        constant = cross_val_predict(DummyClassifier(strategy="most_frequent"), features, label, cv=FOLDS)
    text_constant = np.array(names)[constant]
    write_csv(folder / "constant.csv", {"label": text_label, "prediction": text_constant})
    two = label < 2
    write_csv(folder / "two_species.csv", {"label": text_label[two], "prediction": text_prediction[two]})

    hard = from_predictions(text_label, text_prediction, names)
    cases = [
        case("3-NN predictions, names", ["predictions.csv --labels label --predictions prediction"], hard),
        case("3-NN predictions, integers", ["--labels y.npy --predictions pred.npy"],
             from_predictions(label, prediction, [0, 1, 2])),
        case("3-NN shares of neighbours, names",
             ["predictions.csv --labels label --scores p_* --classes classes.txt"],
             from_probabilities(label, scores, names)),
        case("3-NN shares of neighbours, f64",
             ["--labels y.npy --scores scores.npy", "--labels y.npy --scores scores.npy --scores-are probabilities"],
             from_probabilities(label, scores, [0, 1, 2])),
        case("3-NN shares of neighbours, f32",
             ["--labels y.npy --scores scores_f32.npy --scores-are probabilities"],
             from_probabilities(label, scores.astype(np.float32), [0, 1, 2])),
    ]
    for option, zero_division in [("undefined", 0.0), ("0", 0.0), ("1", 1.0), ("exclude", np.nan)]:
        for file, y, p in [("constant.csv", text_label, text_constant),
                           ("two_species.csv", text_label[two], text_prediction[two])]:
            line = f"{file} --labels label --predictions prediction --zero-division {option}"
            seen = sorted(set(y) | set(p))
            cases.append(case(f"{file}, zero division {option}", [line], from_predictions(y, p, seen, zero_division)))
    write_expected(folder, cases)


def digits(folder):
    source = load_digits()
    label = source.target.astype(np.int64)
    logits = rounded_logits(source.data, source.target)
    probabilities = softmax(logits.astype(np.float64)).astype(np.float32)
    prediction = np.argmax(logits, axis=1).astype(np.int64)
    columns = {"label": label, "prediction": prediction}
    write_parquet(folder / "predictions.parquet",
                  columns | {f"p{k}": probabilities[:, k] for k in range(10)})
    arrays = {"labels": label, "predictions": prediction, "probabilities": probabilities, "logits": logits}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    np.savez_compressed(folder / "digits.npz", **arrays)
    soft = from_probabilities(label, probabilities, range(10))
    exact = from_probabilities(label, softmax(logits.astype(np.float64)), range(10), clip=False)
    write_expected(folder, [
        case("predictions", ["predictions.parquet --labels label --predictions prediction",
                             "--labels labels.npy --predictions predictions.npy",
                             "digits.npz --labels labels --predictions predictions"],
             from_predictions(label, prediction, range(10))),
        case("probabilities", ["predictions.parquet --labels label --scores p*",
                               "--labels labels.npy --scores probabilities.npy",
                               "digits.npz --labels labels --scores probabilities"], soft),
        case("logits", ["--labels labels.npy --scores logits.npy", "digits.npz --labels labels --scores logits"],
             exact),
    ])


def breast_cancer(folder):
    source = load_breast_cancer()
    # Malignant is the class to find: 1 here, 0 in the source.
    label = (1 - source.target).astype(np.int64)
    logit = rounded_logits(source.data, label)
    score = np.round(1.0 / (1.0 + np.exp(-logit.astype(np.float64))), 12)
    score_f32 = score.astype(np.float32)
    prediction = (score >= 0.5).astype(np.int64)
    names = np.array(["benign", "malignant"])
    columns = {"label": label, "diagnosis": names[label], "prediction": prediction, "score": score, "logit": logit}
    write_csv(folder / "predictions.csv", columns)
    diagnosis = pa.array(names[label]).dictionary_encode()
    write_parquet(folder / "predictions.parquet", columns | {"diagnosis": diagnosis, "score_f32": score_f32})
    arrays = {"labels": label, "predictions": prediction, "score": score, "score_f32": score_f32, "logit": logit}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)

    row = lambda p: np.stack([1 - p, p], axis=1)
    wide = from_probabilities(label, row(score), [0, 1])
    narrow = from_probabilities(label, row(score_f32), [0, 1])
    z = logit.astype(np.float64)
    exact = from_probabilities(label, softmax(np.stack([np.zeros_like(z), z], axis=1)), [0, 1], clip=False)
    named = {"classes": names.tolist(),
             "per_class": [entry | {"class": name} for entry, name in zip(wide["per_class"], names.tolist())]}
    write_expected(folder, [
        case("predictions", ["predictions.csv --labels label --predictions prediction",
                             "predictions.parquet --labels label --predictions prediction",
                             "--labels labels.npy --predictions predictions.npy"],
             from_predictions(label, prediction, [0, 1])),
        case("scores, f64", ["predictions.csv --labels label --scores score",
                             "predictions.parquet --labels label --scores score",
                             "--labels labels.npy --scores score.npy"], wide),
        case("scores, f64, names", ["predictions.csv --labels diagnosis --scores score",
                                    "predictions.parquet --labels diagnosis --scores score",
                                    "predictions.parquet --labels diagnosis --scores score --positive malignant"],
             wide | named),
        case("scores, f32", ["predictions.parquet --labels label --scores score_f32",
                             "--labels labels.npy --scores score_f32.npy"], narrow),
        case("logits", ["--labels labels.npy --scores logit.npy",
                        "predictions.parquet --labels label --scores logit",
                        "predictions.csv --labels label --scores logit --score-type f32"], exact),
    ])


def main():
    for make in [iris, digits, breast_cancer]:
        folder = HERE / make.__name__
        folder.mkdir(exist_ok=True)
        make(folder)


if __name__ == "__main__":
    main()
