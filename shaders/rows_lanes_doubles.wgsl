// The highest key of a subgroup's lanes, of two words.

fn highest_of_lanes(key: Key) -> Key {
    let high = subgroupMax(key.y);
    return vec2<u32>(subgroupMax(select(0u, key.x, key.y == high)), high);
}
