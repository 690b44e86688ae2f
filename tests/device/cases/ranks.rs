use super::ROWS;
use crate::check::Case;
use crate::common::Rng;

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut cases = Vec::new();
    for rows in ROWS {
        for classes in [1_u32, 2, 7] {
            for (kind, most) in [("hot", 1), ("any", classes), ("beyond", classes + 2)] {
                cases.push(Case {
                    label: format!("{rows} rows, {classes} classes, {kind}"),
                    slots: vec![
                        vec![u32::try_from(rows).unwrap(), classes, 0, 0],
                        rng.words(rows, most),
                        // Near the end, to see that nothing is lost or added there.
                        rng.words(classes as usize, u32::MAX),
                    ],
                });
            }
        }
    }
    cases
}
