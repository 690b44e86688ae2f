#!/usr/bin/env python3
"""Times tallyho beside other ways to the same counts, in one run on one machine.

    cargo build --release
    python3 -m venv .venv && .venv/bin/pip install -r benches/peers/requirements.txt
    .venv/bin/python benches/peers/peers.py --tallyho target/release/tallyho

It makes the inputs under --dir (5.6 GB; kept for the next run unless --clean), reads
each once so that it lies in the page cache, then runs every entry in turn, --repeat
times over, and prints a Markdown table.

What is compared:

- pairs10, pairs1000: --rows (label, prediction) pairs of int64 in two npy files, labels
  uniform over the classes, prediction = label for 90 % of the rows and uniform for the
  rest. Peers make the confusion counts only; tallyho the whole report.
- scores: --score-rows × 1,000 float32 logits, standard normal with 4 added to the label's.
- auc: --rows float32 scores of one class, standard normal with 1.5 added to the 30 % of
  rows that are positive (uint8 labels): ROC AUC and average precision together. Torch
  and scikit-learn get the arrays in memory; torchmetrics and torcheval in one update.
- ovr: --score-rows × 100 float32 probabilities: macro ROC AUC, one class against the rest.
- startup: the 150 rows of datasets/iris.

What is measured: tallyho and the compiled programs of peers.c (gcc -O3 -march=native) as
whole processes from launch to exit, tallyho's report going to /dev/null. Peers within one
warm process, from opening the file to the counts: imports, process start and thread
pools are not charged to them, files are mapped and handed over without a copy, and each
uses all threads where it can. Beside the usual one-liner of numpy and torch stands the
fastest form found, in blocks that stay in the cache. Each peer's counts are checked
against the compiled loop's (for scores, numpy's argmax), and so are tallyho's. Entries marked (once) are slow
and run in the first round only.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Set on some machines for older OpenBLAS builds; numpy's own chooses better.
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.pop("OPENBLAS_L2_SIZE", None)

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import sklearn
import sklearn.metrics
import torch
import torcheval.metrics.functional as te
import torchmetrics
import torchmetrics.classification as tm

HERE = Path(__file__).resolve().parent
IRIS = HERE.parent.parent / "datasets" / "iris" / "predictions.csv"
IRIS_RIGHT = 144  # of 150
SCORE_CLASSES = 1000
THREADS = os.cpu_count()
WORKS = ["pairs10", "pairs1000", "scores", "auc", "ovr", "startup"]


class Entry:
    """One way to do a piece of work: `run` returns a number to check, or None."""

    def __init__(self, name, run, expected=None, once=False):
        self.name, self.run, self.expected, self.once = name, run, expected, once
        self.seconds = []

    def measure(self):
        start = time.perf_counter()
        found = self.run()
        seconds = time.perf_counter() - start
        if self.expected is not None and found != self.expected:
            raise SystemExit(f"{self.name}: expected {self.expected} right rows, found {found}")
        self.seconds.append(seconds)


# --- inputs


def make_pairs(folder, rows, classes):
    """Two npy files of int64; returns their paths."""
    paths = folder / f"labels_{classes}_{rows}.npy", folder / f"predictions_{classes}_{rows}.npy"
    if not all(path.exists() for path in paths):
        draw = np.random.default_rng(classes)
        labels = draw.integers(0, classes, rows)
        np.save(paths[0], labels)
        np.save(paths[1], np.where(draw.random(rows) < 0.9, labels, draw.integers(0, classes, rows)))
    return paths


def make_scores(folder, rows):
    """int64 labels and a float32 matrix of logits [rows, 1000]; returns their paths."""
    paths = folder / f"score_labels_{rows}.npy", folder / f"scores_{rows}.npy"
    if not all(path.exists() for path in paths):
        draw = np.random.default_rng(7)
        labels = draw.integers(0, SCORE_CLASSES, rows)
        np.save(paths[0], labels)
        matrix = np.lib.format.open_memmap(paths[1], "w+", np.float32, (rows, SCORE_CLASSES))
        for start in range(0, rows, 50_000):
            stop = min(rows, start + 50_000)
            block = draw.standard_normal((stop - start, SCORE_CLASSES), dtype=np.float32)
            block[np.arange(stop - start), labels[start:stop]] += 4
            matrix[start:stop] = block
        matrix.flush()
    return paths


def make_binary(folder, rows):
    """uint8 labels and float32 logits of the positive class; returns their paths."""
    paths = folder / f"binary_labels_{rows}.npy", folder / f"binary_scores_{rows}.npy"
    if not all(path.exists() for path in paths):
        draw = np.random.default_rng(1)
        labels = (draw.random(rows) < 0.3).astype(np.uint8)
        np.save(paths[0], labels)
        np.save(paths[1], draw.standard_normal(rows, dtype=np.float32) + np.float32(1.5) * labels)
    return paths


def make_ovr(folder, rows, classes=100):
    """int64 labels and a float32 matrix of probabilities; returns their paths."""
    paths = folder / f"ovr_labels_{rows}.npy", folder / f"ovr_scores_{rows}.npy"
    if not all(path.exists() for path in paths):
        draw = np.random.default_rng(3)
        labels = draw.integers(0, classes, rows)
        np.save(paths[0], labels)
        matrix = np.lib.format.open_memmap(paths[1], "w+", np.float32, (rows, classes))
        for start in range(0, rows, 50_000):
            stop = min(rows, start + 50_000)
            block = draw.standard_normal((stop - start, classes), dtype=np.float32)
            block[np.arange(stop - start), labels[start:stop]] += 2
            block = np.exp(block)
            matrix[start:stop] = block / block.sum(1, keepdims=True)
        matrix.flush()
    return paths


def compile_limits(folder):
    program = folder / "peers"
    subprocess.run(["gcc", "-O3", "-march=native", "-pthread", HERE / "peers.c", "-o", program], check=True)
    return str(program)


def process(*command):
    """Runs a whole process; returns the first number it prints."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True)
    return int(done.stdout.split()[0])


