// Narrow rows, up to 32 scores: an invocation to each.
//
// A workgroup brings as many rows as it has invocations into its memory, by
// reads next to each other, then each invocation walks through its own. Rows are
// an odd number of words apart there, so that neighbours don't wait for the same
// bank. 33 * WORKGROUP + 3 scores: with 64 invocations 8.3 KiB, and of doubles with 32.

const MOST_COLUMNS: u32 = 32u;

var<workgroup> tile: array<Score, WORKGROUP * (MOST_COLUMNS + 1u) + 3u>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let columns = params.columns;
    let pitch = columns | 1u;
    // An invocation goes on by so many rows and columns from score to score.
    let step = vec2<u32>(WORKGROUP / columns, WORKGROUP % columns);
    let start = vec2<u32>(local / columns, local % columns);
    let tiles = (params.rows + WORKGROUP - 1u) / WORKGROUP;
    for (var number = group.x; number < tiles; number += groups.x) {
        let first = number * WORKGROUP;
        let count = min(WORKGROUP, params.rows - first) * columns;
        var place = start;
        for (var at = local; at < count; at += WORKGROUP) {
            tile[place.x * pitch + place.y] = score_at(first * columns + at);
            place += step;
            if place.y >= columns {
                place = vec2<u32>(place.x + 1u, place.y - columns);
            }
        }
        workgroupBarrier();
        let row = first + local;
        if row < params.rows {
            write(row, read_row(labels[row], local * pitch));
        }
        workgroupBarrier();
    }
}

fn read_row(label: u32, start: u32) -> Read {
    if has(BINARY) {
        return read_of_single(label, tile[start]);
    }
    let own = tile[start + min(label, params.columns - 1u)];
    let ahead = ahead_of(label, own);
    var survey = no_survey();
    for (var at = 0u; at < params.columns; at += 4u) {
        survey = look(survey, tile4(start + at), indices(at), ahead);
    }
    let summary = summary_of(survey);
    var sums = no_sums();
    if has(PROBABILITIES) {
        for (var at = 0u; at < params.columns; at += 4u) {
            sums = add_probabilities(sums, tile4(start + at), indices(at));
        }
    } else if (ARGMAX_ONLY == 0u) & is_finite(summary.key) {
        let highest = max_of(summary.key);
        for (var at = 0u; at < params.columns; at += 4u) {
            sums = add_logits(sums, tile4(start + at), indices(at), highest);
        }
    }
    return read_of(label, own, summary, sums);
}

fn tile4(at: u32) -> Scores {
    return four_of(tile[at], tile[at + 1u], tile[at + 2u], tile[at + 3u]);
}

fn indices(at: u32) -> vec4<u32> {
    return vec4<u32>(at, at + 1u, at + 2u, at + 3u);
}
