//! State files: what is written comes back, and damage is refused.

mod forged;
mod kinds;
mod lies;
mod numbers;
mod options;

use std::path::Path;

use half::bf16;
use proptest::prelude::*;

use tallyho::batch::{Names, Scores};
use tallyho::class::{Classes, OUTSIDE};
use tallyho::engine::OnInvalid;
use tallyho::tally::{
    Aggregate, Auc, AverageOver, Bin, Calibration, ClassOptions, Classwise, Key, Matching, Ranks,
    RowSums, ScoreType, ScoresAre, Seal, Shards, Tallies, Tempered, Wide, decode, decode_sealed,
    digest, encode, encode_sealed, has_digest, order_digest,
};

use crate::common::Rng;
use crate::common::memory::{Memory, binary_plan, run, score_plan, tallies};

fn with_scores() -> Tallies {
    let mut rng = Rng::new(3);
    let labels = Names::I64((0..100).map(|_| i64::from(rng.below(4))).collect());
    let scores = Scores::F32((0..400).map(|_| rng.normal()).collect());
    let mut plan = score_plan(1, 4, ScoresAre::Logits, ScoreType::F32);
    plan.spec.asked = [Classwise::NAME, Tempered::NAME].into();
    plan.spec.top_k = vec![1, 2];
    plan.spec.betas = vec![2.0];
    plan.spec.metrics = vec!["accuracy".into(), "classwise_ece".into()];
    run(&Memory::scores(labels, scores, 4), &plan).unwrap().tallies
}

fn read(bytes: &[u8]) -> Result<Tallies, String> {
    decode(Path::new("x.tally"), bytes).map_err(|error| error.to_string())
}

#[test]
fn a_state_holds_all_of_the_tallies() {
    for tallies in [tallies(&[1, 2, 2], &[1, 2, 1]), with_scores()] {
        assert_eq!(read(&encode(&tallies)).unwrap(), tallies);
    }
}

/// Logits of every kind, and probabilities that bf16 rounds to a sum within 0.001.
#[test]
fn bf16_scores_come_to_what_the_same_f32_come_to() {
    let mut rng = Rng::new(41);
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.0, 9.2e-41, 3.3e38, -3.3e38];
    let logits = |rng: &mut Rng| match rng.below(60) {
        kind @ 0..8 => odd[kind as usize],
        _ => rng.normal(),
    };
    let logits: Vec<f32> = (0..4_000).map(|_| logits(&mut rng)).collect();
    let share = |rng: &mut Rng| (0..4).map(|_| rng.below(64)).collect::<Vec<_>>();
    let shares =
        (0..2_000).map(|_| share(&mut rng)).filter(|row| row[..3].iter().sum::<u32>() <= 64);
    let shares: Vec<f32> = shares
        .flat_map(|row| [row[0], row[1], row[2], 64 - row[..3].iter().sum::<u32>()])
        .map(|share| share as f32 / 64.0)
        .collect();
    for (values, are) in [(logits, ScoresAre::Logits), (shares, ScoresAre::Probabilities)] {
        let narrow: Vec<bf16> = values.iter().map(|&value| bf16::from_f32(value)).collect();
        let wide = Scores::F32(narrow.iter().map(|value| value.to_f32()).collect());
        let rows = values.len() / 4;
        let labels = Names::I64((0..rows).map(|_| i64::from(rng.below(4))).collect());
        let found = [(Scores::Bf16(narrow), ScoreType::Bf16), (wide, ScoreType::F32)].map(
            |(scores, of)| {
                let mut plan = score_plan(2, 4, are, of);
                plan.on_invalid = OnInvalid::Skip;
                plan.spec.auc = Auc::Exact;
                run(&Memory::scores(labels.clone(), scores, 4), &plan).unwrap().tallies
            },
        );
        assert!(found[0].rows.scored > 100);
        assert_eq!(found[0], found[1]);
        assert_eq!(digest(&found[0]), digest(&found[1]));
        assert_eq!(read(&encode(&found[0])).unwrap(), found[1]);
    }
}

