//! The shipped profile with its sums and its size, and what is refused where.

use super::*;
use crate::source::listed;
use golive_core::sizing::compute;

const TOML: &str = include_str!("../../../../examples/contoso/estimate.toml");

fn rules() -> Rules {
    let text = include_bytes!("../../../../content/sizing/sizing-standard.toml");
    crate::sizing::read("s.toml", text).expect("the shipped rules are read")
}

fn contoso() -> Read {
    read("e.toml", TOML.as_bytes(), &rules()).unwrap_or_else(|errors| panic!("{}", listed(&errors)))
}

#[test]
fn the_profile_of_contoso_has_the_sums_that_it_states_and_the_published_size() {
    let Read { project, active, estimate } = contoso();
    assert_eq!((project.as_str(), active, estimate.version), ("contoso", true, 3));
    assert_eq!(
        (estimate.processes.len(), estimate.hours.len(), estimate.batches.len()),
        (18, 24, 4)
    );
    let sums = Derived::of(&estimate, 0.5);
    let size = compute(&rules(), &sums, &BTreeMap::new()).expect("it can be sized");
    assert_eq!(size.name(), "6+2/db-24");
    assert_eq!(size.number("design_lines"), Some(88_152.0));
    assert!(size.is_automatic());
}

#[test]
fn sums_that_the_lines_do_not_give_are_refused() {
    let refused = |from: &str, to: &str| {
        assert!(TOML.contains(from), "{from}");
        listed(
            &read("e.toml", TOML.replacen(from, to, 1).as_bytes(), &rules())
                .expect_err("it is wrong"),
        )
    };
    let found = refused("client_peak = 15350", "client_peak = 15351");
    assert!(
        found.ends_with("derived \"estimate-contoso\": expected client_peak = 15350; found 15351"),
        "{found}"
    );
    assert!(
        refused("extension_level = \"medium\"", "extension_level = \"much\"")
            .contains("found `much`")
    );
    assert!(
        refused("profile = \"office\"", "profile = \"offices\"")
            .contains("process \"sales-order-entry\"")
    );
    assert!(
        refused("process = \"invoicing\"", "process = \"invoices\"")
            .contains("a process of this file")
    );
    assert!(refused("hour = 1\n", "hour = 0\n").contains("each hour from 0 to 23 once; found 0"));
    assert!(
        refused("channel = \"client\"", "channel = \"screen\"")
            .contains("unknown variant `screen`")
    );
    assert!(refused("percent = [0, 0,", "percent = [0,").contains("expected 24 shares"));
}

#[test]
fn processes_come_from_a_table_too() {
    let header = "id,title,channel,peak_lines_per_hour,lines_per_day,stored,users,basis,profile\n";
    let good = format!("{header}web-orders,Web orders,integration,3600,16000,yes,0,measured,web\n");
    let found = processes("p.csv", good.as_bytes()).expect("it is right");
    assert_eq!((found[0].peak_lines_per_hour, found[0].profile.as_deref()), (3600.0, Some("web")));
    let bad = format!("{header}web-orders,Web orders,mail,many,16000,yes,0,felt,web\n");
    assert_eq!(
        listed(&processes("p.csv", bad.as_bytes()).expect_err("it is wrong")),
        "p.csv row 2, column channel: expected client, integration or batch; found mail\n\
         p.csv row 2, column basis: expected measured, counted or guessed; found felt"
    );
}
