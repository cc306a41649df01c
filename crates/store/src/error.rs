//! What can go wrong while storing.

/// A failure of the store, in terms of what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing.
    #[error("no {kind} `{id}`")]
    NotFound {
        /// What kind of thing.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// Somebody else changed it since it was read.
    #[error("{kind} `{id}` was changed by somebody else")]
    Stale {
        /// What kind of thing.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// There is one already.
    #[error("there is already a {kind} `{id}`")]
    Exists {
        /// What kind of thing.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// This request was carried out before; here is what it led to.
    #[error("this request was carried out before")]
    Replayed {
        /// What it changed.
        subject: String,
        /// The place of its last event in the log.
        seq: i64,
    },
    /// The key was used before, for another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The lease on an operation was lost: a later owner works on it.
    #[error("the operation has a later owner")]
    Fenced,
    /// A row of a project was to be changed by a write on another log. A fault of the program.
    #[error("rows of {project} are changed on its own log, not on {log}")]
    WrongLog {
        /// Whose row it is.
        project: String,
        /// The log of the write.
        log: String,
    },
    /// Rows were changed and no event tells of it. A fault of the program.
    #[error("a change of {log} was not told")]
    Untold {
        /// The log of the write.
        log: String,
    },
    /// A text that one of the databases cannot store.
    #[error("a text must not contain the character NUL")]
    Nul,
    /// A row does not parse. It is never skipped.
    #[error("row `{id}` of {table} makes no sense")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The database was set up in a way that golive cannot work with.
    #[error("{0}")]
    Setup(String),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// The result of storing.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
