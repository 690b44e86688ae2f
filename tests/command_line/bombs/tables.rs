//! Files of Parquet, written by hand so that any number in them may lie.

mod sound;
mod thrift;
mod writer;

use std::time::Duration;

use self::thrift::{Struct, varint};
use self::writer::{
    Column, Liar, Page, chunk, code, element, finish, leaf, required, table, table_with,
};
use super::archive::{deflated, zstd_of_zeros};
use super::{Bomb, flip, huge, pick, sparse};
use crate::common::Rng;
use crate::common::files::Folder;

pub(super) const KINDS: &[(&str, Bomb)] = &[
    ("parquet whose numbers lie", lying),
    ("parquet of pages that grow", growing),
    ("parquet of runs of billions", runs),
    ("parquet of deltas that lie", deltas),
    ("parquet of lists of billions", lists),
    ("parquet with a schema without end", schema),
    ("parquet of many columns or row groups", many),
    ("parquet with a forged footer", footer),
    ("parquet with fields that nobody knows", unknown),
];

fn line(rng: &mut Rng) -> String {
    let content = pick(rng, &["--predictions p", "--predictions p", "--scores p"]);
    let more = pick(rng, &["", " --threads 8", " --batch-rows 1000000", " --batch-rows 1"]);
    match rng.below(6) {
        0 => "eval x.parquet".into(),
        1 => format!("inspect x.parquet --labels y {content}"),
        2 => format!("eval --labels x.parquet:y {content} --device cpu")
            .replace(" p", " x.parquet:p"),
        _ => format!("eval x.parquet --labels y {content} --device cpu{more}"),
    }
}

const TYPES: [i64; 8] =
    [code::I64, code::I64, code::I32, code::F32, code::F32, code::BYTES, code::BYTES, code::FIXED];

fn lying(folder: &Folder, rng: &mut Rng) -> String {
    let mut columns = vec![required("y", code::I64), required("p", pick(rng, &TYPES))];
    for column in &mut columns {
        column.codec = pick(rng, &[0, 0, 1, 2, 3, 4, 5, 6, 7]);
        column.page.is_v2 = flip(rng);
        if flip(rng) {
            column.dictionary = Some(column.page.clone());
            column.page =
                Page { encoding: code::DICTIONARY, is_v2: flip(rng), ..Page::plain(vec![1, 8, 0]) };
        }
    }
    let one_in = pick(rng, &[4, 10, 20]);
    let bytes = table(&columns, 4, &mut Liar { rng, one_in });
    match rng.below(4) {
        // The claims might be true of the file, then.
        0 => {
            let mut file = std::io::Cursor::new(bytes);
            let end = file.get_ref().len() as u64;
            let footer = file.get_mut().split_off(usize::try_from(end).unwrap() - 8);
            let start = end - 8 - u64::from(u32::from_le_bytes(footer[..4].try_into().unwrap()));
            let (pages, own) = file.get_ref().split_at(usize::try_from(start).unwrap());
            sparse(folder, "x.parquet", pages, 3 << 30);
            let mut file =
                std::fs::File::options().append(true).open(folder.path("x.parquet")).unwrap();
            std::io::Write::write_all(&mut file, &[own, &footer].concat()).unwrap();
        }
        _ => drop(folder.file("x.parquet", bytes)),
    }
    line(rng)
}

/// Some beginning, and as many times 16 MiB of zeros, in a file of gzip without a
/// checksum that would be right.
fn gzip(head: &[u8], blocks: u64) -> Vec<u8> {
    let deflated = deflated(head, blocks);
    let checksum = crc32fast::hash(head).to_le_bytes();
    let length = (head.len() as u32).to_le_bytes();
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &deflated, &checksum, &length].concat()
}

