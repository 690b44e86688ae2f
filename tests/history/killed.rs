//! Processes killed at any instant.
//!
//! `TALLYHO_KILLS` makes as many; `TALLYHO_SEED` chooses when.

use std::time::{Duration, Instant};

use tallyho::history::{Filter, History};

use super::together::start;
use crate::command_line::sound;
use crate::common::{Rng, campaign, figure};

/// Every earlier run is intact, the new one is there or not, and the next one
/// works. The delays cover the whole of a run, its creation of the file included.
#[test]
fn a_killed_run_is_there_or_not_and_never_half() {
    let campaign = campaign("TALLYHO_KILLS", 200);
    let seed = campaign.seed;
    let mut rng = Rng::new(seed);
    let folder = sound();
    let started = Instant::now();
    start(&folder, "warm").wait().unwrap();
    let whole = u32::try_from(started.elapsed().as_micros()).unwrap();
    let (mut present, mut killed, mut came_through) = (Vec::<String>::new(), 0, 0);
    for round in 0..campaign.count {
        // Beginning anew now and then covers the creation of the file, too.
        if round % 40 == 0 {
            came_through += present.len();
            for name in ["tallyho.db", "tallyho.db-wal", "tallyho.db-shm"] {
                let _ = std::fs::remove_file(folder.path(name));
            }
            present.clear();
        }
        let model = format!("m{round}");
        let mut child = start(&folder, &model);
        std::thread::sleep(Duration::from_micros(u64::from(rng.below(whole * 5 / 4))));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        killed += u32::from(status.code().is_none());
        let found = match History::open(&folder.path("tallyho.db")) {
            Ok(database) => {
                let found = database.verify(&Filter::default()).unwrap();
                assert!(found.is_sound(), "seed {seed}, round {round}: {found:?}");
                let runs = database.runs(&Filter::default()).unwrap();
                runs.into_iter().map(|run| run.identity.model).collect()
            }
            // Killed before the tables were there.
            Err(error) => {
                assert!(present.is_empty(), "seed {seed}, round {round}: {error}");
                Vec::new()
            }
        };
        let with = [present.clone(), vec![model]].concat();
        assert!(found == present || found == with, "seed {seed}, round {round}: {found:?}");
        if status.success() {
            assert_eq!(found, with);
        }
        present = found;
    }
    figure(campaign.count, &format!("{killed} killed before their end"));
    assert!(killed >= campaign.count / 10, "only {killed} were killed");
    assert!(came_through >= campaign.count as usize / 40, "only {came_through} came through");
    assert!(start(&folder, "last").wait().unwrap().success());
}
