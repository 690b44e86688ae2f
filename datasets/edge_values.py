"""Edge cases of values: labels, predictions and scores that are extreme or not allowed."""

import ml_dtypes
import numpy as np

from edge_arrays import npy_bytes

INTEGERS_AND_FLOATS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]


def labels(cases):
    """Hard predictions."""
    save = lambda name, values, dtype=None: cases.write(f"{name}.npy", npy_bytes(np.array(values, dtype=dtype)))
    save("y01", [0, 1, 1, 0, 1])
    save("p01", [0, 1, 0, 0, 1])
    pair = lambda y, p: f"--labels {y}.npy --predictions {p}.npy"
    cases.good("the plain pair", pair("y01", "p01"), "types", classes=["0", "1"], accuracy=0.8)
    for dtype in INTEGERS_AND_FLOATS:
        for order in "<>":
            if dtype.endswith("1") and order == ">":
                continue
            name = f"y01_{dtype}" + ("_big" if order == ">" else "")
            save(name, [0, 1, 1, 0, 1], order + dtype)
            cases.good(f"labels of dtype {order}{dtype}", pair(name, "p01"), "types", accuracy=0.8)
    save("y01_bool", [0, 1, 1, 0, 1], bool)
    cases.good("bools are 0 and 1", pair("y01_bool", "p01"), "types", classes=["0", "1"], accuracy=0.8)
    cases.broken("a rule that does not hold", pair("y01", "p01").split() + ["--require", "accuracy >= 0.9"])

    save("y_nan", [0, 1, np.nan, 0, 1])
    cases.bad("a NaN label", pair("y_nan", "p01"), "y_nan.npy", "row 2")
    cases.bad("a NaN prediction", pair("p01", "y_nan"), "y_nan.npy", "row 2")
    save("y_half", [0, 1, 1, 0.5, 1])
    cases.bad("a label that is not integral", pair("y_half", "p01"), "y_half.npy", "row 3", "0.5")
    cases.bad("probabilities given as predictions", pair("y01", "y_half"), "y_half.npy", "row 3", "0.5")
    save("y_inf", [0, 1, 1, 0, np.inf])
    cases.bad("an infinite label", pair("y_inf", "p01"), "y_inf.npy", "row 4")

    grid = np.arange(400)
    save("y20", grid // 20, np.uint8)
    save("p20", grid % 20, np.uint8)
    cases.good("20 classes in uint8: label * 20 + prediction passes 255", pair("y20", "p20"),
               rows={"scored": 400}, accuracy=0.05, matthews_corrcoef=0.0)
    save("y_sparse", [10**12, 5, 10**12, -7])
    save("p_sparse", [10**12, 5, 5, -7])
    cases.good("classes far apart and negative", pair("y_sparse", "p_sparse"),
               classes=["-7", "5", "1000000000000"], accuracy=0.75)
    ends = np.iinfo(np.int64)
    save("y_ends", [ends.min, ends.max, 0, ends.max])
    cases.good("the ends of int64", pair("y_ends", "y_ends"), classes=[str(ends.min), "0", str(ends.max)], accuracy=1.0)
    save("y_top", [2**64 - 1, 0, 2**63], np.uint64)
    cases.good("the end of uint64", pair("y_top", "y_top"), classes=["0", str(2**63), str(2**64 - 1)], accuracy=1.0)
    save("y_one_class", [3, 3, 3])
    cases.good("one class only: no Matthews coefficient", pair("y_one_class", "y_one_class"),
               classes=["3"], accuracy=1.0, f1_macro=1.0, matthews_corrcoef=None, cohen_kappa=None)
    undefined = pair("y_one_class", "y_one_class").split() + ["--require", "matthews_corrcoef >= 0"]
    cases.broken("a rule on an undefined metric is broken", undefined)
    save("y_one_row", [1])
    save("p_one_row", [0])
    cases.good("one row, wrong", pair("y_one_row", "p_one_row"), rows={"scored": 1}, accuracy=0.0)
    save("y_two_axes", np.eye(3, dtype=np.int64))
    cases.bad("one-hot labels", "--labels y_two_axes.npy --predictions y_one_class.npy", "y_two_axes.npy")


def scores(cases):
    """Score matrices and single scores."""
    masked = -np.inf
    save = lambda name, values, dtype="f4": cases.write(f"{name}.npy", npy_bytes(np.array(values, dtype=dtype)))
    args = lambda y, s, more="": f"--labels {y}.npy --scores {s}.npy {more}"
    save("y4", [0, 1, 1, 2], "i8")
    plain = [[2, 0.5, -1], [0.25, 1.5, 0], [1, 1, -2], [-0.5, 0, 3]]

    def row_replaced(row, values):
        return plain[:row] + [values] + plain[row + 1:]

    def bad(name, matrix, why, *words, more="", dtype="f4"):
        save(name, matrix, dtype)
        cases.bad(why, args("y4", name, more), f"{name}.npy", *words)

    bad("s_nan", row_replaced(2, [1, np.nan, 0]), "a NaN score", "row 2")
    bad("s_nan_f16", row_replaced(2, [1, np.nan, 0]), "a NaN score in half precision", "row 2", dtype="f2")
    bad("s_inf", row_replaced(1, [1, np.inf, 0]), "a score of +inf", "row 1")
    bad("s_all_masked", row_replaced(3, [masked] * 3), "every class of a row is masked", "row 3")
    skipped = {"read": 4, "scored": 3, "invalid": 1}
    for name in ["s_nan", "s_inf", "s_all_masked"]:
        cases.good(f"{name}, skipped and counted", args("y4", name, "--on-invalid skip"), rows=skipped)
    save("s_all_nan", np.full((4, 3), np.nan))
    cases.bad("nothing is left to score", args("y4", "s_all_nan", "--on-invalid skip"))
    save("s_masked", row_replaced(1, [masked, 1.5, 0]))
    cases.good("a masked class is legal", args("y4", "s_masked"), rows={"scored": 4, "infinite_loss": 0}, accuracy=0.75)
    save("s_label_masked", row_replaced(1, [2, masked, 0]))
    cases.good("a masked label makes the loss infinite", args("y4", "s_label_masked"),
               rows={"scored": 4, "infinite_loss": 1}, accuracy=0.5, log_loss=None)

    save("y4_outside", [0, 1, 3, 2], "i8")
    save("s4", plain)
    cases.bad("a label beyond the score columns", args("y4_outside", "s4"), "y4_outside.npy", "row 2", "3")
    cases.good("the same, skipped", args("y4_outside", "s4", "--on-invalid skip"), rows=skipped)
    save("y4_negative", [0, -1, 1, 2], "i8")
    cases.bad("a negative label with scores", args("y4_negative", "s4"), "y4_negative.npy", "row 1", "-1")
    cases.good("the same, ignored by name", args("y4_negative", "s4", "--ignore-label=-1"),
               rows={"read": 4, "scored": 3, "ignored": 1, "invalid": 0})

    probabilities = [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.5, 0.5, 0.0], [0.0, 0.25, 0.75]]
    told = "--scores-are probabilities"
    for name, row, why in [("p_sum", [0.7, 0.7, 0.1], "a row that sums to 1.5"),
                           ("p_negative", [-0.25, 0.75, 0.5], "a negative probability in a row that sums to 1"),
                           ("p_above_one", [1.25, -0.25, 0.0], "a probability above 1")]:
        bad(name, probabilities[:2] + [row] + probabilities[3:], why, "row 2", more=told)
    cases.good("the same, skipped", args("y4", "p_sum", f"{told} --on-invalid skip"), rows=skipped)
    late = np.tile(np.array([[0.25, 0.75]]), (1100, 1))
    late[1050] = [0.7, 0.7]
    save("p_late", late)
    cases.write("y1100.npy", npy_bytes(np.ones(1100, dtype=np.uint8)))
    cases.bad("a row that is no distribution, after those that decide", args("y1100", "p_late"), "p_late.npy", "row 1050")
    save("p_rounded", [[0.3334, 0.3333, 0.3333], [0.3330, 0.3335, 0.3330], [0.5, 0.5, 0.0009], [0, 0, 1]])
    cases.good("sums within a thousandth of 1", args("y4", "p_rounded", told), rows={"invalid": 0}, accuracy=0.75)

    first = np.zeros((5000, 2))
    first[4000] = np.nan
    save("s_5000", first, "f2")
    y = np.zeros(5000, dtype=np.uint8)
    y[1234] = 2
    cases.write("y5000.npy", npy_bytes(y))
    cases.bad("the first bad row in order, whatever finds it first",
              args("y5000", "s_5000", "--threads 2 --batch-rows 100"), "y5000.npy", "row 1234")
    extremes(cases, save, args)
    binary(cases, save, args)


