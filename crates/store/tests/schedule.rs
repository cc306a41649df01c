//! When things happened, from the log of a project, on both databases.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first fault")]

use golive_core::id::{ProjectId, SectionId};
use golive_core::onboarding::{Content, Part, Section};
use golive_store::testing::databases;
use golive_store::{Stamp, Store, Told};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_hours(hours)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_time_of_each_kind_is_found_in_its_own_log_only() {
    for database in databases().await {
        let store = Store::open(&database.url).await.unwrap();
        let (mine, other) = (ProjectId::named("t", "mine"), ProjectId::named("t", "other"));
        for (project, hours) in [(mine, 1), (mine, 5), (other, 9)] {
            let stamp = Stamp { at: at(hours), actor: "golive".into(), key: None };
            let mut write = store.write(project, stamp).await.unwrap();
            write.tell("x", &Told::plain("review.released", json!({}))).await.unwrap();
            write.commit().await.unwrap();
        }
        let mut session = store.session().await.unwrap();
        let kinds = ["review.released", "checklist.submitted"];
        let times = session.last_times(&mine.to_string(), &kinds).await.unwrap();
        assert_eq!(times.get("review.released"), Some(&at(5)));
        assert_eq!(times.len(), 1, "what never happened is absent");
        assert!(session.last_times(&mine.to_string(), &[]).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_is_read_back_as_it_was_saved() {
    for database in databases().await {
        let store = Store::open(&database.url).await.unwrap();
        let project = ProjectId::named("t", "mine");
        let content = Part::Profile
            .read(json!({ "vision": "One set of books", "measures": ["Days to close"] }))
            .unwrap();
        let section = Section {
            project,
            content,
            by: golive_core::onboarding::facts::user_of("lena"),
            at: at(0),
        };
        let id = SectionId::named(&project.to_string(), "profile");
        let stamp = Stamp { at: at(0), actor: "golive".into(), key: None };
        let mut write = store.write(project, stamp).await.unwrap();
        write.insert(id, project, &section, &json!({ "event": "saved" })).await.unwrap();
        write.commit().await.unwrap();
        let mut session = store.session().await.unwrap();
        let seen = session.get::<Section>(id).await.unwrap();
        assert_eq!(seen.value, section);
        assert!(matches!(seen.value.content, Content::Profile(_)));
    }
}
