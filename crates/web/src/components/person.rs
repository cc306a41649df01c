//! People: initials in a circle with a stable tint, and the name beside it.

use maud::{Markup, html};

/// A person as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The full name.
    pub name: String,
    /// What they are here, if it matters: `Customer, project manager`.
    pub role: Option<String>,
}

impl Person {
    /// A person by name only.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: None }
    }

    /// With their capacity.
    #[must_use]
    pub fn as_role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// Two letters: of the first and the last name.
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        [first, words.next_back()].into_iter().flatten().flat_map(char::to_uppercase).collect()
    }

    /// One of six tints, the same for the same name everywhere.
    fn tint(&self) -> u32 {
        self.name
            .bytes()
            .fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
            % 6
            + 1
    }
}

/// The circle alone. It is hidden from screen readers: a name must stand beside it.
pub fn avatar(person: &Person) -> Markup {
    html! { span.av data-h=(person.tint()) aria-hidden="true" { (person.initials()) } }
}

/// The larger circle.
pub fn avatar_large(person: &Person) -> Markup {
    html! { span.av.av-l data-h=(person.tint()) aria-hidden="true" { (person.initials()) } }
}

/// Circle and name.
pub fn who(person: &Person) -> Markup {
    html! { span.who { (avatar(person)) span.trunc { (person.name) } } }
}

/// People with their capacities, in a grid.
pub fn people(people: &[Person]) -> Markup {
    html! {
        ul.ppl {
            @for person in people {
                li {
                    (avatar_large(person))
                    div { b { (person.name) } @if let Some(role) = &person.role { span { (role) } } }
                }
            }
        }
    }
}
