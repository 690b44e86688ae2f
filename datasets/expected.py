"""Expected values of a set of predictions, by scikit-learn and plain numpy in f64.

scikit-learn is called where it has the metric; numpy is used where it has none
(specificity, calibration, entropies) or where it computes in the width of its
input (log loss, Brier score). Where both exist, they are checked against each other.
"""

import warnings

import numpy as np
import sklearn.metrics as skm
from scipy import stats

# Relative tolerance of functions of counts, absolute ones of score sums.
COUNTS = 1e-12
SCORES = 1e-6
BINS = 15


def quotient(numerator, denominator):
    """numerator / denominator, None where that is undefined."""
    return float(numerator) / float(denominator) if denominator else None


def value(number, call, tolerance=COUNTS):
    """One expected metric; NaN is written as null, which means undefined."""
    number = float(number)
    return {"value": None if np.isnan(number) else number, "tolerance": tolerance, "call": call}


def from_predictions(label, prediction, classes, zero_division=0.0):
    """Everything that follows from hard predictions.

    `zero_division` is scikit-learn's: 0.0, 1.0 or NaN.
    """
    known = {"labels": list(classes), "zero_division": zero_division}
    shown = f"zero_division={'nan' if np.isnan(zero_division) else int(zero_division)}"
    rows, right = len(label), int(np.sum(label == prediction))
    confusion = skm.confusion_matrix(label, prediction, labels=classes)
    support, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    metrics = {
        "accuracy": value(skm.accuracy_score(label, prediction), "accuracy_score(y, p)"),
        "error_rate": value(skm.zero_one_loss(label, prediction), "zero_one_loss(y, p)"),
        "matthews_corrcoef": value(skm.matthews_corrcoef(label, prediction), "matthews_corrcoef(y, p)"),
        "prediction_entropy": value(stats.entropy(predicted), "scipy.stats.entropy(predicted)"),
        "label_entropy": value(stats.entropy(support), "scipy.stats.entropy(support)"),
    }
    if not metrics_defined(confusion):
        metrics["matthews_corrcoef"]["value"] = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        metrics["balanced_accuracy"] = value(
            skm.balanced_accuracy_score(label, prediction), "balanced_accuracy_score(y, p)")
        for name, weights in [("", None), ("_linear", "linear"), ("_quadratic", "quadratic")]:
            kappa = skm.cohen_kappa_score(label, prediction, labels=classes, weights=weights)
            metrics[f"cohen_kappa{name}"] = value(kappa, f"cohen_kappa_score(y, p, weights={weights!r})")
    for average in ["macro", "micro", "weighted"]:
        for name, function in [("precision", skm.precision_score), ("recall", skm.recall_score),
                               ("f1", skm.f1_score)]:
            metrics[f"{name}_{average}"] = value(
                function(label, prediction, average=average, **known),
                f"{name}_score(y, p, labels=classes, average={average!r}, {shown})")
        if not np.isnan(zero_division):  # jaccard_score has no zero_division=nan
            metrics[f"jaccard_{average}"] = value(
                skm.jaccard_score(label, prediction, average=average, **known),
                f"jaccard_score(y, p, labels=classes, average={average!r}, {shown})")
    negatives = rows - support
    true_negatives = rows - support - predicted + np.diag(confusion)
    if np.all(negatives > 0):
        metrics["specificity_macro"] = value(np.mean(true_negatives / negatives), "numpy: mean of tn / (tn + fp)")
    interval = stats.binomtest(right, rows).proportion_ci(0.95, method="wilson")
    metrics["accuracy"]["interval"] = {
        "level": 0.95, "low": float(interval.low), "high": float(interval.high), "method": "wilson",
        "call": "scipy.stats.binomtest(right, rows).proportion_ci(0.95, 'wilson')"}
    classwise = per_class(confusion, classes)
    compare_per_class(classwise, label, prediction, classes)
    return {
        "rows": rows,
        "classes": [str(name) for name in classes],
        "metrics": dict(sorted(metrics.items())),
        "per_class": classwise,
        "confusion": confusion.tolist(),
    }


def metrics_defined(confusion):
    """Whether Matthews' denominator is above 0: two classes each among labels and predictions."""
    return all(np.count_nonzero(confusion.sum(axis=axis)) > 1 for axis in (0, 1))


def per_class(confusion, classes):
    """Counts and one-vs-rest values; null where a denominator is 0."""
    rows = []
    for index, name in enumerate(classes):
        tp = int(confusion[index, index])
        fp = int(confusion[:, index].sum()) - tp
        fn = int(confusion[index].sum()) - tp
        tn = int(confusion.sum()) - tp - fp - fn
        rows.append({
            "class": str(name), "tp": tp, "fp": fp, "fn": fn, "tn": tn,
            "support": tp + fn, "predicted": tp + fp,
            "precision": quotient(tp, tp + fp), "recall": quotient(tp, tp + fn),
            "f1": quotient(2 * tp, 2 * tp + fp + fn), "specificity": quotient(tn, tn + fp),
            "jaccard": quotient(tp, tp + fp + fn),
        })
    return rows


