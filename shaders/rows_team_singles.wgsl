// Vectors of scores of single precision or of 16 bits, as a member of a team reads them.

// How many scores are in a vector, 4 or 8, as a power of 2.
fn vector_shift() -> u32 {
    return select(3u, 2u, params.format == F32);
}

fn survey_row(vectors: Vectors, ahead: Ahead) -> Survey {
    var survey = no_survey();
    var at = vectors.at;
    var index = vectors.index;
    if params.format == F32 {
        for (var round = 0u; round < vectors.rounds; round++) {
            survey = look(survey, scores[at], indices(index), ahead);
            at += vectors.step;
            index += vectors.step << 2u;
        }
    } else {
        for (var round = 0u; round < vectors.rounds; round++) {
            let pair = scores[at];
            survey = look(survey, lower(pair), lower_indices(index), ahead);
            survey = look(survey, upper(pair), upper_indices(index), ahead);
            at += vectors.step;
            index += vectors.step << 3u;
        }
    }
    return survey;
}

fn sum_logits(vectors: Vectors, highest: Max) -> Sums {
    var sums = no_sums();
    var at = vectors.at;
    var index = vectors.index;
    if params.format == F32 {
        for (var round = 0u; round < vectors.rounds; round++) {
            sums = add_logits(sums, scores[at], indices(index), highest);
            at += vectors.step;
            index += vectors.step << 2u;
        }
    } else {
        for (var round = 0u; round < vectors.rounds; round++) {
            let pair = scores[at];
            sums = add_logits(sums, lower(pair), lower_indices(index), highest);
            sums = add_logits(sums, upper(pair), upper_indices(index), highest);
            at += vectors.step;
            index += vectors.step << 3u;
        }
    }
    return sums;
}

fn sum_probabilities(vectors: Vectors) -> Sums {
    var sums = no_sums();
    var at = vectors.at;
    var index = vectors.index;
    if params.format == F32 {
        for (var round = 0u; round < vectors.rounds; round++) {
            sums = add_probabilities(sums, scores[at], indices(index));
            at += vectors.step;
            index += vectors.step << 2u;
        }
    } else {
        for (var round = 0u; round < vectors.rounds; round++) {
            let pair = scores[at];
            sums = add_probabilities(sums, lower(pair), lower_indices(index));
            sums = add_probabilities(sums, upper(pair), upper_indices(index));
            at += vectors.step;
            index += vectors.step << 3u;
        }
    }
    return sums;
}

// ---- places ----

// Words hold two scores of 16 bits, the earlier one in the lower half.
fn lower(pair: vec4<u32>) -> vec4<u32> {
    return widened(pair & vec4<u32>(0xffffu));
}

fn upper(pair: vec4<u32>) -> vec4<u32> {
    return widened(pair >> vec4<u32>(16u));
}

fn lower_indices(index: u32) -> vec4<u32> {
    return vec4<u32>(index) + vec4<u32>(0u, 2u, 4u, 6u);
}

fn upper_indices(index: u32) -> vec4<u32> {
    return vec4<u32>(index) + vec4<u32>(1u, 3u, 5u, 7u);
}
