//! What the policy pack asks of a review.

use super::{OpenFindings, Refusal, Release, Submission};
use crate::id::UserId;
use crate::policy::{Enforcement, Policy};
use crate::value::Value;
use jiff::{SignedDuration, Timestamp};

/// The settings of the review, typed.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of the pack")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The reviewer is never the submitter.
    pub four_eyes: bool,
    /// Only reviewers from neither customer nor partner; otherwise a conflict is named and shown.
    pub other_organisation_only: bool,
    /// Critical findings that may be open at the release.
    pub critical_most: usize,
    /// High findings that may be open at the release; nothing when they are not counted.
    pub high_most: Option<usize>,
    /// The workshop must be held before the release.
    pub workshop_required: bool,
    /// A longer single move of the date asks for confirmation, in days.
    pub move_days_most: u32,
    /// More days in all moves together ask for confirmation.
    pub moves_total_most: u32,
    /// Whether moves of the date count at all.
    pub on_date_move: bool,
    /// Whether changes of scope count.
    pub on_scope_change: bool,
    /// Whether changes of the version set count.
    pub on_version_change: bool,
    /// The release lapses after so many days without a production request.
    pub valid_days: u32,
    /// Business days until the first report.
    pub report_days: u32,
    /// Business days until a late change is confirmed.
    pub confirm_days: u32,
    /// Business days for the team's answer to a message.
    pub answer_days: u32,
}

impl Rules {
    /// Reads the rules from the pack.
    pub fn of(policy: &Policy) -> Self {
        let days = |key| policy.number(key).map_or(0, to_u32);
        let denies = |key| policy.flag(key) && policy.enforcement(key) == Enforcement::Deny;
        let most = |key| (policy.enforcement(key) == Enforcement::Deny).then(|| days(key) as usize);
        Self {
            four_eyes: denies("review.reviewer_is_not_submitter"),
            other_organisation_only: denies("review.reviewer_from_other_organisation"),
            critical_most: most("review.critical_findings_open_max").unwrap_or(usize::MAX),
            high_most: most("review.high_findings_open_max"),
            workshop_required: policy
                .setting("review.workshop")
                .is_some_and(|setting| setting.value == Value::from("required")),
            move_days_most: days("go_live.date_move_tolerance"),
            moves_total_most: days("go_live.date_moves_total_tolerance"),
            on_date_move: denies("review.reconfirm_on_date_move"),
            on_scope_change: denies("review.reconfirm_on_scope_change"),
            on_version_change: denies("review.reconfirm_on_version_change"),
            valid_days: days("review.ready_valid_for"),
            report_days: days("review.first_report_within"),
            confirm_days: days("review.reconfirm_within"),
            answer_days: days("review.team_answer_within"),
        }
    }

    /// Four eyes.
    pub(super) fn check_four_eyes(
        &self,
        reviewer: UserId,
        submission: &Submission,
    ) -> Result<(), Refusal> {
        if self.four_eyes && reviewer == submission.by {
            Err(Refusal::SubmitterReviews)
        } else {
            Ok(())
        }
    }

    /// Whether the project may be released.
    pub(super) fn check_ready(
        &self,
        open: OpenFindings,
        workshop_held: bool,
    ) -> Result<(), Refusal> {
        if open.critical > self.critical_most {
            return Err(Refusal::CriticalOpen { open: open.critical, most: self.critical_most });
        }
        if let Some(most) = self.high_most.filter(|most| open.high > *most) {
            return Err(Refusal::HighOpen { open: open.high, most });
        }
        if self.workshop_required && !workshop_held {
            return Err(Refusal::NoWorkshop);
        }
        Ok(())
    }

    /// A release from now on.
    pub(super) fn release(&self, by: UserId, now: Timestamp) -> Release {
        let valid = SignedDuration::from_hours(24 * i64::from(self.valid_days));
        Release { by, at: now, valid_until: now.saturating_add(valid).unwrap_or(Timestamp::MAX) }
    }
}

/// A setting as a whole number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "settings are small and not negative"
)]
fn to_u32(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}