def compare_per_class(rows, label, prediction, classes):
    """Fails when scikit-learn disagrees about precision, recall, F1 or support of a class."""
    known = skm.precision_recall_fscore_support(label, prediction, labels=list(classes), zero_division=np.nan)
    for name, values in zip(["precision", "recall", "f1", "support"], known):
        ours = np.array([np.nan if row[name] is None else row[name] for row in rows])
        assert np.allclose(ours, values, rtol=COUNTS, atol=0, equal_nan=True), (name, ours, values)


def calibration(confidence, right, bins=BINS):
    """Rows, hits and confidence per right-closed bin, and the two errors made of them."""
    edges = np.arange(bins + 1) / bins
    # searchsorted 'left' gives the first edge >= the value: the bin's right end.
    index = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    rows = np.bincount(index, minlength=bins)
    hits = np.bincount(index, weights=right, minlength=bins)
    sums = np.bincount(index, weights=confidence, minlength=bins)
    gaps = np.abs(hits - sums)
    filled = rows > 0
    ece = gaps.sum() / rows.sum()
    mce = np.max(gaps[filled] / rows[filled])
    table = [{"low": float(edges[k]), "high": float(edges[k + 1]), "rows": int(rows[k]),
              "correct": int(hits[k]), "confidence_sum": float(sums[k])} for k in range(bins)]
    return ece, mce, table


def from_probabilities(label, stored, classes, clip=True):
    """Everything that follows from a probability matrix [rows, classes].

    `label` holds column indices and `stored` the values as they lie in the file;
    their width decides the clipping of the log loss, all else is f64. Without
    `clip`, `stored` is the f64 softmax of logits and the loss is the exact one.
    """
    rows = np.arange(len(label))
    matrix = stored.astype(np.float64)
    prediction = np.argmax(matrix, axis=1)
    confidence = matrix[rows, prediction]
    right = prediction == label
    eps = float(np.finfo(stored.dtype).eps) if clip else 0.0
    losses = -np.log(np.clip(matrix[rows, label], eps, 1.0 - eps))
    onehot = np.eye(len(classes))[label]
    brier = np.mean(np.sum((matrix - onehot) ** 2, axis=1)) / (2.0 if len(classes) == 2 else 1.0)
    ece, mce, table = calibration(confidence, right)
    columns = range(len(classes))
    classwise = np.mean([calibration(matrix[:, k], onehot[:, k])[0] for k in columns])
    width = stored.dtype.name
    metrics = {
        "log_loss": value(losses.mean(), f"numpy: f64, clipped with the eps of {width}" if clip
                          else "numpy: f64 cross-entropy of the logits", SCORES * max(1.0, losses.mean())),
        "brier_score": value(brier, "numpy: mean of sum((p - onehot)**2), halved for two classes", SCORES),
        "expected_calibration_error": value(ece, f"numpy: {BINS} right-closed bins", SCORES),
        "maximum_calibration_error": value(mce, f"numpy: {BINS} right-closed bins", SCORES),
        "classwise_ece": value(classwise, f"numpy: mean over classes, {BINS} right-closed bins", SCORES),
        "mean_confidence": value(confidence.mean(), "numpy", SCORES),
        "overconfidence": value(confidence.mean() - right.mean(), "numpy", SCORES),
    }
    # Rank: classes that score higher, and equal ones at a lower index.
    own = matrix[rows, label][:, None]
    lower = np.arange(len(classes))[None, :] < label[:, None]
    rank = np.sum((matrix > own) | ((matrix == own) & lower), axis=1)
    for k in [1, 3, 5]:
        if k < len(classes):
            metrics[f"top_{k}_accuracy"] = value(np.mean(rank < k), "numpy: rank of the label < K, lowest index first")
    compare_with_sklearn(metrics, label, stored, list(columns))
    made = from_predictions(label, prediction, list(columns))
    made["classes"] = [str(name) for name in classes]
    for entry, name in zip(made["per_class"], made["classes"]):
        entry["class"] = name
    made["metrics"] = dict(sorted((made["metrics"] | metrics).items()))
    made["calibration"] = table
    return made


def compare_with_sklearn(metrics, label, stored, columns):
    """Fails when scikit-learn disagrees beyond rounding; adds its top-K, whose ties differ."""
    two = len(columns) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # float32 rows that sum to 1 within 1e-7 only
        loss = skm.log_loss(label, stored, labels=columns)
        brier = skm.brier_score_loss(label, stored[:, 1] if two else stored, labels=columns, scale_by_half=two)
        for k in [3, 5]:
            if k < len(columns):
                top = skm.top_k_accuracy_score(label, stored, k=k, labels=columns)
                metrics[f"top_{k}_accuracy"]["with_ties_sklearn_top_k"] = float(top)
    assert np.isclose(loss, metrics["log_loss"]["value"], rtol=2e-5), (loss, metrics["log_loss"])
    assert np.isclose(brier, metrics["brier_score"]["value"], rtol=1e-5), (brier, metrics["brier_score"])
