//! Sound files of Parquet of kinds that are rare: page headers of any length and place,
//! and checksums of some pages only.

use super::super::sound;
use super::EVAL;
use super::gzip;
use super::thrift::varint;
use super::writer::{Column, Liar, Page, chunk, code, required, table};
use crate::command_line::tallyho;
use crate::common::Rng;

/// A column of a dictionary and a data page, both with a checksum.
fn coded() -> Column {
    let mut column = required("p", code::I64);
    // The values 0 and 1, and one bit for each of 8 rows of which 4 are there.
    let values = [0, 1].iter().flat_map(|it: &i64| it.to_le_bytes()).collect();
    column.dictionary = Some(Page { has_checksum: true, ..Page::plain(values) });
    column.dictionary_values = 2;
    let data = Page::plain(vec![1, 3, 0b1010]);
    column.page = Page { encoding: code::DICTIONARY, has_checksum: true, ..data };
    column
}

/// A page header is read wherever it lies.
#[test]
fn a_page_header_may_lie_across_any_byte() {
    let folder = sound();
    let mut rng = Rng::new(1);
    let [mut labels, column] = [required("y", code::I64), coded()];
    labels.page.has_checksum = true;
    let header = column.page.header(4, false, &mut Liar { rng: &mut rng, one_in: 0 }).len();
    for end in (16 << 10) - 1..=(16 << 10) + header + 1 {
        let mut before = required("before", code::BYTES);
        // So many bytes that the header of the last column ends there.
        let texts = |length: usize| {
            let long = (length as u32).to_le_bytes();
            [&long[..], &vec![b'a'; length], &[1, 0, 0, 0, b'a'].repeat(3)].concat()
        };
        let mut liar = Liar { rng: &mut rng, one_in: 0 };
        before.page = Page { has_checksum: true, ..Page::plain(texts(16_000)) };
        let columns = [labels.clone(), before.clone(), column.clone()];
        let mut file = b"PAR1".to_vec();
        columns.iter().for_each(|it| drop(chunk(&mut file, it, &mut liar)));
        let missing = end - (file.len() - column.page.bytes.len());
        before.page = Page { has_checksum: true, ..Page::plain(texts(16_000 + missing)) };
        folder.file("x.parquet", table(&[labels.clone(), before, column.clone()], 4, &mut liar));
        let report = tallyho(&folder, EVAL).expect(0).json();
        assert_eq!(report["metrics"]["accuracy"]["numerator"], 4, "{end} {report}");
    }
}

/// Writers put the least and the greatest text of a page into its header.
#[test]
fn a_page_header_may_be_long() {
    let folder = sound();
    let mut rng = Rng::new(1);
    let mut column = coded();
    for length in [400, 480, 512, 8_000, 100_000] {
        column.page.unknown = Some((8, [varint(length), vec![0x19; length as usize]].concat()));
        let mut liar = Liar { rng: &mut rng, one_in: 0 };
        let columns = [required("y", code::I64), column.clone()];
        folder.file("x.parquet", table(&columns, 4, &mut liar));
        let report = tallyho(&folder, EVAL).expect(0).json();
        assert_eq!(report["metrics"]["accuracy"]["numerator"], 4, "{length} {report}");
    }
}

/// Spark writes a checksum for the dictionary and none for data pages of version 2.
#[test]
fn the_dictionary_alone_may_have_a_checksum() {
    let folder = sound();
    let mut rng = Rng::new(1);
    let [labels, mut column] = [required("y", code::I64), coded()];
    column.page.is_v2 = true;
    let mut ended = |is_checked: bool, is_data_checked: bool| {
        let mut column = column.clone();
        column.dictionary.as_mut().unwrap().has_checksum = is_checked;
        column.page.has_checksum = is_data_checked;
        let mut liar = Liar { rng: &mut rng, one_in: 0 };
        folder.file("x.parquet", table(&[labels.clone(), column], 4, &mut liar));
        tallyho(&folder, EVAL)
    };
    for (is_checked, is_data_checked) in [(true, false), (true, true), (false, false)] {
        let report = ended(is_checked, is_data_checked).expect(0).json();
        assert_eq!(report["metrics"]["accuracy"]["numerator"], 4, "{is_checked} {report}");
    }
    let refused = ended(false, true).expect(2);
    assert!(refused.stderr.contains("only some have a checksum"), "{}", refused.stderr);
}

/// What is written without a lie is read.
#[cfg(feature = "history")]
#[test]
fn a_table_that_does_not_lie_is_read() {
    let folder = sound();
    let mut rng = Rng::new(1);
    for codec in [0, 1, 2, 6, 7] {
        for is_v2 in [false, true] {
            let mut columns = [required("y", code::I64), required("p", code::I32)];
            columns.iter_mut().for_each(|column| column.page.is_v2 = is_v2);
            columns[1].codec = codec;
            let plain = columns[1].page.bytes.clone();
            columns[1].page.bytes = match codec {
                // A literal of 16 bytes.
                1 => [&[16, 60][..], &plain].concat(),
                2 => gzip(&plain, 0),
                6 => zstd::bulk::compress(&plain, 1).unwrap(),
                7 => [&[0xf0, 1][..], &plain].concat(),
                _ => plain,
            };
            folder.file("x.parquet", table(&columns, 4, &mut Liar { rng: &mut rng, one_in: 0 }));
            let report = tallyho(&folder, EVAL).expect(0).json();
            assert_eq!(report["metrics"]["accuracy"]["numerator"], 4, "{codec} {report}");
        }
    }
}
