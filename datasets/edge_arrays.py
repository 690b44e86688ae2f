"""Edge cases of the npy and npz containers: what is broken, and what only looks so."""

import io
import struct
import zlib

import numpy as np

STORED, DEFLATED, BZIP2 = 0, 8, 12
ROWS = np.array([0, 1, 2, 1], dtype=np.int64)  # four labels, the partner of every broken array


def npy_bytes(array, version=(1, 0)):
    """The bytes that numpy writes for `array`."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asanyarray(array), version=version)
    return buffer.getvalue()


def npy_with_header(text, body=b"", version=1, length=None):
    """An npy file with any header text and, if given, a header length that is not its own."""
    header = text.encode()
    length = len(header) if length is None else length
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", length) + header + body


def described(shape, descr="<i8", fortran=False):
    return f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n"


def npy(cases):
    """Single arrays: `--labels FILE.npy`."""
    cases.write("four.npy", npy_bytes(ROWS))
    body = ROWS.tobytes()
    whole = npy_bytes(ROWS)

    def bad(name, content, why, *words):
        cases.write(name, content)
        cases.bad(why, f"--labels {name} --predictions four.npy", name, *words)

    bad("truncated.npy", whole[:-9], "the last value and one byte are missing")
    bad("truncated_header.npy", whole[:40], "the file ends inside the header")
    bad("zero_bytes.npy", b"", "a file of 0 bytes")
    bad("magic_only.npy", b"\x93NUMPY", "the file ends after the magic")
    bad("wrong_magic.npy", b"\x93NUMPX" + whole[6:], "one letter of the magic differs")
    bad("text.npy", b"0\n1\n2\n1\n", "text under the name of an array")
    bad("version_unknown.npy", npy_with_header(described("(4,)"), body, version=9), "a format version that does not exist", "9")
    bad("header_length.npy", npy_with_header(described("(4,)"), body, length=65535), "header longer than the file")
    bad("header_length_4g.npy", npy_with_header(described("(4,)"), body, version=2, length=2**32 - 1),
        "header of 4 GiB; must not be allocated")
    bad("header_nonsense.npy", npy_with_header("{'descr': '<i8', 'shape': (4,\n", body), "header is not a dictionary")
    bad("header_no_shape.npy", npy_with_header("{'descr': '<i8', 'fortran_order': False, }\n", body), "no shape")
    bad("shape_negative.npy", npy_with_header(described("(-4,)"), body), "negative length")
    bad("shape_huge.npy", npy_with_header(described("(1000000000000,)"), body), "10^12 rows declared, 4 there")
    bad("shape_overflow.npy", npy_with_header(described("(4611686018427387904,)"), body), "the byte count overflows 64 bits")
    bad("shape_overflow_2d.npy", npy_with_header(described("(4294967296, 4294967296)"), body), "the product overflows")
    bad("pickle.npy", npy_with_header(described("(4,)", "|O"), b"\x80\x04]\x94."), "a pickle, which is never loaded", "object")
    structured = np.zeros(4, dtype=[("label", "<i8"), ("weight", "<f4")])
    bad("structured.npy", npy_bytes(structured), "a structured dtype")
    bad("complex.npy", npy_bytes(ROWS.astype(np.complex64)), "complex numbers")
    bad("datetime.npy", npy_bytes(ROWS.astype("datetime64[D]")), "dates")
    bad("three_axes.npy", npy_bytes(ROWS.reshape(2, 2, 1)), "labels with three axes")
    bad("no_axes.npy", npy_bytes(np.int64(3)), "a single number without an axis")
    bad("no_rows.npy", npy_bytes(ROWS[:0]), "an array of 0 rows")
    cases.bad("the predictions are the broken ones", "--labels four.npy --predictions truncated.npy", "truncated.npy")
    cases.bad("the scores are the broken ones", "--labels four.npy --scores pickle.npy", "pickle.npy")
    cases.bad("no such file", "--labels four.npy --predictions absent.npy", "absent.npy")
    cases.bad("a folder", "--labels four.npy --predictions .")
    cases.write("rows_101.npy", npy_bytes(np.arange(101) % 3))
    cases.write("rows_97.npy", npy_bytes(np.arange(97) % 3))
    cases.bad("different lengths", "--labels rows_101.npy --predictions rows_97.npy", "101", "97")
    cases.write("scores_97.npy", npy_bytes(np.zeros((97, 3), dtype=np.float32)))
    cases.bad("different lengths", "--labels rows_101.npy --scores scores_97.npy", "101", "97")
    cases.write("no_columns.npy", npy_bytes(np.zeros((4, 0), dtype=np.float32)))
    cases.bad("a score matrix of 0 columns", "--labels four.npy --scores no_columns.npy", "no_columns.npy")

    def good(name, content, why):
        cases.write(name, content)
        cases.good(why, f"--labels {name} --predictions four.npy", "four", accuracy=1.0)

    cases.good("the plain file", "--labels four.npy --predictions four.npy", "four", accuracy=1.0)
    good("version_2.npy", npy_bytes(ROWS, (2, 0)), "format 2")
    good("version_3.npy", npy_bytes(ROWS, (3, 0)), "format 3")
    good("unaligned.npy", npy_with_header(described("(4,)"), body), "the body starts at an odd offset")
    tight = "{'shape':(4,),'fortran_order':False,'descr':'<i8'}"
    good("tight_header.npy", npy_with_header(tight, body), "keys in another order, no blanks, no line end")


def zipped(name, payload, method=DEFLATED, flags=0, crc=None, zip64=False, cut=0):
    """A zip archive of one entry, written field by field so that each can be wrong."""
    packed = payload
    if method == DEFLATED:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(payload) + packer.flush()
    packed = packed[: len(packed) - cut]
    crc = zlib.crc32(payload) if crc is None else crc
    entry, version = name.encode(), 45 if zip64 else 20
    limit = 0xFFFFFFFF
    sizes = (limit, limit) if zip64 else (len(packed), len(payload))
    extra = struct.pack("<HHQQ", 1, 16, len(payload), len(packed)) if zip64 else b""
    day = (0, 33)  # 1980-01-01
    local = struct.pack("<4s5H3I2H", b"PK\3\4", version, flags, method, *day, crc, *sizes, len(entry), len(extra))
    local += entry + extra + packed
    extra = struct.pack("<HHQQQ", 1, 24, len(payload), len(packed), 0) if zip64 else b""
    central = struct.pack("<4s6H3I5H2I", b"PK\1\2", version, version, flags, method, *day, crc, *sizes,
                          len(entry), len(extra), 0, 0, 0, 0, limit if zip64 else 0) + entry + extra
    end = b""
    if zip64:
        end += struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(central), len(local))
        end += struct.pack("<4sIQI", b"PK\6\7", 0, len(local) + len(central), 1)
    many = 0xFFFF if zip64 else 1
    where = (limit, limit) if zip64 else (len(central), len(local))
    end += struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, many, many, *where, 0)
    return local + central + end


def npz(cases):
    """Archives: `eval FILE.npz --labels NAME`."""
    labels = npy_bytes(np.arange(64, dtype=np.int64) % 3)
    args = "--labels y --predictions y"

    def bad(name, content, why, *words):
        cases.write(name, content)
        cases.bad(why, f"{name} {args}", name, *words)

    def good(name, content, why):
        cases.write(name, content)
        cases.good(why, f"{name} {args}", "npz", accuracy=1.0)

    good("stored.npz", zipped("y.npy", labels, STORED), "a stored entry")
    good("deflated.npz", zipped("y.npy", labels), "a deflated entry")
    good("zip64_stored.npz", zipped("y.npy", labels, STORED, zip64=True), "ZIP64 sizes, offsets and end record")
    good("zip64_deflated.npz", zipped("y.npy", labels, zip64=True), "the same, deflated")
    good("utf8_name.npz", zipped("y.npy", labels, STORED, flags=0x800), "the name is marked as UTF-8")
    bad("truncated.npz", zipped("y.npy", labels)[:-30], "the end of the archive is missing")
    bad("zero_bytes.npz", b"", "a file of 0 bytes")
    bad("not_a_zip.npz", npy_bytes(ROWS), "an npy file under the name of an archive")
    bad("crc_stored.npz", zipped("y.npy", labels, STORED, crc=1), "the checksum of a stored entry is wrong")
    bad("crc_deflated.npz", zipped("y.npy", labels, crc=1), "the checksum of a deflated entry is wrong")
    flipped = bytearray(zipped("y.npy", labels, STORED))
    flipped[200] ^= 1
    bad("bit_flipped.npz", bytes(flipped), "one bit of a stored value is flipped")
    bad("deflate_cut.npz", zipped("y.npy", labels, cut=12), "the deflated stream ends early")
    bad("inner_truncated.npz", zipped("y.npy", labels[:-9]), "the array inside is too short")
    bad("inner_huge.npz", zipped("y.npy", npy_with_header(described("(1000000000000,)"), ROWS.tobytes())),
        "10^12 rows declared inside, 4 there")
    bad("inner_pickle.npz", zipped("y.npy", npy_with_header(described("(4,)", "|O"), b".")), "a pickle inside", "object")
    bad("encrypted.npz", zipped("y.npy", labels, STORED, flags=1), "an encrypted entry")
    bad("bzip2.npz", zipped("y.npy", labels, BZIP2), "a compression that numpy does not write")
    pair = io.BytesIO()
    np.savez(pair, y=np.arange(101) % 3, p=np.arange(97) % 3)
    cases.write("lengths.npz", pair.getvalue())
    cases.bad("arrays of different lengths", "lengths.npz --labels y --predictions p", "101", "97")
    mixed = io.BytesIO()
    np.savez_compressed(mixed, truth=ROWS, logits=np.asfortranarray(np.eye(3, dtype=np.float32)[ROWS]))
    cases.write("fortran.npz", mixed.getvalue())
    cases.good("a deflated array in Fortran order, small enough", "fortran.npz --labels truth --scores logits", accuracy=1.0)
    cases.bad("no such array: those there are listed", "fortran.npz --labels absent --scores logits",
              "fortran.npz", "absent", "truth")
