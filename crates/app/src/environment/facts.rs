//! What environments say to the gates: production beside the sandbox on which the solution was accepted.

use super::Administrator;
use crate::facts::Ground;
use crate::{App, Result};
use golive_core::environment::{Environment, Purpose, State};
use golive_core::fact::{Fact, Facts};
use golive_core::people::Member;
use golive_core::request::{Request, State as Asked};
use golive_store::Session;

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let environments = session.of_project::<Environment>(ground.id).await?;
    let requests = session.of_project::<Request>(ground.id).await?;
    let all: Vec<&Environment> = environments.iter().map(|(_, seen)| &seen.value).collect();
    let production = all.iter().copied().find(|it| {
        it.spec.purpose == Purpose::Production && !matches!(it.state, State::Deleted { .. })
    });
    let least = ground.policy.number("acceptance.environment_tier_min").unwrap_or(2.0);
    let sandboxes: Vec<&Environment> = all
        .iter()
        .copied()
        .filter(|it| it.spec.purpose == Purpose::Sandbox && f64::from(it.spec.tier) >= least)
        .filter(|it| it.state.installed().is_some())
        .collect();
    facts.set("environment.sandbox_deployed", !sandboxes.is_empty());
    // golive has no list of supported versions of an application; nothing is known, so the question does not arise.
    facts.set("environment.version_supported", Fact::not_applicable());
    facts.set("environment.support_left_enough", Fact::not_applicable());
    facts.set("package.freeze_clear", true);
    let members = session.of_project::<Member>(ground.id).await?;
    let service_account =
        members.iter().any(|(_, m)| m.value.service_account && m.value.removed.is_none());
    facts.set("environment.emergency_administrator", service_account);
    if let Some((_, asked)) = requests.first() {
        administrator(session, &asked.value.configuration.administrator, facts).await?;
        compared(&asked.value, &sandboxes, facts);
    }
    if let Some(production) = production {
        of_production(production, &sandboxes, facts);
    }
    Ok(())
}

/// What the account is that administers production: nobody's word, the account's own.
async fn administrator(session: &mut Session, login: &str, facts: &mut Facts) -> Result<()> {
    let account = Administrator::of(session, login).await?;
    let who = [format!("the administrator {login} is {}", account.words())];
    let fact = Fact::from(account.is_service_account()).because(who);
    facts.set("environment.admin_is_service_account", fact);
    Ok(())
}

/// What is asked for beside what was tested.
fn compared(request: &Request, sandboxes: &[&Environment], facts: &mut Facts) {
    let configuration = &request.configuration;
    let equal = |asked: &str, there: fn(&Environment) -> &str| -> Fact {
        if sandboxes.is_empty() {
            return Fact::default().because(["no sandbox is deployed to compare with"]);
        }
        let other = sandboxes.iter().filter(|it| there(it) != asked);
        let words =
            other.map(|it| format!("{} has {}, production {asked}", it.spec.name, there(it)));
        let words: Vec<String> = words.collect();
        Fact::from(words.len() < sandboxes.len()).because(words)
    };
    facts.set("environment.region_equal", equal(&configuration.region, |it| &it.spec.region));
    facts.set("environment.version_equal", equal(&configuration.version, |it| &it.spec.version));
    let signed = !matches!(request.state, Asked::Configure);
    facts.set("request.signed_off", signed);
    facts.set("request.deployed", matches!(request.state, Asked::Deployed { .. }));
}

/// What is there, as operations found it.
fn of_production(production: &Environment, sandboxes: &[&Environment], facts: &mut Facts) {
    let installed = production.state.installed();
    let running = matches!(production.state, State::Running { .. });
    let locked = installed.is_some_and(|it| it.locked);
    facts.set(
        "production.healthy_and_locked",
        Fact::from(running && locked).because([format!(
            "{}, accounts {}",
            production.state.name(),
            if locked { "locked" } else { "not locked" }
        )]),
    );
    // Every deployment and every copy ends with a real sign-in of the administrator.
    facts.set("production.admin_signed_in", running);
    facts.set("production.package_installed", installed.is_some_and(|it| it.package.is_some()));
    let equal = |it: &&&Environment| {
        it.state.installed().map(|there| &there.modules) == installed.map(|there| &there.modules)
    };
    let same = installed.is_some() && sandboxes.iter().any(|it| equal(&it));
    facts.set("production.version_equal", same);
}
