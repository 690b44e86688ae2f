//! One moment for all that a command reads.

use std::sync::atomic::{AtomicBool, Ordering};

use tallyho::history::{self, ExportFormat, Filter, History, Pruning};

use super::{counted, history, nights, record};
use crate::common::files::Folder;

/// Runs come and go while others read; a run that is read is whole.
#[test]
fn what_is_read_beside_pruning_never_fails_and_is_of_one_moment() {
    let folder = Folder::new();
    let path = folder.path("tallyho.db");
    drop(nights(&path, &[("10-01", 900), ("10-02", 901)]));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let writer = History::open_or_create(&path).unwrap();
            let pruning = Pruning { before: None, keep_last: Some(1), accepted: true };
            for round in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let night = format!("10-{:02}", 3 + round % 28);
                for hits in 0..6 {
                    record(&writer, "steady", &night, &counted(900 + hits, 1000), &[], None);
                }
                writer.prune(&Filter::default(), pruning, false).unwrap();
            }
        });
        let all = Filter::default();
        let reader = History::open(&path).unwrap();
        for round in 0..12 {
            let mut bytes = Vec::new();
            let runs = history::export(&reader, &all, ExportFormat::Json, "x".as_ref(), &mut bytes);
            let exported: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(exported["runs"].as_array().unwrap().len(), runs.unwrap());
            let moment = reader.snapshot().unwrap();
            let runs = reader.runs(&all).unwrap();
            for run in &runs {
                let details = reader.details(run.clone()).unwrap();
                assert!(details.metrics.len() > 10, "round {round}: {details:?}");
            }
            assert_eq!(reader.runs(&all).unwrap(), runs, "round {round}");
            drop(moment);
            assert!(reader.verify(&all).unwrap().is_sound(), "round {round}");
            for line in ["list", "show latest", "trend --window 2", "export x.csv"] {
                if round % 6 == 0 {
                    history(&folder, line).expect(0);
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[cfg(unix)]
#[test]
fn a_new_history_is_its_owners_alone_and_one_that_is_there_keeps_its_mode() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let mode = |name: &str| fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777;
    let set = |name: &str, mode: u32| {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    let live = nights(&folder.path("tallyho.db"), &[("10-01", 900)]);
    assert_eq!((mode("tallyho.db"), mode("tallyho.db-wal")), (0o600, 0o600));
    drop(live);
    history(&folder, "backup copy.db").expect(0);
    assert_eq!(mode("copy.db"), 0o600);
    set("copy.db", 0o640);
    set("tallyho.db", 0o644);
    history(&folder, "backup copy.db").expect(0);
    let live = nights(&folder.path("tallyho.db"), &[("10-02", 900)]);
    assert_eq!((mode("tallyho.db"), mode("tallyho.db-wal")), (0o644, 0o644));
    drop(live);
    assert_eq!(mode("copy.db"), 0o640);
    // Through a link to a file that is not there yet.
    std::os::unix::fs::symlink(folder.path("behind.db"), folder.path("link.db")).unwrap();
    drop(nights(&folder.path("link.db"), &[("10-01", 900)]));
    assert_eq!(mode("behind.db"), 0o600);
}
