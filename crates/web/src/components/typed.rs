//! What a person would type: a criterion's command with the ids that it needs, as the API's own document has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use utoipa::openapi::PathItem;

/// Whether the id that a call takes first is the project's; calls without an id are not in it.
static FIRST_ID: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    let paths = crate::api::document().paths.paths;
    let with_id = paths.into_iter().filter(|(path, _)| path.contains("{id}"));
    with_id
        .flat_map(|(path, item)| {
            let of_project = path.starts_with("/api/v1/projects/{id}");
            calls(item).into_iter().map(move |call| (call, of_project))
        })
        .collect()
});

fn calls(item: PathItem) -> Vec<String> {
    let all = [item.get, item.post, item.put, item.delete, item.patch];
    all.into_iter().flatten().filter_map(|call| call.operation_id).collect()
}

/// `case list --outcome failed` becomes `golive case list prj_… --outcome failed`; an id that only the reader knows is `ID`.
pub fn typed(command: &str, project: &str) -> String {
    let mut words = command.splitn(3, ' ');
    let named: Vec<&str> = words.by_ref().take(2).collect();
    let id = match FIRST_ID.get(&named.join("_").replace('-', "_")) {
        Some(true) => Some(project),
        Some(false) => Some("ID"),
        None => None,
    };
    let all = ["golive"].into_iter().chain(named).chain(id).chain(words);
    all.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_with_the_ids_that_it_needs() {
        for (command, shown) in [
            ("case list --outcome failed", "golive case list prj_1 --outcome failed"),
            ("gate explain go_live", "golive gate explain prj_1 go_live"),
            ("go-live-date view", "golive go-live-date view prj_1"),
            ("environment view", "golive environment view ID"),
            ("methodology list", "golive methodology list"),
        ] {
            assert_eq!(typed(command, "prj_1"), shown);
        }
    }
}
