//! Sets of tables whose columns are of different types, orders or names.

use std::fs;
use std::path::Path;

use zip::CompressionMethod;

use super::shards::{folder_of, notices, refusal, report, rows_and_accuracy};
use crate::common::files::{Folder, npy, npy_matrix, npz};

#[test]
fn scores_of_several_types_are_read_as_the_widest() {
    use half::f16;

    /// Labels and scores of one shard.
    fn shard(scores: Vec<u8>) -> Vec<u8> {
        npz(&[("y", npy(&[0i64, 1])), ("s", scores)], CompressionMethod::Stored, false)
    }
    let folder = Folder::new();
    let half = [0.7, 0.3, 0.2, 0.8].map(f16::from_f32);
    let single = [0.9f32, 0.1, 0.6, 0.4];
    let double = [0.3f64, 0.7, 0.1, 0.9];
    folder.file("f16.npz", shard(npy_matrix(&half, 2)));
    folder.file("f32.npz", shard(npy_matrix(&single, 2)));
    folder.file("f64.npz", shard(npy_matrix(&double, 2)));
    // The same values, exactly, in one file of one type.
    let singles: Vec<f32> = half.iter().map(|v| v.to_f32()).chain(single).collect();
    let doubles: Vec<f64> = singles.iter().map(|&v| f64::from(v)).chain(double).collect();
    let whole = |name: &str, scores: Vec<u8>, rows: usize| {
        let labels: Vec<i64> = (0..rows as i64).map(|row| row % 2).collect();
        let arrays = [("y", npy(&labels)), ("s", scores)];
        folder.file(name, npz(&arrays, CompressionMethod::Stored, false));
    };
    whole("whole_f32.npz", npy_matrix(&singles, 2), 4);
    whole("whole_f64.npz", npy_matrix(&doubles, 2), 6);
    let scored = |line: &str| {
        report(&folder, &format!("{line} --labels y --scores s --scores-are probabilities"))
    };
    for (line, whole, first, other, widest) in [
        ("f16.npz f32.npz", "whole_f32.npz", "int64, float16", "int64, float32", "f32"),
        ("f32.npz f16.npz", "whole_f32.npz", "int64, float32", "int64, float16", "f32"),
        ("f16.npz f32.npz f64.npz", "whole_f64.npz", "int64, float16", "int64, float32", "f64"),
        ("f64.npz f16.npz f32.npz", "whole_f64.npz", "int64, float64", "int64, float16", "f64"),
    ] {
        let found = scored(line);
        assert_eq!(found["digest"], scored(whole)["digest"], "{line}");
        let names: Vec<&str> = line.split(' ').collect();
        let text = format!(
            "TH038 {} holds {first}, {} holds {other}; all scores are read as {widest}",
            names[0], names[1]
        );
        assert!(notices(&found).contains(&text), "{line}: {:?}", notices(&found));
    }
}

#[test]
fn text_beside_single_precision_is_read_as_double_unless_it_is_said_to_be_less() {
    let folder = Folder::new();
    folder.file("0.csv", "y,s\n0,0.1\n1,0.7\n");
    let arrays = [("y", npy(&[0i64, 1])), ("s", npy(&[0.25f32, 0.9]))];
    folder.file("1.npz", npz(&arrays, CompressionMethod::Stored, false));
    let widened = f64::from(0.9f32);
    folder.file("whole.csv", format!("y,s\n0,0.1\n1,0.7\n0,0.25\n1,{widened:?}\n"));
    folder.file("single.csv", "y,s\n0,0.1\n1,0.7\n0,0.25\n1,0.9\n");
    let scored = |line: &str| report(&folder, &format!("{line} --labels y --scores s"));
    let found = scored("0.csv 1.npz");
    assert_eq!(found["digest"], scored("whole.csv")["digest"]);
    assert_eq!(
        notices(&found),
        ["TH038 0.csv holds text, 1.npz holds int64, float32; all scores are read as f64"]
    );
    let found = scored("0.csv 1.npz --score-type f32");
    assert_eq!(found["digest"], scored("single.csv --score-type f32")["digest"]);
    assert_eq!(notices(&found), [""; 0]);
}

#[cfg(feature = "parquet")]
#[test]
fn shards_of_pandas_and_pyarrow_of_other_types_are_one_set() {
    let folder = Folder::new();
    fs::create_dir(folder.path("set")).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for shard in 0..5 {
        let name = format!("shard_{shard}.parquet");
        fs::copy(fixtures.join(&name), folder.path("set").join(&name)).unwrap();
    }
    let rows = "0,0.25\n1,0.75\n1,0.5\n1,0.25\n0,0.75\n0,0.25\n1,0.75\n1,0.25\n1,0.75\n";
    folder.file("whole.csv", format!("label,score\n{rows}"));
    let found = report(&folder, "set --labels label --scores score");
    let whole = report(&folder, "whole.csv --labels label --scores score");
    assert_eq!(found["digest"], whole["digest"]);
    assert_eq!(
        notices(&found),
        [
            "TH031 set/shard_4.parquet has no rows; it was passed over",
            "TH038 set/shard_0.parquet holds int64, float64, set/shard_1.parquet holds int32, \
             float32; all scores are read as f64",
        ]
    );
    let labels = report(&folder, "set --labels label --predictions label");
    assert_eq!(rows_and_accuracy(&labels), (9, 1.0));
    let only = refusal(&folder, "set/shard_4.parquet --labels label --scores score");
    assert_eq!(only, "tallyho: set/shard_4.parquet: is empty: no rows");
    // A parquet file of no bytes is one without rows, as a CSV file is.
    folder.file("set/shard_5.parquet", "");
    let found = report(&folder, "set --labels label --scores score");
    assert_eq!(rows_and_accuracy(&found).0, 9);
    assert_eq!(
        notices(&found)[0],
        "TH031 2 files have no rows and were passed over: set/shard_4.parquet, set/shard_5.parquet"
    );
    let only = refusal(&folder, "set/shard_5.parquet --labels label --scores score");
    assert_eq!(only, "tallyho: set/shard_5.parquet: is empty: 0 bytes");
}

