//! Files that make a job run every night and show what came of it.

/// Every example: the name to ask for it, and its text.
///
/// "systemd" is a service, a timer and what to do when the service fails, to be
/// cut apart; "cron" lines of a crontab; "grafana" a dashboard to import, for the
/// gauges of [`prometheus`](crate::report::prometheus).
pub const EXAMPLES: [(&str, &str); 3] = [
    ("systemd", include_str!("examples/systemd.txt")),
    ("cron", include_str!("examples/cron.txt")),
    ("grafana", include_str!("examples/grafana.json")),
];

/// The example of that name.
pub fn example(name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
