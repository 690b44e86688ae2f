//! The nights of a trend as steps of a chart.

use jiff::civil::Date;

use crate::doc::{Mark, Slot};
use crate::history::query::series::days;
use crate::history::query::trend::Trend;

/// The nights of a trend from the first to the last, a slot for each step.
pub(super) fn slots(trend: &Trend) -> Vec<Slot> {
    let (Some(first), Some(last)) = (trend.points.first(), trend.points.last()) else {
        return Vec::new();
    };
    let place = |night: Date| {
        let steps = (days(first.night, night) + trend.step / 2) / trend.step;
        usize::try_from(steps).unwrap_or(0)
    };
    let missing = Slot { values: None, mark: Some(Mark::Missing) };
    let mut slots = vec![missing; place(last.night) + 1];
    for point in &trend.points {
        let slot = &mut slots[place(point.night)];
        slot.mark = slot.mark.filter(|mark| *mark != Mark::Missing);
        let shown = point.window.as_ref().map_or(&point.value, |window| &window.value);
        match shown.value {
            Ok(value) => {
                let (low, high) = slot.values.unwrap_or((value, value));
                slot.values = Some((low.min(value), high.max(value)));
            }
            Err(_) => slot.mark = slot.mark.max(Some(Mark::Undefined)),
        }
        if point.broken > 0 && !point.accepted {
            slot.mark = slot.mark.max(Some(Mark::Broken));
        }
    }
    for change in &trend.changes {
        slots[place(change.night)].mark = Some(Mark::Change);
    }
    slots
}
