//! Synthetic rows: every format counts the same as the rows in memory do.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use tallyho::engine::Options;
use tallyho::input::Request;
use tallyho::synth::{
    Block, Content, Contents, Progress, Recipe, Rows, ScoreKind, TableFormat, Wanted, write,
};
use tallyho::tally::{ScoreType, ScoresAre, Tallies, digest};

use super::file;
use super::table::{self, said};

/// A recipe made of bytes, in every format.
pub fn run(data: &[u8]) {
    let recipe = recipe(data);
    let Ok(rows) = said(Rows::new(recipe.clone())) else { return };
    let tables = [("t.csv", TableFormat::Csv), ("t.npz", TableFormat::Npz)];
    let parquet = [("t.parquet", TableFormat::Parquet)];
    let is_bf16 = score_type(&recipe) == Some(ScoreType::Bf16);
    let formats = tables.iter().chain(parquet.iter().filter(|_| !is_bf16));
    let mut all: Vec<Tallies> = formats
        .map(|&(name, format)| {
            let path = written(&rows, Contents::Table(format), name);
            evaluated(&of_table(&path, format, &recipe), &recipe)
        })
        .collect();
    all.push(evaluated(&of_arrays(&rows), &recipe));
    let digests: Vec<String> = all.iter().map(digest).collect();
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{recipe:?}: {digests:?}");
    if recipe.content == Content::Predictions {
        held_to_rows(&rows, &all[0]);
    }
}

fn recipe(data: &[u8]) -> Recipe {
    let byte = |at: usize| data.get(at).copied().unwrap_or(0);
    let kind = ScoreKind {
        scores_are: [ScoresAre::Logits, ScoresAre::Probabilities][usize::from(byte(0) >> 1 & 1)],
        score_type: [ScoreType::F16, ScoreType::F32, ScoreType::F64, ScoreType::Bf16]
            [usize::from(byte(0) >> 2 & 3)],
        binary: byte(0) & 16 > 0,
    };
    let scores = byte(0) & 1 > 0;
    Recipe {
        rows: 1 + u64::from(byte(1)),
        first_row: u64::from(byte(2)) << (byte(3) & 55),
        classes: if scores && kind.binary { 2 } else { 2 + u32::from(byte(4) & 63) },
        content: if scores { Content::Scores(kind) } else { Content::Predictions },
        accuracy: f64::from(byte(5)) / 255.0,
        skew: f64::from(byte(6)) / 64.0,
        seed: u64::from(byte(7)),
    }
}

fn score_type(recipe: &Recipe) -> Option<ScoreType> {
    match recipe.content {
        Content::Predictions => None,
        Content::Scores(kind) => Some(kind.score_type),
    }
}

fn written(rows: &Rows, contents: Contents, name: &str) -> std::path::PathBuf {
    let path = file::path(name);
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
    let (progress, stop) = (Progress::default(), AtomicBool::new(false));
    write(rows, contents, &path, file.expect("room"), &progress, &stop).expect("sound rows");
    path
}

/// The request of a table, its score columns named as such tables name them.
fn of_table(path: &Path, format: TableFormat, recipe: &Recipe) -> Request {
    let [predictions, scores] = table::requests(path);
    let Content::Scores(kind) = recipe.content else { return predictions };
    let letter = match kind.scores_are {
        ScoresAre::Logits => "s",
        ScoresAre::Probabilities => "p",
    };
    let names = match (format, kind.binary) {
        (_, true) | (TableFormat::Npz, _) => column(path),
        _ => format!("{letter}_*"),
    };
    let score_type = Some(kind.score_type);
    Request { scores: vec![names], score_type, ..scores }
}

/// The one column beside the labels.
fn column(path: &Path) -> String {
    let found = tallyho::input::describe(path).expect("a sound table");
    let mut names = found.0.fields.iter().map(|field| field.name.clone());
    names.find(|name| name != "label").expect("a second column")
}

fn of_arrays(rows: &Rows) -> Request {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let labels = text(&written(rows, Contents::Labels, "y.npy"));
    let other = text(&written(rows, Contents::Content, "c.npy"));
    match rows.recipe().content {
        Content::Predictions => Request { labels, predictions: Some(other), ..Request::default() },
        Content::Scores(kind) => Request {
            labels,
            scores: vec![other],
            score_type: (kind.score_type == ScoreType::Bf16).then_some(ScoreType::Bf16),
            ..Request::default()
        },
    }
}

fn evaluated(request: &Request, recipe: &Recipe) -> Tallies {
    let mut options = Options::default();
    if let Content::Scores(kind) = recipe.content {
        options.spec.scores_are = Some(kind.scores_are);
    }
    table::tallies(request, &options, None, 1).expect("sound rows")
}

/// Adds up rows one by one.
fn held_to_rows(rows: &Rows, tallies: &Tallies) {
    let mut block = Block::default();
    let recipe = rows.recipe();
    let count = usize::try_from(recipe.rows).expect("few rows");
    rows.fill(recipe.first_row, count, Wanted::ALL, &mut block);
    assert_eq!(tallies.rows.scored, recipe.rows);
    let names = tallies.classes.names();
    for cell in tallies.confusion.cells() {
        let (label, prediction) = (&names[cell.label as usize], &names[cell.prediction as usize]);
        let pairs = block.labels.iter().zip(&block.predictions);
        let same = pairs.filter(|(y, p)| y.to_string() == *label && p.to_string() == *prediction);
        assert_eq!(same.count() as u64, cell.count, "{recipe:?}: {label} as {prediction}");
    }
}
