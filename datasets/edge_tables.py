"""Edge cases of tables: csv and parquet."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HARD = "--labels label --predictions prediction"


def csv(cases):
    """Text tables, written byte by byte."""

    def bad(name, text, why, *words, args=HARD):
        cases.write(name, text if isinstance(text, bytes) else text.encode())
        cases.bad(why, f"{name} {args}", name, *words)

    def good(name, text, why, digest=None, args=HARD, **expect):
        cases.write(name, text if isinstance(text, bytes) else text.encode())
        cases.good(why, f"{name} {args}", digest, **expect)

    good("plain.csv", "label,prediction\ncat,cat\ndog,cat\ncat,cat\n", "the plain file", "pets",
         classes=["cat", "dog"], accuracy=2 / 3)
    good("crlf_bom.csv", "\ufefflabel,prediction\r\ncat,cat\r\ndog,cat\r\ncat,cat\r\n", "CRLF and a byte order mark", "pets")
    good("no_last_line_end.csv", "label,prediction\ncat,cat\ndog,cat\ncat,cat", "the last line has no end", "pets")
    good("quoted.csv", '"id","label","prediction"\n"1","cat","cat"\n"2\n,","dog","cat"\n"""3""",cat,cat\n',
         "quotes, commas and line ends inside fields", "pets")
    good("strange_names.csv", 'label,prediction\n"a,b","a,b"\n"two\nlines","a,b"\n"say ""hi""","say ""hi"""\n',
         "class names with commas, line ends and quotes", classes=["a,b", 'say "hi"', "two\nlines"], accuracy=2 / 3)
    good("unicode.csv", "label,prediction\nπ,π\n猫,π\n", "class names beyond ASCII", classes=["π", "猫"], accuracy=0.5)
    bad("zero_bytes.csv", "", "a file of 0 bytes")
    bad("header_only.csv", "label,prediction\n", "a header and no rows")
    bad("short_record.csv", "label,prediction\ncat,cat\ndog\n", "a record with a field too few", "row 1")
    bad("long_record.csv", "label,prediction\ncat,cat\ndog,cat,cat\n", "a record with a field too many", "row 1")
    bad("duplicate_header.csv", "label,prediction,prediction\ncat,cat,dog\n", "a column named twice", "prediction")
    bad("missing_column.csv", "label,predicted\ncat,cat\n", "no such column: those there are listed", "prediction", "predicted")
    good("semicolons.csv", "label;prediction\ncat;cat\n", "another separator", classes=["cat"], accuracy=1.0)
    bad("latin1.csv", "label,prediction\ncafé,café\n".encode("latin-1"), "not UTF-8")
    bad("utf16.csv", "label,prediction\ncat,cat\n".encode("utf-16"), "UTF-16")
    bad("nothing_shared.csv", "label,prediction\ncat,0\ndog,1\n", "names against numbers, none in common", "cat")
    scores = "--labels label --scores s*"
    table = "label,s0,s1\n0,0.75,0.25\n1,{},0.5\n"
    for name, field, why in [("score_text.csv", "abc", "a score that is no number"), ("score_nan.csv", "nan", "a NaN score"),
                             ("score_inf.csv", "inf", "a score of +inf"), ("score_empty.csv", "", "a score left out"),
                             ("score_overflow.csv", "1e999", "a score beyond f64")]:
        bad(name, table.format(field), why, "row 1", args=scores)
    good("score_masked.csv", "label,s0,s1\n0,2.0,-inf\n1,-inf,0.5\n", "masked classes in text", args=scores, accuracy=1.0)
    bad("label_outside.csv", "label,s0,s1\n0,0.75,0.25\n2,0.5,0.5\n", "a label beyond the score columns", "row 1", "2", args=scores)
    cases.bad("a glob that matches no column", "plain.csv --labels label --scores z*", "plain.csv", "z*")
    cases.bad("a glob that matches no file", f"absent-*.csv {HARD}", "absent-*.csv")
    matrix = "label,s0,s1,s2\n0,2,0.5,-1\n1,0.25,1.5,0\n1,1,1,-2\n2,-0.5,0,3\n"
    cases.write("matrix.csv", matrix.encode())
    for dtype, width in [("f2", "f16"), ("f4", "f32"), ("f8", "f64")]:
        cases.good(f"text scores as {width}: the digest of the npy files",
                   f"matrix.csv --labels label --scores s* --score-type {width}", f"matrix {dtype}", accuracy=0.75)
    cases.good("text scores as bf16, which holds them: the digest of the f4 files",
               "matrix.csv --labels label --scores s* --score-type bf16", "matrix f4", accuracy=0.75)
    class_lists(cases)


