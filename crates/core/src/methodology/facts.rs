//! What gates ask of the methodology: is a phase ready to be completed, and which phases are complete?

use super::phase::Phase;
use super::step::{State, Step};
use crate::fact::{Fact, FactId, Facts};
use crate::id::StepId;
use crate::policy::Policy;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The facts of all phases: `phase.<name>.complete` for each, and `phases.before_request_complete` over those that come before
/// the production request by the pack or by the methodology.
pub fn phases(phases: &[Phase], steps: &[Step], policy: &Policy) -> Facts {
    let mut facts = Facts::default();
    let before = policy.list("methodology.phases_before_request");
    let mut open = Vec::new();
    for phase in phases {
        let complete = phase.state.is_complete();
        let why = if complete { Vec::new() } else { why_open(phase, steps) };
        if phase.before_production_request || before.contains(&phase.name) {
            open.extend(why.iter().cloned());
        }
        facts.set(
            FactId(format!("phase.{}.complete", phase.name).into()),
            Fact::from(complete).because(why),
        );
    }
    let known = |name: &String| phases.iter().any(|phase| phase.name == *name);
    open.extend(
        before
            .iter()
            .filter(|name| !known(name))
            .map(|name| format!("{name}: this project has no such phase")),
    );
    facts.set("phases.before_request_complete", Fact::from(open.is_empty()).because(open));
    facts
}

/// The facts that the gate of one phase judges.
pub fn phase(phase: &Phase, phases: &[Phase], steps: &[Step], policy: &Policy) -> Facts {
    let mut facts = Facts::default();
    let mine = || steps.iter().filter(|step| step.phase == phase.id);
    let count = |lines: Vec<String>| Fact::from(lines.len()).because(lines);
    facts.set("phase.required_steps_open", count(open_steps(phase, steps)));
    let earlier =
        phases.iter().filter(|other| other.number < phase.number && !other.state.is_complete());
    facts.set(
        "phase.earlier_open",
        count(earlier.map(|other| format!("{}: {}", other.title, other.state.name())).collect()),
    );
    let bare = mine().filter(|step| step.required && is_bare(&step.state)).map(line).collect();
    facts.set("phase.steps_without_evidence", count(bare));
    let clicked = clicked_through(steps, policy);
    facts.set(
        "phase.bulk_flagged",
        count(mine().filter(|step| clicked.contains(&step.id)).map(line).collect()),
    );
    let alone =
        mine().filter(|step| matches!(step.state, State::SetAside { .. })).map(line).collect();
    facts.set("phase.not_applicable_unconfirmed", count(alone));
    facts
}

/// The steps that were marked as done many at a time and without evidence. They stay done, and are flagged.
pub fn clicked_through(steps: &[Step], policy: &Policy) -> BTreeSet<StepId> {
    let many = policy
        .whole("methodology.bulk_completion_steps")
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(0);
    let within =
        policy.duration("methodology.bulk_completion_within").unwrap_or(SignedDuration::ZERO);
    let mut marked: Vec<(Timestamp, StepId)> = steps
        .iter()
        .filter(|step| is_bare(&step.state))
        .filter_map(|step| match &step.state {
            State::Done { at, .. } => Some((*at, step.id)),
            State::Open | State::SetAside { .. } | State::NotApplicable { .. } => None,
        })
        .collect();
    marked.sort_unstable();
    let mut flagged = BTreeSet::new();
    if many == 0 {
        return flagged;
    }
    for burst in marked.windows(many) {
        let (first, last) = (burst[0].0, burst[many - 1].0);
        if first.duration_until(last) <= within {
            flagged.extend(burst.iter().map(|(_, step)| *step));
        }
    }
    flagged
}

/// Done, but nothing shows it, and it is not work of the past.
fn is_bare(state: &State) -> bool {
    matches!(state, State::Done { proofs, earlier: None, .. } if proofs.is_empty())
}

fn open_steps(phase: &Phase, steps: &[Step]) -> Vec<String> {
    let open = |step: &&Step| step.phase == phase.id && step.required && !step.state.is_settled();
    steps.iter().filter(open).map(line).collect()
}

fn why_open(phase: &Phase, steps: &[Step]) -> Vec<String> {
    let open = open_steps(phase, steps);
    let steps = match open.len() {
        0 => "all required steps are settled".to_owned(),
        1 => "1 required step is open".to_owned(),
        n => format!("{n} required steps are open"),
    };
    std::iter::once(format!("{} is {}: {steps}", phase.title, phase.state.name()))
        .chain(open)
        .collect()
}

