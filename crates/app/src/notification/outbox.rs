//! Hands mail over. A mail is taken for a while, sent, and marked; if the server dies in between it is sent again with the
//! same Message-ID, so that the receiver can tell. Files are written once.

use super::{ADDRESS, LOOK_AGAIN};
use crate::ports::mail::{Mail, MailError, Mailer};
use crate::{App, Result};
use golive_core::id::MessageId;
use golive_store::Queued;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// How often a mail is tried before it is given up, by the machine clock over about two days.
const ATTEMPTS: i64 = 12;

/// How long a mail belongs to the one who sends it.
const LEASE_SECONDS: i64 = 120;

/// How many are sent in one go.
const BATCH: i64 = 100;

/// The longest pause between two attempts.
const LONGEST_PAUSE_SECONDS: i64 = 6 * 3600;

impl App {
    /// Sends mail until told to stop. `address` is golive's own, for the links.
    pub async fn run_outbox(
        self,
        mailer: Arc<dyn Mailer>,
        address: String,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut changes = self.store.changes();
        let mut nudges = self.live.nudges();
        while !*stop.borrow() {
            changes.mark_unchanged();
            match self.send_mail(mailer.as_ref(), &address).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(?error, "mail could not be sent"),
            }
            tokio::select! {
                _ = changes.changed() => {}
                _ = nudges.recv() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Sends what is due now; how many were tried.
    pub async fn send_mail(&self, mailer: &dyn Mailer, address: &str) -> Result<usize> {
        let due = self.store.mail_due(self.clock.now(), BATCH).await?;
        let mut tried = 0;
        for parcel in parcels(due) {
            let ids: Vec<MessageId> = parcel.iter().map(|queued| queued.message.id).collect();
            if !self.store.mail_take(&ids, LEASE_SECONDS).await? {
                continue;
            }
            tried += 1;
            let attempt = parcel.iter().map(|queued| queued.attempts).max().unwrap_or_default() + 1;
            let answer = mailer.send(&mail(&parcel, address)).await;
            self.faults.point("outbox/sent");
            match answer {
                Ok(()) => self.store.mail_done(&ids, "sent", "", 0).await?,
                Err(MailError::Refused(why)) => {
                    self.store.mail_done(&ids, "refused", &why, 0).await?;
                }
                Err(MailError::Later(why)) if attempt >= ATTEMPTS => {
                    let why = format!("given up after {attempt} attempts: {why}");
                    self.store.mail_done(&ids, "refused", &why, 0).await?;
                }
                Err(MailError::Later(why)) => {
                    self.store.mail_done(&ids, "new", &why, pause(attempt)).await?;
                }
            }
        }
        Ok(tried)
    }
}

/// Seconds before the next attempt: 30, then twice as long each time.
fn pause(attempt: i64) -> i64 {
    let doubled = u32::try_from(attempt - 1).unwrap_or_default().min(20);
    30_i64.saturating_mul(1 << doubled).min(LONGEST_PAUSE_SECONDS)
}

/// What goes out as one mail: digest messages to one address with one time together, everything else alone. A digest is
/// complete when it is due: what comes later has a later time.
fn parcels(due: Vec<Queued>) -> Vec<Vec<Queued>> {
    let mut alone = Vec::new();
    let mut together: BTreeMap<_, Vec<Queued>> = BTreeMap::new();
    for queued in due {
        if queued.message.is_digest {
            let key = (queued.message.address.clone(), queued.message.due, queued.attempts);
            together.entry(key).or_default().push(queued);
        } else {
            alone.push(vec![queued]);
        }
    }
    alone.extend(together.into_values());
    alone
}

fn mail(parcel: &[Queued], address: &str) -> Mail {
    let first = &parcel[0].message;
    let body =
        |queued: &Queued| queued.message.body.replace(ADDRESS, address.trim_end_matches('/'));
    if let [one] = parcel {
        return Mail {
            id: first.id.to_string(),
            to: first.address.clone(),
            subject: first.subject.clone(),
            body: body(one),
        };
    }
    let parts: Vec<String> = parcel
        .iter()
        .map(|queued| format!("* {}\n\n{}", queued.message.subject, body(queued).trim()))
        .collect();
    Mail {
        id: MessageId::named("digest", &format!("{}/{}", first.address, first.due)).to_string(),
        to: first.address.clone(),
        subject: format!("golive: {} messages", parcel.len()),
        body: parts.join("\n\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end() {
        assert_eq!([1, 2, 3, 11, 40].map(pause), [30, 60, 120, 21_600, 21_600]);
    }
}