def class_lists(cases):
    """`--classes FILE`."""
    for name, text in [("classes.txt", "cat\ndog\nemu\n"), ("classes.json", '["cat", "dog", "emu"]\n')]:
        cases.write(name, text.encode())
        cases.good("a class that never occurs", f"plain.csv {HARD} --classes {name}", "given classes",
                   classes=["cat", "dog", "emu"], accuracy=2 / 3)
    cases.write("classes_twice.txt", b"cat\ndog\ncat\n")
    cases.bad("a class listed twice", f"plain.csv {HARD} --classes classes_twice.txt", "classes_twice.txt", "cat")
    cases.write("classes_short.txt", b"cat\n")
    cases.bad("a label that is not listed", f"plain.csv {HARD} --classes classes_short.txt", "plain.csv", "row 1", "dog")


def parquet_bytes(columns, **options):
    """`columns`: a dictionary, or a list of (name, array) where names may repeat."""
    pairs = list(columns.items()) if isinstance(columns, dict) else columns
    arrays = [array if isinstance(array, pa.Array) else pa.array(array) for _, array in pairs]
    table = pa.Table.from_arrays(arrays, names=[name for name, _ in pairs])
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def parquet(cases):
    """Typed tables."""

    def bad(name, columns, why, *words, args=HARD):
        cases.write(name, columns if isinstance(columns, bytes) else parquet_bytes(columns))
        cases.bad(why, f"{name} {args}", name, *words)

    def good(name, columns, why, digest=None, args=HARD, options={}, **expect):
        cases.write(name, parquet_bytes(columns, **options))
        cases.good(why, f"{name} {args}", digest, **expect)

    pets = {"label": ["cat", "dog", "cat"], "prediction": ["cat", "cat", "cat"]}
    good("pets.parquet", pets, "strings: the digest of the csv files", "pets")
    encoded = {name: pa.array(values).dictionary_encode() for name, values in pets.items()}
    good("pets_dictionary.parquet", encoded, "dictionaries of strings", "pets")
    good("pets_large.parquet", {name: pa.array(values, pa.large_string()) for name, values in pets.items()},
         "large strings", "pets")
    for codec in ["none", "snappy", "gzip", "zstd", "lz4"]:
        good(f"pets_{codec}.parquet", pets, f"compression {codec}", "pets", options={"compression": codec})
    good("pets_row_groups.parquet", pets, "one row group a row", "pets", options={"row_group_size": 1})
    good("pets_pages_v2.parquet", pets, "data pages of version 2", "pets", options={"data_page_version": "2.0"})

    whole = parquet_bytes(pets)
    bad("truncated.parquet", whole[:-20], "the footer is cut")
    bad("zero_bytes.parquet", b"", "a file of 0 bytes")
    bad("magic_only.parquet", b"PAR1PAR1", "two magics and no footer")
    bad("wrong_magic.parquet", b"PAR0" + whole[4:-4] + b"PAR0", "the magic differs")
    bad("footer_length.parquet", whole[:-8] + b"\xff\xff\xff\x7f" + whole[-4:], "a footer longer than the file")
    bad("no_rows.parquet", {"label": pa.array([], pa.int64()), "prediction": pa.array([], pa.int64())}, "0 rows")
    bad("missing_column.parquet", {"label": [1], "predicted": [1]}, "no such column: those there are listed",
        "prediction", "predicted")
    bad("duplicate_column.parquet", [("label", [0]), ("prediction", [0]), ("prediction", [1])], "a column named twice",
        "prediction")
    nulls = {"label": [0, 1, None, 1], "prediction": [0, 1, 1, 0]}
    bad("null_label.parquet", nulls, "a null label", "row 2")
    bad("null_prediction.parquet", {"label": nulls["prediction"], "prediction": nulls["label"]}, "a null prediction", "row 2")
    for name in ["null_label.parquet", "null_prediction.parquet"]:
        cases.good("nulls skipped and counted", f"{name} {HARD} --on-invalid skip",
                   rows={"read": 4, "scored": 3, "invalid": 1}, accuracy=2 / 3)
    bad("dates.parquet", {"label": pa.array([1, 2], pa.date32()), "prediction": [1, 2]}, "dates as labels", "label")
    bad("nested.parquet", {"label": [{"a": 1}, {"a": 2}], "prediction": [1, 2]}, "a struct as label", "label")
    bad("nothing_shared.parquet", {"label": ["cat", "dog"], "prediction": [0, 1]}, "names against numbers", "cat")
    good("numbers_as_text.parquet", {"label": ["0", "1", "1", "0", "1"], "prediction": [0, 1, 0, 0, 1]},
         "'1' and 1 are one class: the digest of the npy files", "types", accuracy=0.8)
    good("integral_floats.parquet", {"label": [0.0, 1.0, 1.0, 0.0, 1.0], "prediction": [0, 1, 0, 0, 1]},
         "1.0 and 1 are one class", "types")
    good("bools.parquet", {"label": [False, True, True, False, True], "prediction": [0, 1, 0, 0, 1]},
         "true and 1 are one class", "types")
    bad("nan_label.parquet", {"label": [0.0, np.nan], "prediction": [0, 1]}, "a NaN label", "row 1")
    score_columns(cases, good, bad)