def tallyho(program, expected, *args):
    """tallyho from launch to exit; one report is checked here, those timed are thrown away."""
    command = [program, "eval", *map(str, args)]
    report = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, check=True).stdout
    if not report.strip():
        print(f"{program} printed no report; its counts are not checked", file=sys.stderr)
    elif (right := json.loads(report)["metrics"]["accuracy"]["numerator"]) != expected:
        raise SystemExit(f"{program}: expected {expected} right rows, found {right}")
    return Entry("tallyho, whole process", lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))


# --- peers


def blocks(count, size):
    return [slice(start, min(count, start + size)) for start in range(0, count, size)]


def pair_entries(limits, program, paths, classes):
    """Confusion counts of (label, prediction) pairs; each returns the number of right rows."""
    cells = classes * classes
    mapped = lambda: [np.load(path, mmap_mode="r") for path in paths]
    right = lambda counts: int(counts.reshape(classes, classes).trace())

    def arrow(array):
        return pa.Array.from_buffers(pa.int64(), len(array), [None, pa.py_buffer(array)])

    def numpy_line():
        label, prediction = mapped()
        return right(np.bincount(label * classes + prediction, minlength=cells))

    def numpy_blocks():
        label, prediction = mapped()
        count = lambda b: np.bincount(label[b] * classes + prediction[b], minlength=cells)
        shares = np.zeros((THREADS, cells), dtype=np.int64)

        def share(thread):
            for block in blocks(len(label), 1 << 18)[thread::THREADS]:
                shares[thread] += count(block)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(share, range(THREADS)))
        return right(shares.sum(axis=0))

    def torch_line():
        label, prediction = map(torch.from_numpy, mapped())
        return right(torch.bincount(label * classes + prediction, minlength=cells))

    def torch_blocks():
        label, prediction = map(torch.from_numpy, mapped())
        counts = torch.zeros(cells, dtype=torch.int64)
        for block in blocks(len(label), 1 << 20):
            counts += torch.bincount(label[block] * classes + prediction[block], minlength=cells)
        return right(counts)

    def polars_cells():
        label, prediction = (pl.from_arrow(arrow(array)) for array in mapped())
        frame = pl.DataFrame({"y": label, "p": prediction}).lazy()
        counts = frame.select(cell=pl.col("y") * classes + pl.col("p")).group_by("cell").len().collect()
        return int(counts.filter(pl.col("cell") % (classes + 1) == 0)["len"].sum())

    def duckdb_pairs():
        label, prediction = map(arrow, mapped())
        table = pa.table({"y": label, "p": prediction})
        with duckdb.connect() as connection:
            found = connection.from_arrow(table).aggregate("y, p, count(*) as n").fetchnumpy()
        return int(found["n"][found["y"] == found["p"]].sum())

    def torchmetrics_counts():
        label, prediction = map(torch.from_numpy, mapped())
        metric = tm.MulticlassConfusionMatrix(classes, validate_args=False)
        return right(metric(prediction, label))

    def sklearn_report():
        label, prediction = mapped()
        sklearn.metrics.classification_report(label, prediction)

    expected = process(limits, "count", classes, *paths)
    return [
        tallyho(program, expected, "--labels", paths[0], "--predictions", paths[1]),
        Entry("reading the bytes once, 2 threads", lambda: process(limits, "read", *paths)),
        Entry("compiled loop, 1 thread", lambda: process(limits, "count", classes, *paths), expected),
        Entry("numpy bincount", numpy_line, expected),
        Entry(f"numpy bincount, blocks, {THREADS} threads", numpy_blocks, expected),
        Entry("torch bincount", torch_line, expected),
        Entry("torch bincount, blocks", torch_blocks, expected),
        Entry("polars group_by", polars_cells, expected),
        Entry("duckdb group by", duckdb_pairs, expected),
        Entry("torchmetrics confusion matrix (once)", torchmetrics_counts, expected, once=True),
        Entry("sklearn classification_report (once)", sklearn_report, once=True),
    ]