/// Zeros as each codec packs them, and about how many.
fn packed(rng: &mut Rng) -> (i64, Vec<u8>, usize) {
    let mib = pick(rng, &[16, 256, 2_040]);
    let plain = mib << 20;
    match rng.below(4) {
        0 => {
            // A literal zero, and copies of 64 bytes from one byte before.
            let mut bytes = varint(plain as u64);
            bytes.extend([0, 0]);
            bytes.extend([0xfe, 1, 0].repeat((plain - 1) / 64));
            (1, bytes, plain)
        }
        1 => {
            let blocks = mib as u64 / 16;
            (2, gzip(&[], blocks), plain)
        }
        2 => (6, zstd_of_zeros(mib as u32 * 8), plain),
        _ => {
            // A literal zero, and a match of 255 bytes each from one byte before.
            let mut bytes = vec![0x1f, 0, 1, 0];
            bytes.extend([0xff].repeat(plain / 255));
            bytes.extend([0, 0x50, 0, 0, 0, 0, 0]);
            (7, bytes, plain)
        }
    }
}

fn growing(folder: &Folder, rng: &mut Rng) -> String {
    let mut column = required("p", pick(rng, &TYPES));
    let (codec, bytes, plain) = packed(rng);
    let said = pick(rng, &[plain, plain, 16, 1 << 20, i32::MAX as usize]);
    let page = Page { bytes, plain: said, is_v2: flip(rng), ..Page::default() };
    column.codec = codec;
    match flip(rng) {
        true => column.page = page,
        false => {
            column.dictionary = Some(page);
            column.page = Page { encoding: code::DICTIONARY, ..Page::plain(vec![1, 8, 0]) };
        }
    }
    let bytes = table(&[required("y", code::I64), column], 4, &mut Liar { rng, one_in: 0 });
    folder.file("x.parquet", bytes);
    line(rng)
}

/// A run of one value, as often as is said.
fn run(length: u64, width: u8) -> Vec<u8> {
    let mut run = varint(length << 1);
    run.extend(vec![0; usize::from(width.div_ceil(8))]);
    run
}

/// The same of levels, all of them 1, with their length before them.
fn levels(length: u64, said: Option<u32>) -> Vec<u8> {
    let mut run = varint(length << 1);
    run.push(1);
    let said = said.unwrap_or(run.len() as u32);
    [&said.to_le_bytes()[..], &run].concat()
}

fn runs(folder: &Folder, rng: &mut Rng) -> String {
    let values = pick(rng, &[4, 1_000_000, 1 << 31, (1 << 31) - 1, 1 << 40]);
    let width = pick(rng, &[0, 1, 8, 32, 33, 255]);
    let mut data = vec![width];
    data.extend(match rng.below(3) {
        0 => run(huge(rng), width),
        1 => run(values, width),
        // Groups of 8 values in as many bits.
        _ => varint(huge(rng) | 1),
    });
    let mut column = required("p", pick(rng, &TYPES));
    column.repetition = i64::from(flip(rng));
    if column.repetition == 1 {
        let length = if flip(rng) { values } else { huge(rng) };
        let said = pick(rng, &[None, None, Some(u32::MAX), Some(1 << 30)]);
        data = [levels(length, said), data].concat();
    }
    column.dictionary = Some(std::mem::take(&mut column.page));
    column.page = Page { encoding: code::DICTIONARY, ..Page::plain(data) };
    column.values = usize::try_from(values).unwrap();
    let rows = column.values;
    let label = if flip(rng) {
        required("y", code::I64)
    } else {
        Column { name: "y".into(), ..column.clone() }
    };
    let one_in = pick(rng, &[0, 0, 20]);
    folder.file("x.parquet", table(&[label, column], rows, &mut Liar { rng, one_in }));
    line(rng)
}

fn deltas(folder: &Folder, rng: &mut Rng) -> String {
    let encoding = pick(rng, &[5, 6, 7, 9, 4, 3, 2]);
    let number = |rng: &mut Rng| pick(rng, &[128, 4, 1, 0, 1 << 31, u64::MAX, 1 << 20]);
    // Values of a block, blocks in it, values in all, the first of them, the least step.
    let mut data: Vec<u8> = (0..5).flat_map(|_| varint(number(rng))).collect();
    data.extend([pick(rng, &[0, 32, 64, 255]); 4]);
    let rest = pick(rng, &[0, 100, 100_000]);
    let width = pick(rng, &[0, 0x7f, 0xff]);
    data.extend(vec![width; rest]);
    let mut column = required("p", pick(rng, &TYPES));
    column.page = Page { encoding, ..Page::plain(data) };
    column.values = pick(rng, &[4, 1_000_000, 1 << 31]);
    let rows = column.values;
    let mut label = required("y", code::I64);
    label.values = rows;
    folder.file("x.parquet", table(&[label, column], rows, &mut Liar { rng, one_in: 0 }));
    line(rng)
}

