// Vectors of four doubles, as a member of a team reads them.

// How many scores are in a vector, as a power of 2.
fn vector_shift() -> u32 {
    return 2u;
}

// Four doubles are two vectors of words; there may be no second one at the end.
fn doubles_at(at: u32) -> Scores {
    let first = scores[2u * at];
    let second = scores[min(2u * at + 1u, arrayLength(&scores) - 1u)];
    return Four(vec4<u32>(first.xz, second.xz), vec4<u32>(first.yw, second.yw));
}

fn survey_row(vectors: Vectors, ahead: Ahead) -> Survey {
    var survey = no_survey();
    var at = vectors.at;
    var index = vectors.index;
    for (var round = 0u; round < vectors.rounds; round++) {
        survey = look(survey, doubles_at(at), indices(index), ahead);
        at += vectors.step;
        index += vectors.step << 2u;
    }
    return survey;
}

fn sum_logits(vectors: Vectors, highest: Max) -> Sums {
    var sums = no_sums();
    var at = vectors.at;
    var index = vectors.index;
    for (var round = 0u; round < vectors.rounds; round++) {
        sums = add_logits(sums, doubles_at(at), indices(index), highest);
        at += vectors.step;
        index += vectors.step << 2u;
    }
    return sums;
}

fn sum_probabilities(vectors: Vectors) -> Sums {
    var sums = no_sums();
    var at = vectors.at;
    var index = vectors.index;
    for (var round = 0u; round < vectors.rounds; round++) {
        sums = add_probabilities(sums, doubles_at(at), indices(index));
        at += vectors.step;
        index += vectors.step << 2u;
    }
    return sums;
}