def score_entries(limits, program, paths):
    """What is made of a score matrix; those with an argmax return the number of right rows."""
    functional = torch.nn.functional

    def mapped():
        return np.load(paths[1], mmap_mode="r"), np.load(paths[0])

    def in_torch(work, size=None):
        """Sums `work(scores, labels)` over blocks of `size` rows, or does it in one call."""

        def run():
            scores, label = map(torch.from_numpy, mapped())
            return sum(work(scores[b], label[b]) for b in blocks(len(label), size or len(label)))

        return run

    argmax = lambda scores, label: int((scores.argmax(dim=1) == label).sum())
    loss = lambda scores, label: float(functional.cross_entropy(scores, label, reduction="sum"))

    def both(scores, label):
        loss(scores, label)
        return argmax(scores, label)

    def numpy_line():
        scores, label = mapped()
        return int((scores.argmax(axis=1) == label).sum())

    def numpy_blocks():
        scores, label = mapped()
        right = lambda b: int((scores[b].argmax(axis=1) == label[b]).sum())
        with ThreadPoolExecutor(THREADS) as pool:
            return sum(pool.map(right, blocks(len(label), 4096)))

    def torchmetrics_collection():
        of = {"num_classes": SCORE_CLASSES, "validate_args": False}
        metrics = torchmetrics.MetricCollection([
            tm.MulticlassAccuracy(average="micro", **of), tm.MulticlassF1Score(average="macro", **of),
            tm.MulticlassConfusionMatrix(**of), tm.MulticlassCalibrationError(n_bins=15, **of)])
        scores, label = map(torch.from_numpy, mapped())
        for block in blocks(len(label), 8192):
            metrics.update(scores[block], label[block])
        found = metrics.compute()
        return int(found["MulticlassConfusionMatrix"].trace())

    expected = numpy_line()
    return [
        tallyho(program, expected, "--labels", paths[0], "--scores", paths[1]),
        Entry("reading the bytes once, 2 threads", lambda: process(limits, "read", *paths)),
        Entry("torch argmax + cross_entropy", in_torch(both), expected),
        Entry("torch argmax + cross_entropy, blocks", in_torch(both, 1024), expected),
        Entry("torch argmax alone, blocks", in_torch(argmax, 1024), expected),
        Entry("numpy argmax alone", numpy_line, expected),
        Entry(f"numpy argmax alone, blocks, {THREADS} threads", numpy_blocks, expected),
        Entry("torchmetrics accuracy, F1, confusion, calibration (once)", torchmetrics_collection, expected, once=True),
    ]


