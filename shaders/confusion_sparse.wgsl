// Rows by label and prediction in a hash table: more cells than a binding holds.
//
// Twin: src/kernel/confusion/sparse.rs. Begins with columns.wgsl.
//
// Moves: the two columns once (2 to 16 bytes per row, which it must) and one to
// `PROBES` slots of 16 bytes per run of equal rows, of which 4 are written.
//
// A slot is label + 1, prediction + 1, and the rows in two words; 0 is free.
// Each of the first two words is set once, by whoever comes first, and then
// stays; so a pair that was refused by a slot is refused by it for ever. Nobody
// waits for anybody. A pair that finds no place in `PROBES` slots is put on the
// spill list, which has room for every row of a dispatch: nothing is lost.
// Whoever reads the table adds up entries of one pair.

@group(0) @binding(3) var<storage, read_write> table: array<atomic<u32>>;  // [2^slots][4]
// Entries, pairs beyond the classes (two words), nothing; then per entry label,
// prediction and rows: [4 + 3 * room].
@group(0) @binding(4) var<storage, read_write> spill: array<atomic<u32>>;

override WORKGROUP: u32 = 64u;

const PROBES: u32 = 32u;

var<private> last_label: u32;
var<private> last_prediction: u32;
var<private> run: u32;
var<private> beyond: u32;

// Sets a word that is 0; whether it is `wanted` now.
fn claim(at: u32, wanted: u32) -> bool {
    var found = atomicLoad(&table[at]);
    for (var attempt = 0u; attempt < 32u && found == 0u; attempt++) {
        // May fail for no reason; then the word is looked at again.
        let tried = atomicCompareExchangeWeak(&table[at], 0u, wanted);
        found = select(tried.old_value, wanted, tried.exchanged);
    }
    return found == wanted;
}

fn mixed(label: u32, prediction: u32) -> u32 {
    var hash = label * 0x9e3779b1u ^ (prediction + 0x7f4a7c15u) * 0x85ebca77u;
    hash = (hash ^ (hash >> 15u)) * 0xc2b2ae3du;
    return hash ^ (hash >> 13u);
}

fn add(label: u32, prediction: u32, rows: u32) {
    let mask = (1u << params.slots) - 1u;
    let hash = mixed(label, prediction);
    for (var probe = 0u; probe < PROBES; probe++) {
        let at = ((hash + probe) & mask) * 4u;
        if claim(at, label + 1u) && claim(at + 1u, prediction + 1u) {
            let before = atomicAdd(&table[at + 2u], rows);
            if before + rows < rows {
                atomicAdd(&table[at + 3u], 1u);
            }
            return;
        }
    }
    let entry = atomicAdd(&spill[0], 1u);
    if entry < params.room {
        atomicStore(&spill[4u + 3u * entry], label);
        atomicStore(&spill[5u + 3u * entry], prediction);
        atomicStore(&spill[6u + 3u * entry], rows);
    }
}

fn flush() {
    if run != 0u {
        add(last_label, last_prediction, run);
    }
}

fn count(row: u32, label: u32, prediction: u32) {
    if row >= params.rows {
        return;
    }
    if label >= params.classes || prediction >= params.classes {
        beyond += 1u;
    } else if label == last_label && prediction == last_prediction {
        run += 1u;
    } else {
        flush();
        last_label = label;
        last_prediction = prediction;
        run = 1u;
    }
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    last_label = NONE;
    last_prediction = NONE;
    run = 0u;
    beyond = 0u;
    let quads = (params.rows + 3u) / 4u;
    for (var quad = id.x; quad < quads; quad += groups.x * WORKGROUP) {
        let label = label_classes(quad);
        let prediction = prediction_classes(quad);
        count(quad * 4u, label.x, prediction.x);
        count(quad * 4u + 1u, label.y, prediction.y);
        count(quad * 4u + 2u, label.z, prediction.z);
        count(quad * 4u + 3u, label.w, prediction.w);
    }
    flush();
    if beyond != 0u {
        let before = atomicAdd(&spill[1], beyond);
        if before + beyond < beyond {
            atomicAdd(&spill[2], 1u);
        }
    }
}