def extremes(cases, save, args):
    """Finite values at the ends of their types, and ties."""
    save("s_ties", np.zeros((4, 3)))
    cases.good("ties everywhere: the lowest class", args("y4", "s_ties"),
               accuracy=0.25, log_loss=np.log(3), mean_confidence=1 / 3)
    save("y3", [0, 1, 1], "i8")
    tiny = np.float32(1e-45)
    save("s_subnormal", [[-0.0, 0.0], [0.0, tiny], [-tiny, -0.0]])
    cases.good("-0 equals 0, and subnormals do not", args("y3", "s_subnormal", "--scores-are logits"), accuracy=1.0)
    for width, top in [("f2", 65504), ("f4", 3.4e38), ("f8", 1.7e308)]:
        name = f"s_top_{width}"
        save(name, [[top, -top], [-top, top], [0, top]], width)
        cases.good(f"the ends of {width} do not overflow", args("y3", name), accuracy=1.0, log_loss=0.0, mean_confidence=1.0)


def binary(cases, save, args):
    """One score a row."""
    save("b_half", [0.5, 0.5, 0.25], "f8")
    cases.good("a probability of exactly 0.5 is positive", args("y3", "b_half"), accuracy=1 / 3)
    save("b_zero", [-0.0, 0.0, -3.0])
    cases.good("a logit of 0 is positive, of either sign", args("y3", "b_zero"), accuracy=1 / 3)
    save("b_four", [0.5, 0.25, 0.5, 0.75])
    cases.bad("a third class beside one score", args("y4", "b_four"), "y4.npy")
    save("b_nan", [0.5, np.nan, 0.5])
    cases.bad("a NaN score", args("y3", "b_nan"), "b_nan.npy", "row 1")
    save("b_above_one", [0.5, 0.25, 1.5])
    cases.bad("a probability above 1", args("y3", "b_above_one", "--scores-are probabilities"), "b_above_one.npy", "row 2")
    save("b_three_axes", np.zeros((3, 2, 2)))
    cases.bad("scores with three axes", args("y3", "b_three_axes"), "b_three_axes.npy")