/// What is sound in a file of its own is sound beside files of wider types.
#[test]
fn scores_beside_wider_ones_are_clipped_and_summed_as_they_are_stored() {
    use half::f16;

    let folder = Folder::new();
    let shard = |name: &str, scores: Vec<u8>| {
        let arrays = [("y", npy(&[0i64, 1])), ("s", scores)];
        folder.file(name, npz(&arrays, CompressionMethod::Stored, false));
    };
    // Nearest to the ends in their types, and beyond them in double precision.
    let (single, half) = (1.001_f32, f16::from_f32(-0.001));
    assert!(f64::from(single) > 1.001 && half.to_f64() < -0.001);
    shard("one_f64.npz", npy(&[0.25, 0.75]));
    shard("one_f32.npz", npy(&[-0.001_f32, single]));
    shard("one_f16.npz", npy(&[half, f16::from_f32(0.875)]));
    shard("f64.npz", npy_matrix(&[0.123456789, 0.876543211, 0.5, 0.5], 2));
    shard("hair.npz", npy_matrix(&[single, 0.0, 0.25, 0.75], 2));
    shard("f32.npz", npy_matrix(&[0.5_f32, 0.5, 0.13, 0.86], 2));
    shard("f16.npz", npy_matrix(&[0.5, 0.5, 0.3, 0.69].map(f16::from_f32), 2));
    let line = |files: &str| format!("{files} --labels y --scores s --scores-are probabilities");
    let (clipped, rounded) = ("TH205", "TH208 the probabilities have 2 decimals");
    for (files, alone, said) in [
        ("one_f64.npz one_f32.npz", "one_f32.npz", clipped),
        ("one_f32.npz one_f64.npz one_f16.npz", "one_f16.npz", clipped),
        ("f64.npz hair.npz", "hair.npz", clipped),
        ("f64.npz f32.npz", "f32.npz", rounded),
        ("f16.npz f64.npz f32.npz", "f16.npz", rounded),
    ] {
        assert_eq!(rows_and_accuracy(&report(&folder, &line(alone))).0, 2, "{alone}");
        let found = report(&folder, &line(files));
        let rows = 2 * files.split(' ').count() as u64;
        assert_eq!(rows_and_accuracy(&found).0, rows, "{files}");
        let told = notices(&found);
        assert!(told.iter().any(|it| it.starts_with(said)), "{told:?}");
        // Without a word about what they are, and in both passes.
        let guessed = report(&folder, &format!("{files} --labels y --scores s"));
        assert_eq!(guessed["digest"], found["digest"], "{files}");
        let ordered = report(&folder, &format!("{} --auc exact", line(files)));
        assert_eq!(rows_and_accuracy(&ordered).0, rows, "{files}");
    }
    // What is too much alone is too much beside others.
    shard("more.npz", npy(&[0.25_f32, 1.002]));
    let said = refusal(&folder, &line("one_f64.npz more.npz"));
    assert!(said.contains("more.npz: row 1: score 0 is 1.00"), "{said}");
}

#[test]
fn a_fault_is_told_by_the_name_that_its_own_file_has_for_the_column() {
    let folder = folder_of(&[
        ("a.csv", "y,p_0,p_1\n0,0.75,0.25\n"),
        ("b.csv", "prob_1,y,prob_0\n0.25,0,0.75\n0.25,0,1.75\n"),
        ("c.csv", "y,s\n0,0.25\n1,0.75\n"),
        ("d.csv", "y,sc\n0,0.25\n1,3\n"),
    ]);
    let fault = "b.csv: row 1: score column 'prob_0' is 1.75, but";
    for line in ["a.csv b.csv", "b.csv a.csv"] {
        let line = format!("{line} --labels y --scores 'p*' --scores-are probabilities");
        let said = refusal(&folder, &line);
        assert!(said.contains(fault), "{said}");
        let skipped = report(&folder, &format!("{line} --on-invalid skip"));
        assert!(notices(&skipped).iter().any(|it| it.contains("score column 'prob_0' is 1.75")));
    }
    let line = "c.csv d.csv --labels y --scores 's*' --scores-are probabilities";
    let said = refusal(&folder, line);
    assert!(said.contains("d.csv: row 1: score column 'sc' is 3, but"), "{said}");
}
