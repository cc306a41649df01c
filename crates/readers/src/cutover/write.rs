//! A plan's tasks as CSV: what is read back is the same.

use golive_core::cutover::merge::fields;
use golive_core::cutover::{Anchor, Plan, Timetable};

/// The tasks of a plan, in its order. With a timetable two more columns show when each would start and finish; they are
/// passed over when the file is read.
pub fn to_csv(plan: &Plan, times: Option<(&Timetable, &Anchor)>) -> String {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let mut header = vec!["id"];
    if let Some(first) = plan.tasks.first() {
        header.extend(fields(first).iter().map(|(name, _)| *name));
    }
    header.extend(["example_start", "example_finish"]);
    let in_memory = "rows of equal length are written into memory";
    writer.write_record(&header).expect(in_memory);
    for task in &plan.tasks {
        let mut row = vec![task.id.clone()];
        row.extend(fields(task).into_iter().map(|(_, value)| value));
        let slot = times.and_then(|(times, anchor)| Some((times.slots.get(&task.id)?, anchor)));
        row.extend(match slot {
            Some((slot, anchor)) => [slot.earliest_start, slot.earliest_finish].map(|at| {
                at.to_zoned_datetime(anchor.zone.clone())
                    .strftime("%Y-%m-%dT%H:%M:%S%:z")
                    .to_string()
            }),
            None => [String::new(), String::new()],
        });
        writer.write_record(&row).expect(in_memory);
    }
    let bytes = writer.into_inner().expect(in_memory);
    String::from_utf8(bytes).expect("only text was written")
}
