//! Every verb stopped at every point inside it, then asked again by the next owner: the end is the same, and each
//! effect in the application's own database has happened once.

use crate::ground::{DEADLINE, Ground, PASSWORD, call, plain, with_input};
use golive_app::ports::driver::{Database, Driver, DriverError, Release};
use golive_drivers::faults::{Action, Faults, POINTS};
use golive_drivers::local::LocalDriver;

/// The verbs in the order of a copy into a new environment.
const VERBS: [&str; 10] =
    ["prepare", "put", "activate", "init", "migrate", "start", "lock", "copy", "stop", "swap"];

struct Ask<'a> {
    ground: &'a Ground,
    release: Release,
    /// The database that the swap expects.
    expected: String,
}

impl Ask<'_> {
    async fn ask(&self, driver: &LocalDriver, verb: &str, epoch: i64) -> Result<(), DriverError> {
        let (ground, release) = (self.ground, &self.release);
        let (site, call) = (&ground.sandbox, call(verb, epoch));
        let (copy, aside) = (Database::Side("copy".to_owned()), Database::Aside("old".to_owned()));
        let current = &Database::Current;
        match verb {
            "prepare" => driver.prepare(&call, site).await,
            "put" => driver.put_release(&call, site, release).await,
            "activate" => driver.activate(&call, site, None, Some(&release.digest)).await,
            "init" => {
                driver.hook(&call, site, current, &with_input("init", PASSWORD)).await.map(|_| ())
            }
            "migrate" => driver.hook(&call, site, current, &plain("migrate")).await.map(|_| ()),
            "start" => driver.start(&call, site).await.map(|_| ()),
            "lock" => driver.hook(&call, site, current, &plain("lock_accounts")).await.map(|_| ()),
            "copy" => driver.copy_database(&call, (site, current), site, &copy).await.map(|_| ()),
            "stop" => driver.stop(&call, site, DEADLINE).await,
            _ => driver.swap_database(&call, site, &self.expected, &copy, &aside).await.map(|_| ()),
        }
    }

    /// Remembers what is current just before the swap.
    async fn look(&mut self, verb: &str) {
        if verb == "swap" {
            self.expected =
                self.ground.identity(&self.ground.sandbox, &Database::Current).await.expect("init");
        }
    }
}

async fn stop_at(point: &str) {
    let ground = Ground::new();
    let release = ground.release("contoso-1.0");
    let mut asked = Ask { ground: &ground, release, expected: String::new() };
    let faulty = ground.driver.clone().with_faults(Faults::at(point, Action::Fail));
    let mut epoch = 1;
    let mut stopped = 0;
    for verb in VERBS {
        asked.look(verb).await;
        let first =
            asked.ask(if stopped == 0 { &faulty } else { &ground.driver }, verb, epoch).await;
        if let Err(error) = first {
            assert!(
                matches!(&error, DriverError::Retry(text) if text.contains(point)),
                "{point}, {verb}: {error:?}"
            );
            stopped += 1;
            epoch += 1;
            assert_eq!(
                asked.ask(&ground.driver, verb, epoch).await,
                Ok(()),
                "{verb} after {point}"
            );
        }
    }
    assert_eq!(stopped, 1, "{point} was reached");
    let site = &ground.sandbox;
    let effects = ground.effects(site, &Database::Current).await;
    assert!(
        effects.contains_key("init") && effects.contains_key("migrate ledger 0001_ledger.sql"),
        "{effects:?}"
    );
    assert!(effects.values().all(|times| *times == 1), "{point}: {effects:?}");
    let infos = ground.driver.databases(site).await.expect("databases");
    assert_eq!(infos.len(), 2, "{point}: the copy is current, the old one aside: {infos:?}");
    let started = ground.driver.start(&call("last", epoch), site).await;
    assert!(started.is_ok(), "{point}: {started:?}");
}

#[tokio::test]
async fn a_verb_stopped_at_any_point_is_completed_by_the_next_owner() {
    for point in POINTS {
        stop_at(point).await;
    }
}

#[tokio::test]
async fn every_verb_may_be_asked_twice() {
    let ground = Ground::new();
    let release = ground.release("contoso-1.0");
    let mut asked = Ask { ground: &ground, release, expected: String::new() };
    for verb in VERBS {
        asked.look(verb).await;
        for _ in 0..2 {
            assert_eq!(asked.ask(&ground.driver, verb, 1).await, Ok(()), "{verb}");
        }
    }
    let effects = ground.effects(&ground.sandbox, &Database::Current).await;
    assert!(!effects.is_empty() && effects.values().all(|times| *times == 1), "{effects:?}");
}
