// Wide rows: a team of invocations to each, a subgroup or a workgroup.
//
// The team reads rows one after the other, each member every so many of the
// row's vectors of four words. Row i's sums stay with member i; once every member
// has a row, or all rows are read, they finish theirs side by side: divisions
// bit by bit are worth sharing, and results leave next to each other.
//
// Another part declares how vectors are read (rows_team_singles.wgsl or
// rows_team_doubles.wgsl), and one `summary_of_team` and `sums_of_team`. All members call
// them together: loops around them have the same bounds for the whole team, and
// no condition is.

// Scores the rows of this workgroup, which is one team: runs of neighbouring rows.
fn score_runs(group: u32, groups: u32, member: u32) {
    let run = clamp((params.rows + groups - 1u) / groups, 1u, WORKGROUP);
    let runs = (params.rows + run - 1u) / run;
    for (var number = group; number < runs; number += groups) {
        let start = number * run;
        score_rows(start, min(start + run, params.rows), member, WORKGROUP);
    }
}

// Scores the rows from `first` to before `end`, the same for the whole team.
fn score_rows(first: u32, end: u32, member: u32, members: u32) {
    for (var start = first; start < end; start += members) {
        let count = min(members, end - start);
        var mine: Read;
        for (var i = 0u; i < count; i++) {
            let read = read_row(start + i, member, members);
            if i == member {
                mine = read;
            }
        }
        if member < count {
            write(start + member, mine);
        }
    }
}

fn read_row(row: u32, member: u32, members: u32) -> Read {
    let label = labels[row];
    let base = row * params.columns;
    let own = score_at(base + min(label, params.columns - 1u));
    // A row that is not to be scored has no vectors to read.
    let known = label < params.classes;
    let ahead = ahead_of(label, own);
    let survey = survey_row(vectors_of(base, member, members, known), ahead);
    let summary = summary_of_team(summary_of(survey));
    let counts = is_finite(summary.key);
    var sums = no_sums();
    if has(PROBABILITIES) {
        sums = sum_probabilities(vectors_of(base, member, members, known & counts));
    } else if ARGMAX_ONLY == 0u {
        let vectors = vectors_of(base, member, members, known & counts);
        sums = sum_logits(vectors, max_of(summary.key));
    }
    return read_of(label, own, summary, sums_of_team(sums));
}

// The vectors of a row that a member reads: as many for each, the last ones
// beyond the row perhaps.
struct Vectors {
    at: u32,      // the first vector
    index: u32,   // the index in the row of its first score; before the row it wraps
    step: u32,    // vectors from one to the next
    rounds: u32,
}

fn vectors_of(base: u32, member: u32, members: u32, any: bool) -> Vectors {
    let shift = vector_shift();
    let first = base >> shift;
    let last = (base + params.columns - 1u) >> shift;
    let rounds = (last - first + members) / members;
    let at = first + member;
    return Vectors(at, (at << shift) - base, members, select(0u, rounds, any));
}

// ---- parts of a team put together ----

fn both(a: Summary, b: Summary) -> Summary {
    let key = higher(a.key, b.key);
    let first_of_a = select(NONE, a.first, is_same(a.key, key));
    let first_of_b = select(NONE, b.first, is_same(b.key, key));
    return Summary(key, min(first_of_a, first_of_b), a.ahead + b.ahead);
}

fn sum_of_both(a: Sums, b: Sums) -> Sums {
    return Sums(add64(a.values, b.values), add64(a.squares, b.squares));
}

// ---- places ----

fn indices(index: u32) -> vec4<u32> {
    return vec4<u32>(index) + vec4<u32>(0u, 1u, 2u, 3u);
}
