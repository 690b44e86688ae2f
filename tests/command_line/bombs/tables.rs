//! Files of Parquet, written by hand so that any number in them may lie.

mod thrift;

use std::time::Duration;

use self::thrift::{Struct, varint};
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

/// Codes of `parquet.thrift` of the format.
mod code {
    pub(super) const I32: i64 = 1;
    pub(super) const I64: i64 = 2;
    pub(super) const F32: i64 = 4;
    pub(super) const BYTES: i64 = 6;
    pub(super) const FIXED: i64 = 7;
    pub(super) const PLAIN: i64 = 0;
    pub(super) const RLE: i64 = 3;
    pub(super) const DICTIONARY: i64 = 8;
    pub(super) const UTF8: i64 = 0;
    pub(super) const LIST: i64 = 3;
}

/// Says numbers as they are, or, one in as many, too large or small ones.
struct Liar<'a> {
    rng: &'a mut Rng,
    one_in: u32,
}

impl Liar<'_> {
    fn say(&mut self, honest: usize) -> i64 {
        let honest = i64::try_from(honest).unwrap();
        if self.one_in == 0 || self.rng.below(self.one_in) > 0 {
            return honest;
        }
        let large = huge(self.rng) as i64;
        let int = i64::from(i32::MAX);
        pick(self.rng, &[large, int, int - 7, 1 << 30, honest + 1, -1, 0, honest * 1_000])
    }
}

/// A column of one chunk.
struct Column {
    name: String,
    physical: i64,
    codec: i64,
    /// 0 for values that must be there, 1 for those that need not, 2 for lists.
    repetition: i64,
    dictionary: Option<Page>,
    dictionary_values: usize,
    page: Page,
    values: usize,
}

/// A page as it is in the file, and what it should become.
#[derive(Clone, Default)]
struct Page {
    bytes: Vec<u8>,
    plain: usize,
    encoding: i64,
    is_v2: bool,
    has_checksum: bool,
    /// A field of its header that nobody knows: its type and its value.
    unknown: Option<(u8, Vec<u8>)>,
}

impl Page {
    fn plain(bytes: Vec<u8>) -> Self {
        Self { plain: bytes.len(), bytes, ..Self::default() }
    }

    fn header(&self, values: usize, is_dictionary: bool, liar: &mut Liar<'_>) -> Vec<u8> {
        let mut own = Struct::default();
        own.int(1, liar.say(values));
        let (kind, at) = match (is_dictionary, self.is_v2) {
            (true, _) => {
                own.int(2, code::PLAIN);
                (2, 7)
            }
            (false, false) => {
                own.int(2, self.encoding).int(3, code::RLE).int(4, code::RLE);
                (0, 5)
            }
            (false, true) => {
                own.int(2, liar.say(0)).int(3, liar.say(values)).int(4, self.encoding);
                own.int(5, liar.say(0)).int(6, liar.say(0));
                (3, 8)
            }
        };
        let mut header = Struct::default();
        header.int(1, kind).int(2, liar.say(self.plain)).int(3, liar.say(self.bytes.len()));
        if self.has_checksum {
            let checksum = crc32fast::hash(&self.bytes).cast_signed();
            header.int(4, checksum.into());
        }
        header.put(at, &own);
        if let Some((kind, value)) = &self.unknown {
            header.raw(10, *kind, value);
        }
        header.end()
    }
}

/// Numbers of 4 rows as they are stored.
fn required(name: &str, physical: i64) -> Column {
    let bytes = match physical {
        code::I32 | code::F32 => {
            [0, 1, 0, 1].iter().flat_map(|it: &i32| it.to_le_bytes()).collect()
        }
        code::BYTES => [1, 0, 0, 0, b'a'].repeat(4),
        code::FIXED => vec![0; 64],
        _ => [0, 1, 0, 1].iter().flat_map(|it: &i64| it.to_le_bytes()).collect(),
    };
    let page = Page::plain(bytes);
    Column {
        name: name.into(),
        physical,
        codec: 0,
        repetition: 0,
        dictionary: None,
        dictionary_values: 1,
        page,
        values: 4,
    }
}

fn element(name: &str, children: Option<i64>) -> Struct {
    let mut element = Struct::default();
    element.text(4, name);
    if let Some(children) = children {
        element.int(5, children);
    }
    element
}

/// What the footer says of a chunk at some place, which is appended.
fn chunk(file: &mut Vec<u8>, column: &Column, liar: &mut Liar<'_>) -> Struct {
    let start = file.len();
    if let Some(dictionary) = &column.dictionary {
        file.extend(dictionary.header(column.dictionary_values, true, liar));
        file.extend(&dictionary.bytes);
    }
    let data = file.len();
    file.extend(column.page.header(column.values, false, liar));
    file.extend(&column.page.bytes);
    let mut own = Struct::default();
    own.int(1, column.physical).ints(2, &[code::PLAIN, code::RLE, column.page.encoding]);
    match column.repetition {
        2 => own.texts(3, &[&column.name, "list", "element"]),
        _ => own.texts(3, &[&column.name]),
    };
    own.int(4, column.codec).int(5, liar.say(column.values));
    own.int(6, liar.say(file.len() - start)).int(7, liar.say(file.len() - start));
    own.int(9, liar.say(data));
    if column.dictionary.is_some() {
        own.int(11, liar.say(start));
    }
    let mut chunk = Struct::default();
    chunk.int(2, liar.say(0)).put(3, &own);
    chunk
}