fn line(step: &Step) -> String {
    format!("{} {}", step.number, step.title)
}

#[cfg(test)]
mod tests {
    use super::super::phase::State as PhaseState;
    use super::super::{sample, step};
    use super::*;
    use crate::value::Value;

    fn done(step: &mut Step, second: i64, proofs: Vec<step::Proof>) {
        let at = sample::now() + SignedDuration::from_secs(second);
        step.state =
            State::Done { by: sample::user(1), at, proofs, note: String::new(), earlier: None };
    }

    #[test]
    fn an_open_phase_names_its_open_required_steps() {
        let copy = sample::copy();
        let facts = phases(&copy.phases, &copy.steps, &sample::policy());
        let fact = facts.get(&FactId::new("phases.before_request_complete"));
        assert_eq!(fact.value, Value::Flag(false));
        assert_eq!(
            fact.details,
            ["Analysis is open: 2 required steps are open", "1.1 Charter", "1.2 Scope"]
        );
        assert_eq!(facts.value("phase.analysis.complete"), Value::Flag(false));
        assert_eq!(facts.value("phase.operate.complete"), Value::Flag(false));
    }

    #[test]
    fn only_the_phases_before_the_request_count_for_it() {
        let mut copy = sample::copy();
        copy.phases[0].state = PhaseState::Complete { by: sample::user(1), at: sample::now() };
        let facts = phases(&copy.phases, &copy.steps, &sample::policy());
        assert_eq!(facts.value("phases.before_request_complete"), Value::Flag(true));
    }

    #[test]
    fn a_phase_that_the_pack_names_and_the_project_lacks_keeps_the_gate_shut() {
        let mut copy = sample::copy();
        copy.phases.remove(0);
        let fact = phases(&copy.phases, &copy.steps, &sample::policy());
        let fact = fact.get(&FactId::new("phases.before_request_complete"));
        assert_eq!(fact.details, ["analysis: this project has no such phase"]);
    }

    #[test]
    fn the_facts_of_a_phase_count_what_is_open_bare_and_set_aside_alone() {
        let mut copy = sample::copy();
        done(&mut copy.steps[0], 0, Vec::new());
        copy.steps[1].state =
            State::SetAside { by: sample::user(1), at: sample::now(), reason: "none".into() };
        let facts = phase(&copy.phases[0], &copy.phases, &copy.steps, &sample::policy());
        assert_eq!(facts.value("phase.required_steps_open"), Value::Count(0));
        assert_eq!(facts.value("phase.steps_without_evidence"), Value::Count(1));
        assert_eq!(facts.value("phase.not_applicable_unconfirmed"), Value::Count(1));
        assert_eq!(facts.value("phase.earlier_open"), Value::Count(0));
        let second = phase(&copy.phases[1], &copy.phases, &copy.steps, &sample::policy());
        assert_eq!(second.get(&FactId::new("phase.earlier_open")).details, ["Analysis: open"]);
    }

    #[test]
    fn many_steps_marked_within_a_minute_without_evidence_are_flagged() {
        let mut steps = sample::many_steps(4);
        for (step, second) in steps.iter_mut().zip([0, 20, 59, 300]) {
            done(step, second, Vec::new());
        }
        // The sample pack flags three within a minute.
        let flagged = clicked_through(&steps, &sample::policy());
        assert_eq!(flagged, steps[..3].iter().map(|step| step.id).collect());
        let link = step::Proof::Link { url: "https://example.org/scope".into() };
        done(&mut steps[1], 20, vec![link]);
        assert!(clicked_through(&steps, &sample::policy()).is_empty(), "evidence is not clicking");
    }

    #[test]
    fn work_recorded_later_is_not_clicking_through() {
        let mut steps = sample::many_steps(4);
        for step in &mut steps {
            let earlier = Some(step::Earlier {
                on: jiff::civil::date(2026, 5, 4),
                done_by: "A. Weber".into(),
            });
            step.state = State::Done {
                by: sample::user(1),
                at: sample::now(),
                proofs: vec![],
                note: String::new(),
                earlier,
            };
        }
        assert!(clicked_through(&steps, &sample::policy()).is_empty());
    }
}