#[test]
fn probabilities_that_bf16_rounds_are_still_probabilities() {
    // As bf16 they sum to 1.000244, 0.999512, 1.001953 and 1.005859.
    let rows = [[0.75, 0.2, 0.05], [0.7, 0.2, 0.1], [1.0 / 3.0; 3], [0.5, 0.25, 0.255]];
    let narrow: Vec<bf16> = rows.as_flattened().iter().map(|&it| bf16::from_f32(it)).collect();
    let wide = narrow.iter().map(|it| it.to_f32()).collect();
    let scored = |scores, of| {
        let mut plan = score_plan(1, 3, ScoresAre::Probabilities, of);
        plan.on_invalid = OnInvalid::Skip;
        let labels = Names::I64(vec![0; 4]);
        run(&Memory::scores(labels, scores, 3), &plan).unwrap().tallies.rows.scored
    };
    // The last one is beyond rounding.
    assert_eq!(scored(Scores::Bf16(narrow), ScoreType::Bf16), 3);
    assert_eq!(scored(Scores::F32(wide), ScoreType::F32), 2);
}

#[test]
fn every_cut_and_every_flipped_bit_is_refused() {
    let bytes = encode(&with_scores());
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "cut to {end} bytes");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(read(&damaged).is_err(), "bit flipped in byte {at}");
    }
}

#[test]
fn a_state_of_a_newer_format_is_named_as_such() {
    let mut bytes = encode(&with_scores());
    bytes[8] = 8;
    let message = read(&bytes).unwrap_err();
    assert_eq!(
        message,
        "x.tally: state format 8 is newer than this tallyho reads (2 to 7); upgrade tallyho"
    );
    bytes[8] = 1;
    let message = read(&bytes).unwrap_err();
    assert_eq!(
        message,
        "x.tally: state format 1 is older than this tallyho reads (2 to 7); \
         evaluate again and write a new one"
    );
    assert!(read(b"PK\x03\x04").unwrap_err().contains("not a tallyho state"));
}

/// Options about classes are a section of their own, in format 4; others stay in 3.
#[test]
fn options_about_classes_come_back_and_leave_the_digest_alone() {
    let plain = tallies(&[1, 2, 2, 3], &[1, 2, 1, 7]);
    let names = vec!["2".to_owned(), "3".to_owned()];
    let options = ClassOptions {
        matching: Some(Matching::Exact),
        outside_is_wrong: true,
        average_over: Some(AverageOver { names, all_but: true }),
    };
    let mut other = plain.clone();
    other.spec.class_options = options;
    assert_eq!(digest(&other), digest(&plain));
    let (bytes, plain_bytes) = (encode(&other), encode(&plain));
    assert_eq!([bytes[8], plain_bytes[8]], [4, 3]);
    assert_eq!(read(&bytes).unwrap(), other);
    assert_eq!(read(&plain_bytes).unwrap(), plain);
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "cut to {end} bytes");
    }
    // A class that is not there, and no class where such predictions do not count.
    let mut unknown = other.clone();
    unknown.spec.class_options.average_over.as_mut().unwrap().names.push("9".into());
    assert!(read(&encode(&unknown)).unwrap_err().contains("contradict"));
    let mut outside = plain;
    outside.classes = Classes::discovered(["1", "2", "3", OUTSIDE].map(str::to_owned).to_vec());
    assert!(read(&encode(&outside)).unwrap_err().contains("contradict"));
    outside.spec.class_options.outside_is_wrong = true;
    assert_eq!(read(&encode(&outside)).unwrap(), outside);
}

/// What tallyho wrote before format 3.
#[test]
fn a_state_of_format_2_is_read_and_merges() {
    let bytes = include_bytes!("fixtures/format_2.tally");
    assert_eq!(bytes[8], 2);
    let mut old = read(bytes).unwrap();
    let found = "b4ddfc26380d46c62939c7cafc53b88b6e13bbebaa7eaddce453f15b44e46161";
    assert!(has_digest(&old, found));
    assert_ne!(digest(&old), found);
    let again = read(&encode(&old)).unwrap();
    assert_eq!(again, old);
    old.merge(&again).unwrap();
    assert_eq!(old.rows.scored, 2 * again.rows.scored);
    let mut damaged = bytes.to_vec();
    damaged[8] = 3;
    assert!(read(&damaged).unwrap_err().contains("checksum"));
}

