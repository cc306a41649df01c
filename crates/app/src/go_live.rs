//! Going live: production in the customer's hand, the go/no-go, the first day, hypercare until it is over.

mod records;
mod views;

pub use records::{FactRecord, FactView};
pub use views::{DecisionRequest, GoLiveView, SeatRequest, VoteRequest};

use crate::facts::Ground;
use crate::{Actor, App, Error, Result};
use golive_core::fact::Facts;
use golive_core::gate::{Gate, Verdict};
use golive_core::go_live::measured::{self, Measurement};
use golive_core::go_live::{
    Around, Command, Control, GoLive, Refusal, Rules, Say, Seat, State, decide, facts as rules,
    shown,
};
use golive_core::id::{ProjectId, UserId};
use golive_core::people::{Action, Member, Side};
use golive_core::portfolio::{Project, ProjectEvent};
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use jiff::civil::Date;

impl App {
    /// How far the project is from its go-live decision, and after it.
    pub async fn go_live_view(&self, actor: &Actor, project: ProjectId) -> Result<GoLiveView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let seen = kept(&mut session, project).await?;
        self.view_of_go_live(
            &mut session,
            actor,
            project,
            seen.map(|seen| seen.value).unwrap_or_default(),
        )
        .await
    }

    /// Gives a seat at the table to a member.
    pub async fn seat_set(
        &self,
        actor: &Actor,
        project: ProjectId,
        wanted: &SeatRequest,
    ) -> Result<GoLiveView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::ManageProject).await?;
        let members = write.of_project::<Member>(project).await?;
        let find = |id: &str| -> Result<UserId> {
            let found = members
                .iter()
                .find(|(_, m)| m.value.user.to_string() == id && m.value.removed.is_none());
            found.map(|(_, m)| m.value.user).ok_or_else(|| Error::not_found("member", id))
        };
        let seat = Seat {
            id: wanted.seat.clone(),
            title: wanted.title.clone(),
            holder: find(&wanted.holder)?,
            deputy: wanted.deputy.as_deref().map(find).transpose()?,
        };
        self.seats_put(&mut write, project, vec![seat]).await?;
        write.commit().await?;
        self.go_live_view(actor, project).await
    }

    /// Gives seats in the write of whoever needs it; a seat that is as wanted is left alone. Returns those that were there
    /// before and are others now, and those that are new.
    pub(crate) async fn seats_put(
        &self,
        write: &mut Write,
        project: ProjectId,
        wanted: Vec<Seat>,
    ) -> Result<Vec<(Option<Seat>, Seat)>> {
        let seen = kept(write, project).await?;
        let mut value = seen.as_ref().map(|seen| seen.value.clone()).unwrap_or_default();
        let mut changes = Vec::new();
        for seat in wanted {
            let before = value.table.seats.iter().find(|other| other.id == seat.id).cloned();
            if before.as_ref() != Some(&seat) {
                value.table.seats.retain(|other| other.id != seat.id);
                value.table.seats.push(seat.clone());
                changes.push((before, seat));
            }
        }
        if changes.is_empty() {
            return Ok(changes);
        }
        let policy = self.policy(&write.get::<Project>(project).await?.value.policy)?;
        value.table.voting = policy.list("go_no_go.seats");
        let members = write.of_project::<Member>(project).await?;
        let customers = members
            .iter()
            .filter(|(_, m)| m.value.side == Side::Customer && !m.value.service_account);
        value.table.customer = customers.map(|(_, m)| m.value.user).collect();
        let seats: Vec<&Seat> = changes.iter().map(|(_, seat)| seat).collect();
        let event = serde_json::json!({ "event": "seat_set", "seats": seats });
        store(write, project, seen, &value, &event).await?;
        Ok(changes)
    }

    /// The customer takes production in hand.
    pub async fn production_take_control(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<GoLiveView> {
        self.signs(actor, project, Action::TakeControl, "you take production in hand").await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::TakeControl).await?;
        let seen = kept(&mut write, project).await?;
        let mut value = seen.as_ref().map(|seen| seen.value.clone()).unwrap_or_default();
        if let Some(control) = &value.control {
            return Err(Error::NotNow(format!(
                "production has been in the customer's hand since {}",
                control.at
            )));
        }
        let verdict = self.judge(&mut write, project, Gate::ProductionReady).await?;
        if !verdict.is_open() {
            return Err(Error::GateShut(Box::new(verdict)));
        }
        value.control = Some(Control { by: actor.user, at: write.now() });
        let event =
            serde_json::json!({ "event": "control_taken", "by": actor.user, "gate": verdict });
        store(&mut write, project, seen, &value, &event).await?;
        write.commit().await?;
        self.go_live_view(actor, project).await
    }

    /// Calls the go/no-go meeting.
    pub async fn go_no_go_call(&self, actor: &Actor, project: ProjectId) -> Result<GoLiveView> {
        let by = actor.user;
        self.go_live_command(actor, project, (Action::RunCutover, Gate::GoLive), |digest| {
            Command::Call { by, shown: digest }
        })
        .await
    }

    /// Votes for a seat, on what was shown.
    pub async fn go_no_go_vote(
        &self,
        actor: &Actor,
        project: ProjectId,
        vote: &VoteRequest,
    ) -> Result<GoLiveView> {
        self.signs(actor, project, Action::Vote, "you vote").await?;
        let say = if vote.go { Say::Go } else { Say::NoGo };
        let (by, seat, reason, shown) =
            (actor.user, vote.seat.clone(), vote.reason.clone(), vote.shown.clone());
        self.go_live_command(actor, project, (Action::Vote, Gate::GoLive), |_| Command::Vote {
            by,
            seat,
            say,
            reason,
            shown,
        })
        .await
    }

    /// Puts a condition on the table.
    pub async fn go_no_go_propose(
        &self,
        actor: &Actor,
        project: ProjectId,
        (condition, what): (&str, &str),
        (owner, due): (Option<UserId>, Option<Date>),
    ) -> Result<GoLiveView> {
        let (by, condition, what) = (actor.user, condition.to_owned(), what.to_owned());
        self.go_live_command(actor, project, (Action::Vote, Gate::GoLive), |_| Command::Propose {
            by,
            condition,
            what,
            owner,
            due,
        })
        .await
    }

    /// The named authority decides.
    pub async fn go_no_go_decide(
        &self,
        actor: &Actor,
        project: ProjectId,
        decision: &DecisionRequest,
    ) -> Result<GoLiveView> {
        self.signs(actor, project, Action::DecideGoLive, "you decide about going live").await?;
        let by = actor.user;
        let DecisionRequest { go, note, answers, shown } = decision.clone();
        self.go_live_command(actor, project, (Action::DecideGoLive, Gate::GoLive), |_| {
            Command::Decide { by, go, answers, note, shown }
        })
        .await
    }

    /// Writes the minutes; whoever has not written them confirms them.
    pub async fn go_no_go_minutes(
        &self,
        actor: &Actor,
        project: ProjectId,
        text: &str,
        confirm: bool,
    ) -> Result<GoLiveView> {
        let (by, text) = (actor.user, text.to_owned());
        let command = move |_| {
            if confirm {
                Command::ConfirmMinutes { by, text }
            } else {
                Command::WriteMinutes { by, text }
            }
        };
        self.go_live_command(actor, project, (Action::Vote, Gate::GoLive), command).await
    }

    /// Records that a condition of the decision is met.
    pub async fn go_no_go_fulfil(
        &self,
        actor: &Actor,
        project: ProjectId,
        condition: &str,
        note: &str,
    ) -> Result<GoLiveView> {
        let (by, condition, note) = (actor.user, condition.to_owned(), note.to_owned());
        self.go_live_command(actor, project, (Action::Vote, Gate::GoLive), |_| Command::Fulfil {
            by,
            condition,
            note,
        })
        .await
    }

    /// The authority no longer asks for a condition.
    pub async fn go_no_go_release(
        &self,
        actor: &Actor,
        project: ProjectId,
        condition: &str,
        reason: &str,
    ) -> Result<GoLiveView> {
        let (by, condition, reason) = (actor.user, condition.to_owned(), reason.to_owned());
        self.go_live_command(actor, project, (Action::DecideGoLive, Gate::GoLive), |_| {
            Command::Release { by, condition, reason }
        })
        .await
    }

    /// Records that the project is live. Its date and the decision lie behind.
    pub async fn go_live_record(
        &self,
        actor: &Actor,
        project: ProjectId,
        since: Timestamp,
    ) -> Result<GoLiveView> {
        self.signs(actor, project, Action::DecideGoLive, "you record that the project is live")
            .await?;
        let by = actor.user;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::DecideGoLive).await?;
        let kept_project = write.get::<Project>(project).await?;
        let today = self.today(&kept_project.value);
        let date = match &kept_project.value.go_live {
            Some(set) if set.date <= today => set.date,
            Some(set) => {
                return Err(Error::NotNow(format!(
                    "the go-live date is {}, today is {today}",
                    set.date
                )));
            }
            None => return Err(Error::NotNow("no go-live date is set".into())),
        };
        let seen = kept(&mut write, project).await?;
        let value = seen.as_ref().map(|seen| seen.value.clone()).unwrap_or_default();
        let change = self
            .decided(&mut write, project, &value, (Gate::GoLive, |_| Command::GoLive { by, since }))
            .await?;
        store(&mut write, project, seen, &GoLive { state: change.state, ..value }, &change.event)
            .await?;
        let live = Project { live_since: Some(since), ..kept_project.value };
        write.change(project, kept_project.version, &live, &ProjectEvent::WentLive).await?;
        crate::schedule::milestones::went_live(&mut write, (project, by), (date, today)).await?;
        write.commit().await?;
        self.go_live_view(actor, project).await
    }

    /// Takes over one line of the hand-over list.
    pub async fn handover_take(
        &self,
        actor: &Actor,
        project: ProjectId,
        line: &str,
        note: &str,
    ) -> Result<GoLiveView> {
        let (by, line, note) = (actor.user, line.to_owned(), note.to_owned());
        self.go_live_command(actor, project, (Action::Converse, Gate::HypercareExit), |_| {
            Command::TakeOver { by, line, note }
        })
        .await
    }

    /// Ends hypercare and closes the project.
    pub async fn project_close(&self, actor: &Actor, project: ProjectId) -> Result<GoLiveView> {
        self.signs(actor, project, Action::TakeControl, "you close the project").await?;
        let by = actor.user;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::TakeControl).await?;
        let seen = kept(&mut write, project).await?;
        let value = seen.as_ref().map(|seen| seen.value.clone()).unwrap_or_default();
        let change = self
            .decided(&mut write, project, &value, (Gate::HypercareExit, |_| Command::End { by }))
            .await?;
        store(&mut write, project, seen, &GoLive { state: change.state, ..value }, &change.event)
            .await?;
        let kept_project = write.get::<Project>(project).await?;
        let closed = Project { closed: Some(write.now()), ..kept_project.value };
        write.change(project, kept_project.version, &closed, &ProjectEvent::Closed).await?;
        write.commit().await?;
        self.go_live_view(actor, project).await
    }

    /// Load, decide, store. When the measured values have changed since they were shown, that is told first.
    async fn go_live_command(
        &self,
        actor: &Actor,
        project: ProjectId,
        (action, gate): (Action, Gate),
        command: impl FnOnce(String) -> Command,
    ) -> Result<GoLiveView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, action).await?;
        let seen = kept(&mut write, project).await?;
        let mut value = seen.as_ref().map(|seen| seen.value.clone()).unwrap_or_default();
        let verdict = self.judge(&mut write, project, gate).await?;
        let digest = shown(&verdict);
        let old = matches!(&value.state, State::Meeting { shown, .. } if *shown != digest)
            && gate == Gate::GoLive;
        if old {
            let change = self
                .decided(
                    &mut write,
                    project,
                    &value,
                    (gate, |_| Command::Show { shown: digest.clone() }),
                )
                .await?;
            value.state = change.state;
            store(&mut write, project, seen, &value, &change.event).await?;
            let refused = self.decided(&mut write, project, &value, (gate, command)).await;
            // That the values changed is on record even when what was asked is refused because of it.
            if let Ok(change) = refused {
                let seen = kept(&mut write, project).await?;
                store(
                    &mut write,
                    project,
                    seen,
                    &GoLive { state: change.state, ..value },
                    &change.event,
                )
                .await?;
                write.commit().await?;
                return self.go_live_view(actor, project).await;
            }
            write.commit().await?;
            return Err(refused.err().unwrap_or_else(|| Error::NotNow("look again".into())));
        }
        let change = self.decided(&mut write, project, &value, (gate, command)).await?;
        store(&mut write, project, seen, &GoLive { state: change.state, ..value }, &change.event)
            .await?;
        write.commit().await?;
        self.go_live_view(actor, project).await
    }

    async fn decided(
        &self,
        session: &mut Session,
        project: ProjectId,
        value: &GoLive,
        (gate, command): (Gate, impl FnOnce(String) -> Command),
    ) -> Result<golive_core::go_live::Change> {
        let verdict: Verdict = self.judge(session, project, gate).await?;
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        let handover = self.handover();
        let lines: Vec<&str> = handover.iter().map(String::as_str).collect();
        let around = Around {
            table: &value.table,
            verdict: Some(&verdict),
            handover: &lines,
            rules: Rules::of(policy),
        };
        decide(&value.state, command(shown(&verdict)), around, self.clock.now())
            .map_err(|refusal| refused(refusal, &verdict))
    }

    fn handover(&self) -> Vec<String> {
        self.content
            .criteria
            .values()
            .flat_map(|set| set.handover.iter().map(|line| line.id.clone()))
            .collect()
    }

    fn required_handover(&self) -> Vec<&str> {
        self.content.criteria.values().flat_map(|set| set.required_handover()).collect()
    }
}

