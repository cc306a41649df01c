//! What a test left over: operations that are not done.

use golive_store::Store;

/// Looks at the database from a thread of its own, because the end of a test cannot wait for a future.
pub(crate) fn find(url: String) -> Vec<String> {
    let look = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a thread may have a runtime").block_on(found(&url))
    });
    look.join().unwrap_or_else(|_| vec!["the database could not be looked at".to_owned()])
}

async fn found(url: &str) -> Vec<String> {
    let store = Store::open(url).await.expect("the database was open a moment ago");
    let mut session = store.session().await.expect("the store reads");
    let open = session.open_operations().await.expect("the store reads");
    drop(session);
    store.close().await;
    open.iter()
        .map(|row| format!("operation {} ({}) is {}", row.id, row.kind, row.phase.name()))
        .collect()
}