def score_columns(cases, good, bad):
    """Scores as columns and as lists."""
    label = [0, 1, 1, 2]
    matrix = [[2, 0.5, -1], [0.25, 1.5, 0], [1, 1, -2], [-0.5, 0, 3]]
    one = "--labels label --scores s"
    for name, kind in [("scores_list.parquet", pa.list_(pa.float32())),
                       ("scores_fixed.parquet", pa.list_(pa.float32(), 3)),
                       ("scores_large_list.parquet", pa.large_list(pa.float32()))]:
        good(name, {"label": label, "s": pa.array(matrix, kind)}, f"scores as {kind}", "matrix f4", one, accuracy=0.75)
    good("scores_f64_list.parquet", {"label": label, "s": pa.array(matrix, pa.list_(pa.float64()))},
         "scores as a list of f64", "matrix f8", one, accuracy=0.75)
    columns = {f"s{k}": pa.array([row[k] for row in matrix], pa.float32()) for k in range(3)}
    many = "--labels label --scores s*"
    good("scores_columns.parquet", {"label": label} | columns | {"season": ["a", "b", "c", "d"], "size": label},
         "the glob takes float columns only", "matrix f4", many, accuracy=0.75)
    ragged = matrix[:2] + [[1.0, 1.0]] + matrix[3:]
    bad("scores_ragged.parquet", {"label": label, "s": pa.array(ragged, pa.list_(pa.float32()))},
        "a list of another length", "row 2", args=one)
    holed = matrix[:2] + [[1.0, None, 0.0]] + matrix[3:]
    bad("scores_null_inside.parquet", {"label": label, "s": pa.array(holed, pa.list_(pa.float32()))},
        "a null inside a list", "row 2", args=one)
    holed = matrix[:2] + [None] + matrix[3:]
    bad("scores_null_list.parquet", {"label": label, "s": pa.array(holed, pa.list_(pa.float32()))},
        "a null in place of a list", "row 2", args=one)
    gap = pa.array([2, None, 1, -0.5], pa.float32())
    bad("scores_null.parquet", {"label": label} | columns | {"s0": gap}, "a null score", "row 1", args=many)
    for name in ["scores_null_inside.parquet", "scores_null_list.parquet"]:
        cases.good("null scores skipped and counted", f"{name} {one} --on-invalid skip", rows={"scored": 3, "invalid": 1})
    bad("scores_label_outside.parquet", {"label": [0, 1, 3, 2]} | columns, "a label beyond the score columns",
        "row 2", "3", args=many)
    shares = {"label": [0, 1], "s0": pa.array([0.75, 0.25], pa.float32()), "s1": pa.array([0.25, 0.75], pa.float32())}
    logits = {"label": [0, 1], "s0": pa.array([4, -1], pa.float32()), "s1": pa.array([1, 2], pa.float32())}
    cases.write("shard_probabilities.parquet", parquet_bytes(shares))
    cases.write("shard_logits.parquet", parquet_bytes(logits))
    cases.bad("one file of probabilities, one of logits", f"shard_probabilities.parquet shard_logits.parquet {many}",
              "shard_probabilities.parquet", "shard_logits.parquet")
    cases.good("the same, once it is said what they are",
               f"shard_probabilities.parquet shard_logits.parquet {many} --scores-are logits",
               rows={"read": 4, "scored": 4}, accuracy=1.0)