/// An exact order as it was written before its digest was kept, and one of another order.
#[test]
fn an_exact_order_without_its_digest_is_read_and_one_with_another_is_refused() {
    let labels = Names::I64(vec![0, 1, 1, 0]);
    let scores = Scores::F32(vec![0.1, 0.4, 0.8, 0.6]);
    let plan = binary_plan(1, ScoresAre::Probabilities, ScoreType::F32);
    let tallies = run(&Memory::scores(labels, scores, 1), &plan).unwrap().tallies;
    let bytes = encode(&tallies);
    assert_eq!((bytes[8], bytes.last()), (5, Some(&0)));
    let sealed = |format: u32, body: &[u8], tail: &[u8]| {
        let length = (body.len() as u64).to_le_bytes();
        let covered = [b"TALLYHO\n", &format.to_le_bytes()[..], &length, body].concat();
        [&covered[..], blake3::hash(&covered).as_bytes(), tail].concat()
    };
    let body = &bytes[20..bytes.len() - 33];
    let of_order = order_digest(&tallies, &digest(&tallies)).unwrap();
    let at = body.windows(64).position(|text| text == of_order.as_bytes()).unwrap();
    // Two lengths and a name before it, another name and the digest after it.
    let before = [&body[..at - 28], &body[at + 75..]].concat();
    assert_eq!(read(&sealed(3, &before, &[])).unwrap(), tallies);
    let mut other = body.to_vec();
    other[at..at + 64].copy_from_slice(digest(&tallies).as_bytes());
    assert!(read(&sealed(5, &other, &[0])).unwrap_err().contains("contradict"));
    assert_eq!(read(&sealed(5, body, &[0])).unwrap(), tallies);
    // Nor is anything else at the end.
    for tail in [&[][..], &[1], &[2], &[0, 0], &[1; 34]] {
        let message = read(&sealed(5, body, tail)).unwrap_err();
        assert!(message.contains("damaged: expected"), "{tail:?}: {message}");
    }
}

/// Names and a signature come back, and another key or another byte is found out.
#[test]
fn what_was_signed_is_told_from_everything_else() {
    let tallies = with_scores();
    let [key, other] = [b'a', b'b'].map(|byte| Key::from_bytes(&[byte; 32]));
    let seal = Seal { shards: Shards::named("one").unwrap(), key: Some(key.clone()) };
    let bytes = encode_sealed(&tallies, &seal);
    let open = |bytes: &[u8], key: &Key| decode_sealed(Path::new("x.tally"), bytes, Some(key));
    let state = open(&bytes, &key).unwrap();
    assert_eq!((state.digest, state.is_signed), (digest(&tallies), true));
    assert_eq!(state.shards.names().collect::<Vec<_>>(), ["one"]);
    assert_eq!(state.tallies, tallies);
    assert_eq!(read(&bytes).unwrap(), tallies);
    assert!(open(&bytes, &other).unwrap_err().to_string().contains("not of this key"));
    assert!(open(&encode(&tallies), &key).unwrap_err().to_string().contains("not signed"));
    assert_eq!(format!("{key:?}"), "Key(…)");
    let (covered, end) = (bytes.len() - 65, bytes.len() - 33);
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let sum = *blake3::hash(&changed[..covered]).as_bytes();
        changed[covered..end].copy_from_slice(&sum);
        if changed != bytes {
            assert!(open(&changed, &key).is_err(), "byte {at}");
        }
    }
}

/// Bodies that carry a right checksum and still lie are refused, not believed.
#[test]
fn a_resealed_lie_is_refused() {
    type Lie = fn(&mut Tallies);
    let lies: [(&str, Lie); 17] = [
        ("more rows scored than counted", |t| t.rows.scored += 1),
        ("fewer rows read than went somewhere", |t| t.rows.read -= 1),
        ("more infinite losses than rows", |t| t.rows.infinite_loss = 101),
        ("a rank too few", |t| ranks(t).truncate(3)),
        ("ranks of more rows", |t| ranks(t)[0] += 1),
        ("a bin too many", |t| bins(t).push(Bin::default())),
        ("bins of more rows", |t| bins(t)[3].rows += 1),
        ("more right than there are", |t| bins(t)[0].correct += 1_000),
        ("confidence above 1", |t| bins(t)[0].confidence = 1 << 100),
        ("squares too small for their sum", |t| sums(t).loss.squares = Wide::from(1)),
        ("squares too large for their sum", |t| sums(t).squared_error.squares.add_square(1 << 40)),
        ("class-wise bins of more rows", |t| classwise(t)[0].rows += 1),
        ("no kind of scores", |t| t.spec.scores_are = None),
        ("a threshold of a matrix", |t| t.spec.threshold = Some(0.5)),
        ("no class-wise bins", |t| t.aggregates.set::<Classwise>(None)),
        ("a temperature too few", |t| tempered(t).truncate(3)),
        ("losses above the largest", |t| tempered(t)[5] = 1 << 99),
    ];
    for (lie, tell) in lies {
        let mut tallies = with_scores();
        tell(&mut tallies);
        let message = read(&encode(&tallies)).expect_err(lie);
        assert!(message.contains("contradict"), "{lie}: {message}");
    }
}