fn leaf(column: &Column, liar: &mut Liar<'_>) -> Struct {
    let mut leaf = Struct::default();
    leaf.int(1, column.physical);
    if column.physical == code::FIXED {
        leaf.int(2, liar.say(16));
    }
    leaf.int(3, column.repetition).text(4, &column.name);
    if column.physical == code::BYTES {
        leaf.int(6, code::UTF8);
    }
    leaf
}

/// A column in the schema, with what is around the values of a list.
fn tree(column: &Column, liar: &mut Liar<'_>) -> Vec<Struct> {
    if column.repetition < 2 {
        return vec![leaf(column, liar)];
    }
    let around = |name: &str, repetition: i64, is_list: bool| {
        let mut group = Struct::default();
        group.int(3, repetition).text(4, name).int(5, 1);
        if is_list {
            group.int(6, code::LIST);
        }
        group
    };
    let own = Column { name: "element".into(), repetition: 0, ..clone(column) };
    vec![around(&column.name, 0, true), around("list", 2, false), leaf(&own, liar)]
}

/// A file of columns in one row group.
fn table(columns: &[Column], rows: usize, liar: &mut Liar<'_>) -> Vec<u8> {
    table_with(columns, rows, liar, None)
}

/// The same, with a field in the footer that nobody knows: its type and its value.
fn table_with(
    columns: &[Column],
    rows: usize,
    liar: &mut Liar<'_>,
    unknown: Option<&(u8, Vec<u8>)>,
) -> Vec<u8> {
    let mut file = b"PAR1".to_vec();
    let chunks: Vec<Struct> = columns.iter().map(|it| chunk(&mut file, it, liar)).collect();
    let mut group = Struct::default();
    group.structs(1, &chunks).int(2, liar.say(file.len())).int(3, liar.say(rows));
    let root = element("t", Some(liar.say(columns.len())));
    let columns = columns.iter().flat_map(|column| tree(column, liar));
    let schema: Vec<Struct> = [root].into_iter().chain(columns).collect();
    let mut footer = Struct::default();
    footer.int(1, 1).structs(2, &schema).int(3, liar.say(rows)).structs(4, &[group]);
    if let Some((kind, value)) = unknown {
        footer.raw(12, *kind, value);
    }
    finish(file, footer.end())
}

fn finish(mut file: Vec<u8>, footer: Vec<u8>) -> Vec<u8> {
    file.extend(&footer);
    file.extend(u32::try_from(footer.len()).unwrap().to_le_bytes());
    file.extend(b"PAR1");
    file
}

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
        Column { name: "y".into(), ..clone(&column) }
    };
    let one_in = pick(rng, &[0, 0, 20]);
    folder.file("x.parquet", table(&[label, column], rows, &mut Liar { rng, one_in }));
    line(rng)
}

fn clone(column: &Column) -> Column {
    Column {
        name: column.name.clone(),
        dictionary: column.dictionary.clone(),
        page: column.page.clone(),
        ..*column
    }
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
        let columns = [clone(&labels), clone(&column)];
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
    let folder = super::sound();
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
        let columns = [clone(&labels), clone(&before), clone(&column)];
        let mut file = b"PAR1".to_vec();
        columns.iter().for_each(|it| drop(chunk(&mut file, it, &mut liar)));
        let missing = end - (file.len() - column.page.bytes.len());
        before.page = Page { has_checksum: true, ..Page::plain(texts(16_000 + missing)) };
        folder.file("x.parquet", table(&[clone(&labels), before, clone(&column)], 4, &mut liar));
        let report = crate::command_line::tallyho(&folder, EVAL).expect(0).json();
        assert_eq!(report["metrics"]["accuracy"]["numerator"], 4, "{end} {report}");
    }
}

/// Writers put the least and the greatest text of a page into its header.
#[test]
fn a_page_header_may_be_long() {
    let folder = super::sound();
    let mut rng = Rng::new(1);
    let mut column = coded();
    for length in [400, 480, 512, 8_000, 100_000] {
        column.page.unknown = Some((8, [varint(length), vec![0x19; length as usize]].concat()));
        let mut liar = Liar { rng: &mut rng, one_in: 0 };
        let columns = [required("y", code::I64), clone(&column)];
        folder.file("x.parquet", table(&columns, 4, &mut liar));
        let report = crate::command_line::tallyho(&folder, EVAL).expect(0).json();
        assert_eq!(report["metrics"]["accuracy"]["numerator"], 4, "{length} {report}");
    }
}

/// Spark writes a checksum for the dictionary and none for data pages of version 2.
#[test]
fn the_dictionary_alone_may_have_a_checksum() {
    let folder = super::sound();
    let mut rng = Rng::new(1);
    let [labels, mut column] = [required("y", code::I64), coded()];
    column.page.is_v2 = true;
    let mut ended = |is_checked: bool, is_data_checked: bool| {
        let mut column = clone(&column);
        column.dictionary.as_mut().unwrap().has_checksum = is_checked;
        column.page.has_checksum = is_data_checked;
        let mut liar = Liar { rng: &mut rng, one_in: 0 };
        folder.file("x.parquet", table(&[clone(&labels), column], 4, &mut liar));
        crate::command_line::tallyho(&folder, EVAL)
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
    let folder = super::sound();
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
            let line = "eval x.parquet --labels y --predictions p --device cpu --json";
            let report = crate::command_line::tallyho(&folder, line).expect(0).json();
            assert_eq!(report["metrics"]["accuracy"]["numerator"], 4, "{codec} {report}");
        }
    }
}
