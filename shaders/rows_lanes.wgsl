// The sums of a subgroup's lanes, the same in every lane.

fn summary_of_lanes(mine: Summary) -> Summary {
    let key = highest_of_lanes(mine.key);
    let first = subgroupMin(select(NONE, mine.first, is_same(mine.key, key)));
    return Summary(key, first, subgroupAdd(mine.ahead));
}

fn sums_of_lanes(mine: Sums) -> Sums {
    return Sums(sum_of_lanes(mine.values), sum_of_lanes(mine.squares));
}

// In three parts of 22, 22 and 20 bits: 128 lanes lose no carry.
fn sum_of_lanes(value: vec2<u32>) -> vec2<u32> {
    let low = subgroupAdd(value.x & 0x3fffffu);
    let middle = subgroupAdd((value.x >> 22u) | ((value.y & 0xfffu) << 10u));
    let high = subgroupAdd(value.y >> 12u);
    let lower = add64(vec2<u32>(low, 0u), vec2<u32>(middle << 22u, middle >> 10u));
    return vec2<u32>(lower.x, lower.y + (high << 12u));
}
