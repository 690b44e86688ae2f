//! Archives of numpy that claim more than they hold, or hold more than they claim.

use flate2::{Compress, Compression, FlushCompress};

use super::{Bomb, flip, huge, pick};
use crate::common::Rng;
use crate::common::files::{Folder, npy, npy_header};

pub(super) const KINDS: &[(&str, Bomb)] = &[
    ("npz that inflates to gigabytes", inflating),
    ("npz with forged sizes", forged),
    ("npz of many members", many),
    ("npz with a forged directory", directory),
];

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// A file within an archive, as its headers say it is.
pub(super) struct Member {
    pub(super) name: String,
    method: u16,
    data: Vec<u8>,
    /// What is said of its size, and of that when inflated.
    sizes: [u64; 2],
}

/// The extra field of zip64 with both sizes.
fn zip64(sizes: [u64; 2]) -> Vec<u8> {
    let [packed, plain] = sizes;
    [&[1, 0, 16, 0][..], &plain.to_le_bytes(), &packed.to_le_bytes()].concat()
}

/// The part of a header that both of a member's have.
fn common(member: &Member) -> Vec<u8> {
    let mut bytes = vec![45, 0, 0, 0];
    bytes.extend(member.method.to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend([0xff; 8]);
    bytes.extend(u16::try_from(member.name.len()).unwrap().to_le_bytes());
    bytes.extend(20u16.to_le_bytes());
    bytes
}

/// An archive whose directory says that it is at some place, and of so many.
fn zip(members: &[Member], forge: impl Fn(u32) -> (u16, u32, u32)) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let start = u32::try_from(bytes.len()).unwrap();
        bytes.extend(b"PK\x03\x04");
        bytes.extend(common(member));
        bytes.extend(member.name.bytes());
        bytes.extend(zip64(member.sizes));
        bytes.extend(&member.data);
        directory.extend(b"PK\x01\x02\x2d\x00");
        directory.extend(common(member));
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(member.name.bytes());
        directory.extend(zip64(member.sizes));
    }
    let (count, size, start) = forge(u32::try_from(bytes.len()).unwrap());
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(); 2].concat());
    bytes.extend(size.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn honest(members: &[Member]) -> Vec<u8> {
    let count = u16::try_from(members.len()).unwrap_or(u16::MAX);
    zip(members, |start| (count, 0, start))
}

/// Some beginning, and as many times 16 MiB of zeros, deflated.
pub(super) fn deflated(head: &[u8], blocks: u64) -> Vec<u8> {
    let mut all = piece(head, FlushCompress::Full);
    let zeros =
        if blocks > 0 { piece(&vec![0; 16 << 20], FlushCompress::Full) } else { Vec::new() };
    (0..blocks).for_each(|_| all.extend(&zeros));
    all.extend(piece(&[], FlushCompress::Finish));
    all
}

fn piece(bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() / 100 + 1_000);
    Compress::new(Compression::best(), false).compress_vec(bytes, &mut packed, flush).unwrap();
    packed
}

fn line(rng: &mut Rng) -> String {
    let command = pick(rng, &["eval", "inspect"]);
    let roles = pick(
        rng,
        &[
            "--labels y.npy --scores x.npz",
            "--labels y.npy --scores x.npz:a",
            "x.npz --labels y --scores a",
            "x.npz --labels y --predictions a",
            "x.npz",
        ],
    );
    let of = if roles == "x.npz" { "eval" } else { command };
    format!("{of} {roles} --device cpu")
}

fn labels() -> Member {
    let data = npy(&[0i64, 1, 0, 1]);
    let size = data.len() as u64;
    Member { name: "y.npy".into(), method: STORED, data, sizes: [size; 2] }
}

fn inflating(folder: &Folder, rng: &mut Rng) -> String {
    // A GiB takes seconds to inflate in a build that is not optimised.
    let blocks = pick(rng, &[1, 4, 64, 256]);
    let plain = blocks << 24;
    let shape = match rng.below(4) {
        0 => vec![4, usize::try_from(plain / 16).unwrap()],
        1 => vec![4],
        2 => vec![4, 2],
        _ => vec![usize::try_from(plain / 4).unwrap() / 1_000_000, 1_000_000],
    };
    let head = npy_header(pick(rng, &["<f4", "<f8", "<U1000000"]), flip(rng), &shape, 1);
    let data = deflated(&head, blocks);
    let lie = huge(rng);
    let said = pick(rng, &[plain + head.len() as u64, 100, lie]);
    let sizes = [data.len() as u64, said];
    let member = Member { name: "a.npy".into(), method: DEFLATED, data, sizes };
    folder.file("x.npz", honest(&[labels(), member]));
    line(rng)
}

fn forged(folder: &Folder, rng: &mut Rng) -> String {
    let shape = match flip(rng) {
        true => vec![4, usize::try_from(huge(rng)).unwrap()],
        false => vec![usize::try_from(huge(rng)).unwrap()],
    };
    let head = npy_header(pick(rng, &["<f4", "<i8", "|u1"]), flip(rng), &shape, 1);
    let method = pick(rng, &[STORED, DEFLATED, 93]);
    let data = if method == DEFLATED { deflated(&head, 1) } else { head };
    let mut size = |real: u64| if flip(rng) { huge(rng) } else { real };
    let sizes = [size(data.len() as u64), size(1 << 24)];
    let member = Member { name: "a.npy".into(), method, data, sizes };
    folder.file("x.npz", honest(&[labels(), member]));
    line(rng)
}

fn many(folder: &Folder, rng: &mut Rng) -> String {
    let count = pick(rng, &[100, 5_000, 60_000]);
    let width = pick(rng, &[8, 1_000]);
    let member = |at: u32| {
        let data = if flip(rng) { npy(&[0i64, 1, 0, 1]) } else { Vec::new() };
        let size = data.len() as u64;
        let name = format!("{}{at:06}.npy", "a".repeat(width));
        Member { name, method: STORED, data, sizes: [size; 2] }
    };
    let members: Vec<Member> = (0..count.min(60_000_000 / width as u32)).map(member).collect();
    folder.file("x.npz", honest(&members));
    line(rng)
}

fn directory(folder: &Folder, rng: &mut Rng) -> String {
    let mut forged = |_| (rng.below(65_536) as u16, rng.next_u32(), rng.next_u32());
    let (count, size, start) = forged(());
    let keeps = rng.below(8);
    let keep = |bit: u32| keeps >> bit & 1 == 1;
    let bytes = zip(&[labels()], |real| {
        let count = if keep(0) { 1 } else { count };
        (count, if keep(1) { 0 } else { size }, if keep(2) { real } else { start })
    });
    folder.file("x.npz", bytes);
    line(rng)
}

/// As many times 128 KiB of zeros as a frame of zstd, in 4 bytes each.
///
/// Source: RFC 8878, section 3.1.1.
#[cfg(any(feature = "history", feature = "parquet"))]
pub(super) fn zstd_of_zeros(blocks: u32) -> Vec<u8> {
    // A window of 8 MiB, no size and no checksum.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3];
    for block in 1..=blocks {
        let header = (128 << 10) << 3 | 1 << 1 | u32::from(block == blocks);
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}