fn ranks(tallies: &mut Tallies) -> &mut Vec<u64> {
    &mut tallies.aggregates.get_mut::<Ranks>().unwrap().0
}

fn sums(tallies: &mut Tallies) -> &mut RowSums {
    tallies.aggregates.get_mut().unwrap()
}

fn bins(tallies: &mut Tallies) -> &mut Vec<Bin> {
    &mut tallies.aggregates.get_mut::<Calibration>().unwrap().0
}

fn classwise(tallies: &mut Tallies) -> &mut Vec<Bin> {
    &mut tallies.aggregates.get_mut::<Classwise>().unwrap().cells
}

fn tempered(tallies: &mut Tallies) -> &mut Vec<u128> {
    &mut tallies.aggregates.get_mut::<Tempered>().unwrap().0
}

proptest! {
    #[test]
    /// Right up to some place, then wrong.
    #[test]
    fn random_bodies_never_panic(
        format in 2_u32..=5,
        kept in 0_usize..1_000,
        wrong in proptest::collection::vec(prop_oneof![3 => 0..6_u8, 1 => any::<u8>()], 1..300),
    ) {
        let right = match format {
            2 => include_bytes!("fixtures/format_2.tally").to_vec(),
            _ => encode(&tallies(&[1, 2, 2, 300], &[1, 2, 1, 7])),
        };
        let right = &right[20..right.len() - 32];
        let body = [&right[..kept.min(right.len())], &wrong].concat();
        let length = (body.len() as u64).to_le_bytes();
        let covered = [b"TALLYHO\n", &format.to_le_bytes()[..], &length, &body].concat();
        let bytes = [&covered[..], blake3::hash(&covered).as_bytes()].concat();
        prop_assert!(read(&bytes).is_err());
    }
}

#[test]
fn states_that_do_not_belong_together_name_the_difference() {
    let scored = with_scores();
    let merge = |change: &dyn Fn(&mut Tallies)| {
        let mut other = scored.clone();
        change(&mut other);
        scored.clone().merge(&other).unwrap_err().to_string()
    };
    assert_eq!(merge(&|other| other.spec.bins = 10), "bins is 15 against 10");
    assert_eq!(
        merge(&|other| other.spec.scores_are = Some(ScoresAre::Probabilities)),
        "scores-are is logits against probabilities"
    );
    assert_eq!(merge(&|other| other.classes = Classes::numbered(5)), "4 classes against 5");
    assert_eq!(
        tallies(&[1], &[1]).merge(&scored).unwrap_err().to_string(),
        "the kind of input is predictions against a score for each class"
    );
}

/// The digest is part of the format: a change to it must be meant, and raises
/// the format version.
#[test]
fn the_digest_of_known_tallies_stays() {
    let found = digest(&tallies(&[0, 1, 1, 2], &[0, 1, 2, 2]));
    insta::assert_snapshot!(found, @"15f6e80bf82fb0ab19f7014d83eae1b84a9abd496317d562b4d73a7991cd882f");
    insta::assert_snapshot!(digest(&with_scores()), @"f5b4d5ab895bed442ac373aa835f0031bc2dce6457daa3920f28ac0cf9a25574");
}

#[test]
fn what_only_a_report_shows_is_not_in_the_digest() {
    let scored = with_scores();
    let mut other = scored.clone();
    other.spec.top_k = vec![3];
    other.rows.read += 5;
    other.rows.ignored += 5;
    assert_eq!(digest(&scored), digest(&other));
    other.spec.bins = 16;
    assert_ne!(digest(&scored), digest(&other));
}