def order_entry(program, names, *args):
    """tallyho from launch to exit, and the values of some metrics from a report of its own."""
    command = [program, "eval", *map(str, args)]
    report = json.loads(subprocess.run([*command, "--json"], stdout=subprocess.PIPE, check=True).stdout)
    values = [report["metrics"][name]["value"] for name in names]
    run = lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return Entry("tallyho, whole process", run), values


def near(entry, values, tolerance):
    """An entry that fails unless its values are those of tallyho."""
    name, run = entry

    def checked():
        for found, value in zip(run(), values):
            if abs(found - value) > tolerance:
                raise SystemExit(f"{name}: expected {value}, found {found}")

    return Entry(f"{name} (once)", checked, once=True)


def auc_entries(limits, program, paths):
    """ROC AUC and average precision of binary scores."""
    names = ["roc_auc", "average_precision"]
    own, values = order_entry(program, names, "--labels", paths[0], "--scores", paths[1],
                              "--metrics", ",".join(names))
    mapped = lambda: [np.load(path, mmap_mode="r") for path in paths]

    def in_torch(area, precision):
        def run():
            label, score = map(torch.from_numpy, mapped())
            return float(area(score, label)), float(precision(score, label))

        return run

    def sklearn_both():
        label, score = mapped()
        return sklearn.metrics.roc_auc_score(label, score), sklearn.metrics.average_precision_score(label, score)

    lightning = in_torch(
        lambda score, label: torchmetrics.functional.classification.binary_auroc(score, label, validate_args=False),
        lambda score, label: torchmetrics.functional.classification.binary_average_precision(
            score, label, validate_args=False))
    # Sums in float32 and a sigmoid first: the two torch libraries are this far off.
    return [
        own,
        Entry("reading the bytes once, 2 threads", lambda: process(limits, "read", *paths)),
        near(("torcheval binary_auroc + binary_auprc", in_torch(te.binary_auroc, te.binary_auprc)), values, 1e-2),
        near(("torchmetrics binary_auroc + binary_average_precision", lightning), values, 1e-2),
        near(("scikit-learn roc_auc_score + average_precision_score", sklearn_both), values, 1e-9),
    ]


def ovr_entries(limits, program, paths):
    """Macro ROC AUC of 100 classes, each against the rest."""
    own, values = order_entry(program, ["roc_auc_ovr_macro"], "--labels", paths[0], "--scores", paths[1],
                              "--metrics", "roc_auc_ovr_macro")

    def sklearn_ovr():
        label, score = np.load(paths[0]), np.load(paths[1]).astype(np.float64)
        score /= score.sum(axis=1, keepdims=True)  # or it refuses them
        return [sklearn.metrics.roc_auc_score(label, score, multi_class="ovr")]

    def torchmetrics_ovr():
        label, score = torch.from_numpy(np.load(paths[0])), torch.from_numpy(np.load(paths[1]))
        return [float(torchmetrics.functional.classification.multiclass_auroc(
            score, label, score.shape[1], validate_args=False))]

    return [
        own,
        Entry("reading the bytes once, 2 threads", lambda: process(limits, "read", *paths)),
        near(("torchmetrics multiclass_auroc", torchmetrics_ovr), values, 1e-3),
        near(("scikit-learn roc_auc_score, ovr", sklearn_ovr), values, 1e-6),
    ]