fn lists(folder: &Folder, rng: &mut Rng) -> String {
    let values = pick(rng, &[4, 100_000_000, (1 << 31) - 1, 1 << 40]);
    // One list of all of them, by a run of their repetition after the first.
    let mut repeats = varint(1 << 1);
    repeats.push(0);
    repeats.extend(varint(values << 1));
    repeats.push(1);
    let repeats = [&(repeats.len() as u32).to_le_bytes()[..], &repeats].concat();
    let mut data = [repeats, levels(values, None), vec![1]].concat();
    data.extend(run(values, 1));
    let mut column = required("p", code::F32);
    column.repetition = 2;
    column.dictionary = Some(std::mem::take(&mut column.page));
    column.page = Page { encoding: code::DICTIONARY, ..Page::plain(data) };
    column.values = usize::try_from(values).unwrap();
    let one_in = pick(rng, &[0, 0, 20]);
    let bytes = table(&[required("y", code::I64), column], 4, &mut Liar { rng, one_in });
    folder.file("x.parquet", bytes);
    "eval x.parquet --labels y --scores p --device cpu".to_owned()
        + pick(rng, &["", " --threads 4"])
}

fn schema(folder: &Folder, rng: &mut Rng) -> String {
    let deep = pick(rng, &[10, 1_000, 30_000, 1_000_000]);
    let children = pick(rng, &[1, 1, 2, i64::from(i32::MAX), -1]);
    let name = pick(rng, &["y", "a"]);
    let mut elements = vec![element("t", Some(children))];
    elements.extend((0..deep).map(|_| element(name, Some(children))));
    elements.push(leaf(&required("y", code::I64), &mut Liar { rng, one_in: 0 }));
    let mut footer = Struct::default();
    footer.int(1, 1).structs(2, &elements).int(3, 4).structs(4, &[]);
    folder.file("x.parquet", finish(b"PAR1".to_vec(), footer.end()));
    line(rng)
}

fn many(folder: &Folder, rng: &mut Rng) -> String {
    let (columns, groups) =
        pick(rng, &[(10_000, 1), (100_000, 1), (2, 100_000), (2, 1_000_000), (1_000, 1_000)]);
    let mut liar = Liar { rng, one_in: 0 };
    let mut file = b"PAR1".to_vec();
    let names = (0..columns - 1).map(|at| required(&format!("p{at}"), code::F32));
    let all: Vec<Column> = [required("y", code::I64)].into_iter().chain(names).collect();
    let chunks: Vec<Struct> = all.iter().map(|it| chunk(&mut file, it, &mut liar)).collect();
    let mut group = Struct::default();
    group.structs(1, &chunks).int(2, 100).int(3, 4);
    let groups = vec![group; groups];
    let root = element("t", Some(all.len() as i64));
    let leaves = all.iter().map(|column| leaf(column, &mut liar));
    let schema: Vec<Struct> = [root].into_iter().chain(leaves).collect();
    let mut footer = Struct::default();
    footer.int(1, 1).structs(2, &schema).int(3, 4 * groups.len() as i64).structs(4, &groups);
    folder.file("x.parquet", finish(file, footer.end()));
    match rng.below(3) {
        0 => "eval x.parquet".into(),
        1 => "inspect x.parquet --labels y --scores 'p*'".into(),
        _ => "eval x.parquet --labels y --scores 'p*' --device cpu -q -o o.json".into(),
    }
}

