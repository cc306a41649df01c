//! Who signed what: every signature of a project with the digest of what was shown.

use super::log::RequestSigned;
use crate::Result;
use golive_core::acceptance::book::Acceptance;
use golive_core::acceptance::sign_off;
use golive_core::certificate::{SignedApproval, SignedBy};
use golive_core::cutover::kept::Standing;
use golive_core::cutover::signature;
use golive_core::datacopy::{Movement, sign_off as copy_sign_off};
use golive_core::go_live::{Decision, GoLive, Say, State as GoLiveState, shown};
use golive_core::id::{ProjectId, UserId};
use golive_core::people::Member;
use golive_core::review::{Review, State as ReviewState};
use golive_store::Session;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The members of a project: what a user is called and which side that person is on.
pub(super) struct Names(BTreeMap<UserId, (String, &'static str)>);

impl Names {
    /// Everybody who ever had a seat.
    pub async fn of(session: &mut Session, project: ProjectId) -> Result<Self> {
        let members = session.of_project::<Member>(project).await?;
        let named = |seat: Member| (seat.user, (seat.name.clone(), seat.side.name()));
        Ok(Self(members.into_iter().map(|(_, seen)| named(seen.value)).collect()))
    }

    /// The name for people.
    pub fn name(&self, user: UserId) -> String {
        self.0.get(&user).map_or_else(|| user.to_string(), |(name, _)| name.clone())
    }

    fn signed(&self, by: UserId, capacity: Option<&str>, meaning: &str, at: Timestamp) -> SignedBy {
        let side = self.0.get(&by).map_or("", |(_, side)| side);
        SignedBy {
            name: self.name(by),
            capacity: capacity.unwrap_or(side).to_owned(),
            meaning: meaning.to_owned(),
            at,
        }
    }
}

/// Every signature that holds.
pub(super) async fn all(
    session: &mut Session,
    project: ProjectId,
    requests: &[RequestSigned],
    names: &Names,
) -> Result<Vec<SignedApproval>> {
    let mut all: Vec<SignedApproval> = Vec::new();
    if let Some(seen) = session.find::<Acceptance>(project).await? {
        all.extend(acceptance(project, &seen.value, names));
    }
    for (id, seen) in session.of_project::<Review>(project).await? {
        all.extend(review(&id.to_string(), &seen.value, names));
    }
    all.extend(requests.iter().map(|signed| request(signed, names)));
    if let Some(seen) = session.find::<Standing>(project).await? {
        all.extend(plan(project, &seen.value, names));
    }
    for (id, seen) in session.of_project::<Movement>(project).await? {
        all.extend(copy(&id.to_string(), &seen.value, names));
    }
    if let Some(seen) = session.find::<GoLive>(project).await? {
        all.extend(go_no_go(project, &seen.value, names));
    }
    Ok(all)
}

fn approval(
    subject: impl ToString,
    title: &str,
    digest: impl Into<String>,
    signatures: Vec<SignedBy>,
) -> SignedApproval {
    let (subject, title, digest) = (subject.to_string(), title.to_owned(), digest.into());
    SignedApproval { subject, title, digest, signatures }
}

fn acceptance(project: ProjectId, value: &Acceptance, names: &Names) -> Option<SignedApproval> {
    match &value.sign_off {
        sign_off::State::Signed { signature } => {
            let by = names.signed(
                signature.by,
                Some(&signature.capacity),
                &signature.meaning,
                signature.at,
            );
            Some(approval(project, "acceptance", signature.picture.digest(), vec![by]))
        }
        sign_off::State::Unsigned
        | sign_off::State::Superseded { .. }
        | sign_off::State::Revoked { .. } => None,
    }
}

fn review(id: &str, value: &Review, names: &Names) -> Option<SignedApproval> {
    match &value.state {
        ReviewState::Complete { submission, release, .. }
        | ReviewState::ToBeConfirmed { submission, release, .. } => {
            let sent = names.signed(submission.by, None, "sent the checklist", submission.at);
            let word = names.signed(release.by, None, "released the project", release.at);
            let open = matches!(value.state, ReviewState::ToBeConfirmed { .. });
            let title = if open { "review (to be confirmed again)" } else { "review" };
            Some(approval(id, title, &submission.digest, vec![sent, word]))
        }
        ReviewState::Planned
        | ReviewState::Discover { .. }
        | ReviewState::InReview { .. }
        | ReviewState::ReportIssued { .. }
        | ReviewState::Mitigation { .. }
        | ReviewState::Returned { .. } => None,
    }
}

fn request(signed: &RequestSigned, names: &Names) -> SignedApproval {
    let by = names.signed(signed.by, None, "signed off", signed.at);
    approval(&signed.request, "production request", shown(&signed.gate), vec![by])
}

fn plan(project: ProjectId, value: &Standing, names: &Names) -> Option<SignedApproval> {
    match &value.signature {
        signature::State::Signed { signature } => {
            let by = names.signed(signature.by, None, &signature.meaning, signature.at);
            Some(approval(project, "cutover plan", &signature.digest, vec![by]))
        }
        signature::State::Draft | signature::State::Superseded { .. } => None,
    }
}

fn copy(id: &str, value: &Movement, names: &Names) -> Option<SignedApproval> {
    match &value.sign_off {
        copy_sign_off::State::Signed { by, at, digest, issues } => {
            let meaning = issues.as_ref().map_or_else(
                || "accepted the copy".to_owned(),
                |issues| format!("accepted the copy with issues: {issues}"),
            );
            let by = names.signed(*by, None, &meaning, *at);
            Some(approval(id, "database copy", digest, vec![by]))
        }
        copy_sign_off::State::Waiting { .. } | copy_sign_off::State::RolledBack { .. } => None,
    }
}

fn go_no_go(project: ProjectId, value: &GoLive, names: &Names) -> Option<SignedApproval> {
    let (decision, word) = match &value.state {
        GoLiveState::Ahead | GoLiveState::Meeting { .. } => return None,
        GoLiveState::NoGo { decision } => (decision, "no go"),
        GoLiveState::Go { decision }
        | GoLiveState::Live { decision, .. }
        | GoLiveState::Ended { decision, .. } => (decision, "go"),
    };
    Some(approval(project, "go/no-go", &decision.shown, signatures(decision, word, names)))
}

fn signatures(decision: &Decision, word: &str, names: &Names) -> Vec<SignedBy> {
    let said = |say: Say| match say {
        Say::Go => "voted go",
        Say::NoGo => "voted no go",
    };
    let votes = decision.votes.values();
    let mut all: Vec<SignedBy> = votes
        .map(|vote| names.signed(vote.by, Some(&vote.seat), said(vote.say), vote.at))
        .collect();
    let meaning = format!("decided: {word}");
    all.push(names.signed(
        decision.by,
        Some(golive_core::go_live::AUTHORITY),
        &meaning,
        decision.at,
    ));
    all
}