def widths(cases):
    """One matrix in every width, byte order and layout: the same values, exactly."""
    label = np.array([0, 1, 1, 2])
    matrix = np.array([[2, 0.5, -1], [0.25, 1.5, 0], [1, 1, -2], [-0.5, 0, 3]])
    terms = np.exp(matrix)
    loss = -np.mean(np.log(terms[range(4), label] / terms.sum(axis=1)))
    bfloat16s(cases, matrix, loss)
    for dtype in ["f2", "f4", "f8"]:
        for order in "<>":
            for layout in "CF":
                name = f"m_{dtype}_{'little' if order == '<' else 'big'}_{layout}.npy"
                cases.write(name, npy_bytes(np.array(matrix, dtype=order + dtype, order=layout)))
                cases.good(f"logits of dtype {order}{dtype} in {layout} order", f"--labels y4.npy --scores {name}",
                           f"matrix {dtype}", accuracy=0.75, log_loss=loss)


def bfloat16s(cases, matrix, loss):
    """The same matrix in bfloat16, which holds it exactly: the digest of the f4 files."""
    said = "--score-type bf16"
    for order in "<>":
        for layout in "CF":
            values = np.array(matrix, dtype=ml_dtypes.bfloat16, order=layout)
            values = values.astype(values.dtype.newbyteorder(order))
            name = f"m_bf16_{'little' if order == '<' else 'big'}_{layout}.npy"
            cases.write(name, npy_bytes(values))
            cases.good(f"logits of bfloat16, {order}V2 in {layout} order", f"--labels y4.npy --scores {name} {said}",
                       "matrix f4", accuracy=0.75, log_loss=loss)
    cases.bad("bfloat16 that nobody said is such", "--labels y4.npy --scores m_bf16_little_C.npy", "m_bf16_little_C.npy", "V2", said)
    cases.bad("labels of bfloat16", "--labels m_bf16_column.npy --predictions p01.npy", "m_bf16_column.npy", "V2")
    cases.write("m_bf16_column.npy", npy_bytes(np.array([0, 1], dtype=ml_dtypes.bfloat16)))
    cases.write("m_u2.npy", npy_bytes(np.array(matrix, dtype=ml_dtypes.bfloat16).view(np.uint16)))
    cases.good("the bits of bfloat16 as uint16", f"--labels y4.npy --scores m_u2.npy {said}", "matrix f4", accuracy=0.75, log_loss=loss)
    cases.bad("integers as scores that nobody said are bfloat16", "--labels y4.npy --scores m_u2.npy", "m_u2.npy", "uint16", said)
    cases.bad("single precision that is said to be bfloat16", f"--labels y4.npy --scores m_f4_little_C.npy {said}", "m_f4_little_C.npy", "float32")