fn refused(refusal: Refusal, verdict: &Verdict) -> Error {
    use golive_core::go_live::Obstacle;
    match refusal {
        wrong @ Refusal::WrongState { .. } => Error::NotNow(wrong.to_string()),
        Refusal::NotNow(obstacles)
            if obstacles.iter().all(|one| matches!(one, Obstacle::GateShut { .. })) =>
        {
            Error::GateShut(Box::new(verdict.clone()))
        }
        Refusal::NotNow(obstacles) => {
            Error::Refused(obstacles.iter().map(ToString::to_string).collect())
        }
    }
}

async fn kept(session: &mut Session, project: ProjectId) -> Result<Option<Versioned<GoLive>>> {
    Ok(session.find::<GoLive>(project).await?)
}

async fn store(
    write: &mut Write,
    project: ProjectId,
    seen: Option<Versioned<GoLive>>,
    value: &GoLive,
    event: &impl serde::Serialize,
) -> Result<()> {
    match seen {
        Some(seen) => Ok(write.change(project, seen.version, value, event).await?),
        None => Ok(write.insert(project, project, value, event).await?),
    }
}

/// The facts that this subject knows of a project, those that people recorded among them.
pub(crate) async fn facts(
    app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let records = session.of_project::<Measurement>(ground.id).await?;
    let all: Vec<Measurement> = records.into_iter().map(|(_, seen)| seen.value).collect();
    facts.extend(measured::facts(&all));
    let value = kept(session, ground.id).await?.map(|seen| seen.value).unwrap_or_default();
    facts.extend(rules::of(&value.state, &value.table, &app.required_handover(), ground.now));
    facts.set("production.ready", value.control.is_some());
    Ok(())
}
