// Every function of shaders/exact.wgsl and doubles.wgsl on words of a test: 8 in, 4 out.

struct Params {
    items: u32,
    zero: u32,
    pad0: u32,
    pad1: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> given: array<u32>;          // [items, 8]: function, arguments
@group(0) @binding(2) var<storage, read> tables: array<u32>;         // ln [128], inverses [128]
@group(0) @binding(3) var<storage, read_write> found: array<u32>;    // [items, 4]

override WORKGROUP: u32 = 64u;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    for (var item = id.x; item < params.items; item += groups.x * WORKGROUP) {
        let at = item * 8u;
        let a = vec2<u32>(given[at + 1u], given[at + 2u]);
        let b = vec2<u32>(given[at + 3u], given[at + 4u]);
        var result = vec4<u32>(0u);
        switch given[at] {
            case 0u: { result.x = ratio(a, b); }
            case 1u: { result = vec4<u32>(ln_sum(a), 0u, 0u); }
            case 2u: { result = vec4<u32>(neg_ln(a.x), 0u, 0u); }
            case 3u: { result = vec4<u32>(difference(a.x, a.y), 0u, 0u); }
            case 4u: {
                let half_max = bitcast<f32>(bits_of_key(key1(a.y))) * 0.5;
                let term = single_term(a.x, half_max);
                result = vec4<u32>(term.values, term.squares);
            }
            case 5u: { result.x = unit4(vec4<u32>(a.x)).x; }
            case 6u: { result.x = widened_halves(vec4<u32>(a.x)).x; }
            case 7u: { result.x = bin_of_quotient(a, b, given[at + 5u], given[at + 6u] == 1u); }
            case 8u: { result = vec4<u32>(product64(a.x, a.y), add64(a, b)); }
            case 9u: {
                result = vec4<u32>(sub64(a, b), select(0u, 1u, less64(a, b)), min64(a, b).x);
            }
            case 11u: {
                let gap = half_gap(Four(a.xxxx, a.yyyy), Four(b.xxxx, b.yyyy));
                result = vec4<u32>(gap.w, difference_of_doubles(a, b), 0u);
            }
            case 12u: { result = vec4<u32>(complement_of_double(a), neg_ln_of_double(b)); }
            case 13u: {
                let key = key_of_double(b);
                result = vec4<u32>(units_of_doubles(Four(a.xxxx, a.yyyy)).w, key, double_of_key(key).y);
            }
            default: {
                result = vec4<u32>(
                    select(0u, 1u, key1(a.x) < key1(a.y)),
                    select(0u, 1u, key1(a.x) == key1(a.y)),
                    select(0u, 1u, key1(a.x) >= INFINITE),
                    bits_of_key(key1(a.x)),
                );
            }
        }
        for (var word = 0u; word < 4u; word++) {
            found[item * 4u + word] = result[word];
        }
    }
}
