//! What a job says of its CSV files.

use super::night;
use crate::common::files::Folder;

fn job(options: &str) -> Folder {
    let folder = Folder::new();
    folder.file(
        "night.toml",
        format!(
            "[options]
{options}

[[dataset]]
name = 'cats'
files = ['cats.csv']
labels = '0'

[[model]]
name = 'steady'
predictions = '1'

[[rule]]
require = 'accuracy == 0.75'
"
        ),
    );
    folder.file("cats.csv", "1:1\n0:0\n1:0\n0:0\n");
    folder
}

#[test]
fn a_job_says_how_its_csv_files_are_read() {
    night(&job("csv = 'delimiter=:,header=no'"), "").expect(0);
    let refused = night(&job("csv = 'delimiter=:'"), "").expect(2);
    let all = format!("{}{}", refused.stdout, refused.stderr);
    assert!(all.contains("the first line, '1:1', is of numbers"), "{refused:?}");
    let refused = night(&job("csv = 'header=maybe'"), "").expect(2);
    assert!(refused.stderr.contains("header is yes or no, found 'maybe'"), "{refused:?}");
}