fn footer(folder: &Folder, rng: &mut Rng) -> String {
    let zeros = pick(rng, &[0, 100, 600 << 20, 3 << 30]);
    // A list, a text or a map that says to be long, or nests of them.
    let claim = match rng.below(6) {
        0 => [&[0x19, 0xfc][..], &varint(pick(rng, &[1 << 20, 1 << 27, (1 << 31) - 1, 1 << 31]))]
            .concat(),
        1 => [&[0x15, 2, 0x19, 0xf8][..], &varint(pick(rng, &[1 << 27, (1 << 31) - 1]))].concat(),
        2 => [&[0x48][..], &varint(huge(rng))].concat(),
        3 => [0x1c].repeat(1_000_000),
        4 => [0x19, 0x19].repeat(1_000_000),
        _ => [&[0x1b][..], &varint(huge(rng)), &[0xcc]].concat(),
    };
    let said = pick(rng, &[claim.len() as u64, zeros.min(1 << 31), u64::from(u32::MAX), 1 << 30]);
    sparse(folder, "x.parquet", &[b"PAR1", &claim[..]].concat(), zeros);
    let tail = [&claim[..], &(said as u32).to_le_bytes(), b"PAR1"].concat();
    let mut file = std::fs::File::options().append(true).open(folder.path("x.parquet")).unwrap();
    std::io::Write::write_all(&mut file, &tail).unwrap();
    line(rng)
}

/// Twenty lists of some type, each of as many elements as can be said.
fn endless(kind: u8) -> Vec<u8> {
    let list = [&[0x19, 0xf0 | kind][..], &varint((1 << 31) - 1)].concat();
    [list.repeat(20), vec![0]].concat()
}

/// What is in a field that nobody knows, by its type: lists of elements that take no
/// bytes, maps of them, and the same far within other structures.
fn claims() -> Vec<(u8, Vec<u8>)> {
    let map = [&[0x1b][..], &varint((1 << 31) - 1), &[0x11]].concat();
    let within = |depth: usize| [vec![0x1c; depth], endless(1), vec![0; depth]].concat();
    vec![
        (12, endless(1)),
        (12, endless(2)),
        (12, endless(7)),
        (12, [map.repeat(20), vec![0]].concat()),
        (12, within(20)),
        (12, within(35)),
        (12, within(60)),
        // A short list, after which one is out of step who takes bytes for its elements.
        (12, [&[0x19, 0x21][..], &endless(1)].concat()),
        (9, [&[0xf1][..], &varint((1 << 31) - 1)].concat()),
    ]
}

fn unknown(folder: &Folder, rng: &mut Rng) -> String {
    let claims = claims();
    let claim = &claims[usize::try_from(rng.below(claims.len() as u32)).unwrap()];
    let mut column = required("p", code::I64);
    let is_in_page = flip(rng);
    column.page.unknown = is_in_page.then(|| claim.clone());
    let one_in = pick(rng, &[0, 20]);
    let bytes = table_with(
        &[required("y", code::I64), column],
        4,
        &mut Liar { rng, one_in },
        Some(claim).filter(|_| !is_in_page),
    );
    folder.file("x.parquet", bytes);
    line(rng)
}

const EVAL: &str = "eval x.parquet --labels y --predictions p --device cpu --json";

#[test]
fn lists_that_only_say_to_be_long_are_refused_at_once() {
    let folder = super::sound();
    let mut rng = Rng::new(1);
    let refused = |bytes: Vec<u8>, claim: &str| {
        folder.file("x.parquet", bytes);
        let args = super::words(EVAL);
        let patience = Duration::from_secs(20);
        let ended = super::confined(&folder, env!("CARGO_BIN_EXE_tallyho"), &args, patience);
        assert_eq!(super::judge(&ended), Ok(2), "{claim}");
        assert!(ended.stderr.contains("is not sound parquet"), "{claim}: {}", ended.stderr);
    };
    for claim in claims() {
        let mut column = required("p", code::I64);
        let labels = required("y", code::I64);
        let columns = [labels.clone(), column.clone()];
        let mut liar = Liar { rng: &mut rng, one_in: 0 };
        refused(table_with(&columns, 4, &mut liar, Some(&claim)), &format!("footer {claim:?}"));
        column.page.unknown = Some(claim.clone());
        refused(table(&[labels, column], 4, &mut liar), &format!("page {claim:?}"));
    }
    // Bytes for a number, in which others see fields.
    let mut footer = Struct::default();
    let hidden = endless(1);
    footer.raw(1, 8, &[varint(hidden.len() as u64), hidden].concat());
    refused(finish(b"PAR1".to_vec(), footer.end()), "bytes for a number");
}
