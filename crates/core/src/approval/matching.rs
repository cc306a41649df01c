//! Who could still fill what: a matching of the open seats with the members. It only shows; the signer chooses.

use super::{Approval, Delegation, Rule, State, open_seats};
use crate::id::UserId;
use crate::people::Member;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a rule still lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The rule.
    pub rule: String,
    /// Seats that are open.
    pub seats: usize,
    /// Who could take one without making it impossible to fill the others.
    pub could: Vec<UserId>,
    /// Seats that nobody is left for, however the others are filled.
    pub nobody_for: usize,
}

/// What every rule of an open decision still lacks. Rules that are met are left out.
pub fn missing(approval: &Approval, members: &[Member], now: Timestamp) -> Vec<Missing> {
    let State::Open { signatures, .. } = &approval.state else { return Vec::new() };
    let signed =
        |user: UserId| signatures.iter().any(|s| s.by == user || s.on_behalf_of == Some(user));
    let free: Vec<&Member> =
        members.iter().filter(|m| m.user != approval.requested_by && !signed(m.user)).collect();
    let open: Vec<(&Rule, usize)> = approval
        .rules
        .iter()
        .map(|rule| (rule, open_seats(rule, signatures)))
        .filter(|(_, seats)| *seats > 0)
        .collect();
    let seats: Vec<usize> =
        open.iter().enumerate().flat_map(|(at, (_, n))| std::iter::repeat_n(at, *n)).collect();
    let edges: Vec<Vec<usize>> =
        seats.iter().map(|&at| able(open[at].0, &approval.delegations, &free, now)).collect();
    let most = matched(&edges).iter().flatten().count();
    let lack = |at: usize, (rule, count): (&Rule, usize)| {
        let of_rule: Vec<usize> = (0..seats.len()).filter(|&seat| seats[seat] == at).collect();
        let fits = |person: usize| {
            of_rule.first().is_some_and(|&seat| {
                edges[seat].contains(&person) && forced(&edges, seat, person) == most
            })
        };
        let could = (0..free.len())
            .filter(|&person| fits(person))
            .map(|person| free[person].user)
            .collect();
        let alone: Vec<Vec<usize>> = of_rule.iter().map(|&seat| edges[seat].clone()).collect();
        let nobody_for = count - matched(&alone).iter().flatten().count();
        Missing { rule: rule.id.clone(), seats: count, could, nobody_for }
    };
    open.iter().enumerate().map(|(at, &entry)| lack(at, entry)).collect()
}

/// The members who have one of the capacities, or may use it for somebody who has it.
fn able(rule: &Rule, delegations: &[Delegation], free: &[&Member], now: Timestamp) -> Vec<usize> {
    let holds = |member: &Member| rule.any_of.iter().any(|capacity| capacity.is_held_by(member));
    let person = |member: &Member| !member.service_account && member.removed.is_none();
    let lent = |member: &Member| {
        let from = |d: &&Delegation| d.to == member.user && d.until > now;
        delegations
            .iter()
            .filter(from)
            .any(|d| free.iter().any(|other| other.user == d.from && holds(other)))
    };
    (0..free.len()).filter(|&at| person(free[at]) && (holds(free[at]) || lent(free[at]))).collect()
}

/// A largest matching: for each seat the person who takes it.
fn matched(edges: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut takes: Vec<Option<usize>> = vec![None; edges.len()];
    for seat in 0..edges.len() {
        augment(edges, seat, &mut takes, &mut Vec::new());
    }
    takes
}

/// Finds a person for a seat, moving others where that helps.
fn augment(
    edges: &[Vec<usize>],
    seat: usize,
    takes: &mut Vec<Option<usize>>,
    tried: &mut Vec<usize>,
) -> bool {
    for &person in &edges[seat] {
        if tried.contains(&person) {
            continue;
        }
        tried.push(person);
        let holder = takes.iter().position(|taken| *taken == Some(person));
        if holder.is_none_or(|other| augment(edges, other, takes, tried)) {
            if let Some(other) = holder.filter(|&other| takes[other] == Some(person)) {
                takes[other] = None;
            }
            takes[seat] = Some(person);
            return true;
        }
    }
    false
}

/// How many seats can be filled if this person takes this one.
fn forced(edges: &[Vec<usize>], seat: usize, person: usize) -> usize {
    let others: Vec<Vec<usize>> = edges
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != seat)
        .map(|(_, able)| able.iter().copied().filter(|&other| other != person).collect())
        .collect();
    1 + matched(&others).iter().flatten().count()
}
