//! Names as MLflow takes them.

/// The most characters of a name; MLflow takes 250 in a key.
const MOST: usize = 100;

/// The key of a metric: `fbeta_macro(beta=2)` is `fbeta_macro_beta_2`, and
/// `precision_at_recall(0.9)` is `precision_at_recall_0.9`.
pub(super) fn metric(name: &str) -> String {
    let plain = |letter: char| if is_plain(letter) { letter } else { '_' };
    name.chars().map(plain).collect::<String>().trim_end_matches('_').to_owned()
}

/// The key of a value of a class: `recall/cat`, which MLflow shows in a section
/// of its own. In a name with other characters than ASCII letters, digits and
/// `_-. ` they become `_`, and a checksum keeps names apart that then are alike.
pub(super) fn of_class(metric: &str, class: &str) -> String {
    let plain = class.chars().all(is_plain) && class.len() <= MOST;
    // Keys are paths for some servers, and dots alone would be a step in them.
    if plain && !class.chars().all(|letter| letter == '.') {
        return format!("{metric}/{class}");
    }
    let replace = |letter: char| if is_plain(letter) && letter != '.' { letter } else { '_' };
    let legible: String = class.chars().map(replace).take(MOST).collect();
    let checksum = blake3::hash(class.as_bytes()).to_hex();
    format!("{metric}/{legible}.{}", &checksum[..8])
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | ' ')
}

/// Where artifacts of `mlflow-artifacts:/1/abc/artifacts` are below the server's
/// own address; `None` if they are elsewhere.
pub(super) fn artifact_path(uri: &str) -> Option<String> {
    let path = uri.strip_prefix("mlflow-artifacts:")?;
    // With two slashes comes a host, which gets no password meant for another.
    let path = match path.strip_prefix("//") {
        Some(rest) => rest.strip_prefix('/')?,
        None => path.trim_start_matches('/'),
    };
    let steps: Vec<String> = path.split('/').map(percent).collect();
    let upwards = steps.iter().any(|step| step.is_empty() || step == "." || step == "..");
    (!upwards).then(|| steps.join("/"))
}

/// A text as a part of an address.
///
/// Source: RFC 3986, section 2.3.
pub(super) fn percent(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_part_of_a_key() {
        for (name, key) in [
            ("accuracy", "accuracy"),
            ("fbeta_macro(beta=0.5)", "fbeta_macro_beta_0.5"),
            ("precision_at_recall(0.9)", "precision_at_recall_0.9"),
        ] {
            assert_eq!(metric(name), key);
        }
    }

    #[test]
    fn names_of_classes_stay_apart_and_are_no_paths() {
        let names = ["cat", "a b-c.d_e", "a/b", "a:b", "a_b", "", ".", "..", "../x", "größe", "大"];
        let long = ["x".repeat(101), "x".repeat(102)];
        let keys: Vec<String> = names
            .into_iter()
            .chain(long.iter().map(String::as_str))
            .map(|class| of_class("recall", class))
            .collect();
        assert_eq!(keys[..2], ["recall/cat", "recall/a b-c.d_e"]);
        for key in &keys {
            let class = key.strip_prefix("recall/").unwrap_or_default();
            assert!(class.chars().all(is_plain) && !class.is_empty() && class.len() < 120, "{key}");
            assert!(class.chars().any(|letter| letter != '.'), "{key}");
            assert_eq!(keys.iter().filter(|other| *other == key).count(), 1, "{key}");
        }
    }

    #[test]
    fn only_artifacts_of_the_server_itself_are_reached() {
        for (uri, path) in [
            ("mlflow-artifacts:/1/ab/artifacts", Some("1/ab/artifacts")),
            ("mlflow-artifacts:///1/ab", Some("1/ab")),
            ("mlflow-artifacts:/a b/ü", Some("a%20b/%C3%BC")),
            ("mlflow-artifacts://elsewhere:80/1/ab", None),
            ("mlflow-artifacts:/1/../ab", None),
            ("mlflow-artifacts:/", None),
            ("s3://bucket/1/ab", None),
            ("/mlruns/1/ab", None),
        ] {
            assert_eq!(artifact_path(uri).as_deref(), path, "{uri}");
        }
    }
}
