// The highest key of a subgroup's lanes.

fn highest_of_lanes(key: Key) -> Key {
    return subgroupMax(key);
}