# --- measuring and printing


def measure(entries, repeat):
    """Runs the entries in turn, `repeat` times over, so that a slow minute hits all alike."""
    for turn in range(repeat):
        for entry in entries:
            if turn == 0 or not entry.once:
                print(f"  {turn + 1}/{repeat} {entry.name}", file=sys.stderr)
                entry.measure()
                time.sleep(0.05)  # lets the last entry's spinning threads go to sleep


def print_table(title, entries):
    own = min(entries[0].seconds)
    print(f"\n### {title}\n")
    print("| | best, s | median, s | best / tallyho's best |")
    print("|---|---:|---:|---:|")
    for entry in entries:
        best, median = min(entry.seconds), statistics.median(entry.seconds)
        print(f"| {entry.name} | {best:.3f} | {median:.3f} | {best / own:.2f} |")
    sys.stdout.flush()


def print_machine(args):
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
    modules = [np, pl, duckdb, pa, torch, torchmetrics, sklearn]
    versions = ", ".join(f"{module.__name__} {module.__version__}" for module in modules)
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
    print(f"Machine: {cpu}, {THREADS} threads, {platform.system()} {platform.machine()}; "
          f"Python {platform.python_version()}, {versions}, gcc {gcc}. Best and median of {args.repeat}; "
          f"load average at the start {os.getloadavg()[0]:.1f}.")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tallyho", required=True, help="the release binary")
    parser.add_argument("--rows", type=int, default=50_000_000, help="rows of pairs (50,000,000)")
    parser.add_argument("--score-rows", type=int, default=1_000_000, help="rows of 1,000 scores (1,000,000)")
    parser.add_argument("--only", action="append", choices=WORKS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dir", type=Path, default=Path("/tmp/peers"), help="where the inputs lie (/tmp/peers)")
    parser.add_argument("--clean", action="store_true", help="remove the inputs afterwards")
    return parser.parse_args()


def main():
    warnings.simplefilter("ignore")  # torch on a read-only mapping, which nothing writes to
    args = arguments()
    args.dir.mkdir(parents=True, exist_ok=True)
    limits = compile_limits(args.dir)
    torch.set_num_threads(THREADS)
    print_machine(args)
    for work in args.only or WORKS:
        paths = []
        if work.startswith("pairs"):
            classes = int(work.removeprefix("pairs"))
            paths = make_pairs(args.dir, args.rows, classes)
            title = f"{args.rows:,} (label, prediction) int64 pairs, {classes:,} classes"
        elif work == "scores":
            paths = make_scores(args.dir, args.score_rows)
            title = f"{args.score_rows:,} × {SCORE_CLASSES:,} float32 logits"
        elif work == "auc":
            paths = make_binary(args.dir, args.rows)
            title = f"{args.rows:,} binary float32 scores"
        elif work == "ovr":
            paths = make_ovr(args.dir, args.score_rows)
            title = f"{args.score_rows:,} × 100 float32 probabilities, one class against the rest"
        for path in paths:
            process(limits, "read", path)  # into the page cache
        if work == "startup":
            title = f"150 rows, best of {10 * args.repeat}"
            entries = [tallyho(args.tallyho, IRIS_RIGHT, IRIS, "--labels", "label", "--predictions", "prediction")]
            measure(entries, 10 * args.repeat)
        elif work == "scores":
            entries = score_entries(limits, args.tallyho, paths)
            measure(entries, args.repeat)
        elif work == "auc":
            entries = auc_entries(limits, args.tallyho, paths)
            measure(entries, args.repeat)
        elif work == "ovr":
            entries = ovr_entries(limits, args.tallyho, paths)
            measure(entries, args.repeat)
        else:
            entries = pair_entries(limits, args.tallyho, paths, classes)
            measure(entries, args.repeat)
        print_table(title, entries)
        for path in paths if args.clean else []:
            path.unlink()


if __name__ == "__main__":
    main()
