//! The server's administrator makes what is needed; the project manager begins: date, methodology, onboarding.

use super::{ADA, AUGUSTUS, CHARLES, LUIGI, MARY};
use crate::desk::{ADMIN, Desk, PASSWORD};
use crate::server::file;
use anyhow::{Context as _, Result};

const CUSTOMER: &str = "Analytical Engines";
const PARTNER: &str = "Difference Partners";
/// The service account that administers every environment.
const SERVICE: &str = "svc-erp";

/// One person: login, name, organisation, side, roles.
type Person = (&'static str, &'static str, &'static str, &'static str, &'static str);
const PEOPLE: [Person; 6] = [
    (
        ADA,
        "Ada King",
        CUSTOMER,
        "customer",
        "customer-project-manager\nexecutive-sponsor\nfinance-lead\nkey-user",
    ),
    (CHARLES, "Charles Babbage", CUSTOMER, "customer", "go-live-authority\ndata-owner\nit-lead"),
    (SERVICE, "Service account", CUSTOMER, "customer", ""),
    (
        MARY,
        "Mary Somerville",
        PARTNER,
        "partner",
        "partner-project-manager\nrelease-manager\ncutover-manager\ntest-lead",
    ),
    (AUGUSTUS, "Augustus Morgan", PARTNER, "reviewer", "reviewer"),
    (LUIGI, "Luigi Menabrea", PARTNER, "operator", "operator"),
];

/// The fields of one section of onboarding.
type Section = &'static [(&'static str, &'static str)];
/// The sections of onboarding in order; each leads to the next.
const SECTIONS: [Section; 7] = [
    &[
        ("vision", "One book for one engine"),
        ("measures", "Orders shipped on the day: from 71 to 90 per cent"),
        ("industry", "Machines"),
        ("product", "demo-erp"),
        ("code_home", "https://code.engines.example/erp"),
        ("legacy", "Ledgers | Paper | replaced"),
    ],
    &[
        ("features", "sales | Sales | yes | Orders by telephone"),
        ("legal_entities", "AE | Analytical Engines | GB | GBP | 1 | january"),
        ("sites", "Reading | GB | Europe/London | 12"),
    ],
    &[("contacts", "ada.king | Project | yes | yes")],
    &[("waves", "1 | 2027-04-05 | 12 | GB | AE | Sales")],
    &[("bought", "20"), ("allocated", "20")],
    &[(
        "planned",
        "uat | uat | sandbox | 3 | here | svc-erp | | | planned
production | production | production | | here | svc-erp | | | planned",
    )],
    &[
        (
            "regulations",
            "reg-1 | GB | Books are kept for six years | bookkeeping | ada.king | Shown",
        ),
        ("roles", "sales-clerk | Sales clerk | default | 12"),
        ("data_loads", "load-1 | Customers | Ledgers | ada.king | 100 | window | 5 | yes"),
        ("risks", "r-1 | Nobody can read the ledgers | low | high | A copy on paper | ada.king"),
    ],
];

pub(super) async fn walk(desk: &Desk<'_>) -> Result<()> {
    desk.sign_in(ADMIN).await?;
    server(desk).await.context("the server's page")?;
    project(desk).await.context("the project")?;
    members(desk).await.context("its members")?;
    desk.sign_out().await?;
    desk.sign_in(ADA).await?;
    desk.go("/portfolio").await?;
    desk.go("/projects/first").await?;
    date(desk).await.context("the date")?;
    onboarding(desk).await.context("onboarding")?;
    desk.page("schedule").await?;
    desk.press("milestone_publish").await
}

/// Organisations, accounts and the application.
async fn server(desk: &Desk<'_>) -> Result<()> {
    desk.go("/server").await?;
    for name in [CUSTOMER, PARTNER] {
        desk.form("organisation_create", &[("name", name), ("calendar", "gb")]).await?;
    }
    for (login, name, ..) in PEOPLE {
        let email = format!("{login}@engines.example");
        let mut account = vec![
            ("name", name),
            ("login", login),
            ("email", &email),
            ("time_zone", "Europe/London"),
            ("password", PASSWORD),
        ];
        if login == SERVICE {
            account.push(("service_account", "on"));
        }
        desk.form("user_create", &account).await?;
    }
    let blueprint = file("blueprints/demo-erp.toml").canonicalize()?;
    desk.form("blueprint_apply", &[("file", &blueprint.display().to_string())]).await?;
    for made in [CUSTOMER, "Ada King", "demo-erp"] {
        desk.shows("main", made).await?;
    }
    Ok(())
}

async fn project(desk: &Desk<'_>) -> Result<()> {
    desk.follow("#project_create").await?;
    let project = [
        ("name", "The first engine"),
        ("slug", "first"),
        ("organisation", CUSTOMER),
        ("service_model", "self_service"),
        ("policy", "policy-light"),
        ("calendar", "gb"),
    ];
    desk.form("project_create", &project).await
}

async fn members(desk: &Desk<'_>) -> Result<()> {
    for (login, name, organisation, side, roles) in PEOPLE {
        let mut seat = vec![
            ("login", login),
            ("organisation", organisation),
            ("side", side),
            ("roles", roles),
        ];
        if login == ADA || login == MARY {
            seat.extend([("project_manager", "on"), ("key_stakeholder", "on")]);
        }
        desk.form("member_add", &seat).await?;
        desk.shows("#members", name).await?;
    }
    Ok(())
}

/// The go-live date: the path counts to it.
async fn date(desk: &Desk<'_>) -> Result<()> {
    desk.page("members").await?;
    desk.form("go_live_date_set", &[("date", "2027-04-05")]).await?;
    desk.shows("#project-bar", "T−119").await
}

/// The project takes its copy of a methodology; the first page that it leads to is filled in.
async fn onboarding(desk: &Desk<'_>) -> Result<()> {
    desk.page("methodology").await?;
    desk.form("methodology_choose", &[("template", "erp-small")]).await?;
    desk.page("onboarding").await?;
    desk.refused("onboarding_complete").await?;
    for section in SECTIONS {
        desk.form("onboarding_save_section", section).await?;
    }
    desk.press("onboarding_complete").await
}
