//! User acceptance: what must be tested, what was tested where and by whom, and whether the customer may sign.
//!
//! Requirements and cases are the plan ([`scope`]); results stand against it ([`result`]) and count only from eligible
//! environments ([`place`]). The figures of all that are a maintained sum ([`summary`]), never counted on a page.
//! Evidence has a subject and goes stale with it ([`evidence`]). [`facts`] turns everything into what gates judge, and
//! [`sign_off`] is the customer's signature over it. Reading files is the work of `golive-readers`.

pub mod book;
pub mod cycle;
pub mod defect;
pub mod evidence;
pub mod facts;
pub mod figures;
pub mod merge;
pub mod place;
pub mod result;
pub mod scope;
pub mod servicing;
pub mod sign_off;
pub mod summary;

#[cfg(test)]
pub(crate) mod tests;

/// Declares an enum whose values are words of files, pages and calls.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$about])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on every floor.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $name {
            /// The words that would have been right.
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|one| one.name() == text).ok_or_else(|| {
                    let words: Vec<&str> = Self::ALL.iter().map(|one| one.name()).collect();
                    words.join(", ")
                })
            }
        }
    };
}
pub(crate) use words;
