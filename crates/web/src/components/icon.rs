//! Icons: sixteen by sixteen, drawn in the text's colour. Each is written in place, so that a fragment needs no sprite.

use maud::{Markup, PreEscaped, html};

macro_rules! icons {
    ($($name:ident = $paths:literal),+ $(,)?) => {
        /// One picture of the set. An icon never stands alone: a word or a hidden label goes with it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the name says what is drawn")]
        pub enum Icon { $($name),+ }

        impl Icon {
            /// All icons, for the gallery and the tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            fn paths(self) -> &'static str {
                match self { $(Self::$name => $paths),+ }
            }
        }
    };
}

icons! {
    Arrow = r#"<path d="M2.5 8h11m-4-4 4 4-4 4"/>"#,
    Back = r#"<path d="M13.5 8h-11m4-4-4 4 4 4"/>"#,
    Bad = r#"<path d="M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2z" class="i-fill"/><path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" class="i-cut"/>"#,
    Bell = r#"<path d="M3.5 11.500c1-1.2 1-2.5 1-4.500a3.5 3.5 0 0 1 7 0c0 2 0 3.3 1 4.500zM6.6 13.800h2.8"/>"#,
    Bolt = r#"<path d="M9 1.5 3 9h4.500L7 14.5 13 7H8.500z"/>"#,
    Package = r#"<path d="m8 1.5 5.8 3v7L8 14.500l-5.8-3v-7zM2.2 4.5 8 7.600l5.8-3.100M8 7.600v6.9"/>"#,
    Calendar = r#"<rect x="2" y="3" width="12" height="11" rx="1.5"/><path d="M2 6.500h12M5.2 1.500V4m5.6-2.500V4"/>"#,
    Chat = r#"<path d="M2 3h12v8H7.500l-3 2.800V11H2z"/>"#,
    Check = r#"<path d="m2.8 8.5 3.4 3.4 7-7.6"/>"#,
    Checklist = r#"<rect x="3" y="3" width="10" height="11.5" rx="1.5"/><path d="M6 1.500h4V4H6zM5.5 9l1.7 1.700L10.5 7"/>"#,
    Copy = r#"<rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1.5"/><path d="M10.5 5.500V3.500a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>"#,
    Database = r#"<ellipse cx="8" cy="3.8" rx="5.5" ry="2.2"/><path d="M2.5 3.800v8.400c0 1.2 2.5 2.2 5.5 2.200s5.5-1 5.5-2.200V3.800M2.5 8c0 1.2 2.5 2.2 5.5 2.200s5.5-1 5.5-2.2"/>"#,
    Down = r#"<path d="M8 3v10M4 9l4 4 4-4"/>"#,
    Done = r#"<circle cx="8" cy="8" r="7" class="i-fill"/><path d="m4.9 8.2 2.1 2.1 4.1-4.5" class="i-cut"/>"#,
    More = r#"<path d="M3 8h.1M8 8h.1M13 8h.1" class="i-thick"/>"#,
    Download = r#"<path d="M8 2v8m-3.5-3.500L8 10l3.5-3.500M2.5 13.500h11"/>"#,
    Environment = r#"<rect x="2" y="2" width="12" height="5" rx="1.2"/><rect x="2" y="9" width="12" height="5" rx="1.2"/><path d="M4.8 4.500h.1M4.8 11.500h.1"/>"#,
    Eye = r#"<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>"#,
    File = r#"<path d="M9 1.800H4a1 1 0 0 0-1 1v10.400a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V5.800zm0 0v4h4M5.5 9h5m-5 2.500h3"/>"#,
    Filter = r#"<path d="M1.8 3.500h12.400M4 8h8M6.5 12.500h3"/>"#,
    Flag = r#"<path d="M3.5 14.500v-13m0 1h9l-2 3.5 2 3.500h-9"/>"#,
    Gate = r#"<path d="M2.5 14V2.500M13.5 14V2.500M2.5 5h4M13.5 5h-4M8 8v.1M8 11v.1M8 5v.1"/>"#,
    Plan = r#"<circle cx="4" cy="3.5" r="1.7"/><circle cx="4" cy="12.5" r="1.7"/><circle cx="12" cy="6" r="1.7"/><path d="M4 5.200v5.600M12 7.700c0 2.3-4 1.8-6.5 3.8"/>"#,
    Board = r#"<rect x="2" y="2" width="5" height="5" rx="1"/><rect x="9" y="2" width="5" height="5" rx="1"/><rect x="2" y="9" width="5" height="5" rx="1"/><rect x="9" y="9" width="5" height="5" rx="1"/>"#,
    Heart = r#"<path d="M1.5 8.500h3l1.7-4.5 3 8 1.8-3.500h3.5"/>"#,
    Held = r#"<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="2"/><path d="M6.2 5.4v5.2m3.6-5.200v5.2"/>"#,
    Idle = r#"<circle cx="8" cy="8" r="6.3"/>"#,
    Info = r#"<circle cx="8" cy="8" r="6.3"/><path d="M8 7.300v4M8 4.700v.1"/>"#,
    Key = r#"<circle cx="5" cy="11" r="3"/><path d="m7.2 8.8 6.3-6.300m-3 3 2 2"/>"#,
    Link = r#"<path d="m6.5 9.5 3-3M7 4.500l1.3-1.300a3.2 3.2 0 0 1 4.5 4.500L11.5 9M9 11.500l-1.3 1.300a3.2 3.2 0 0 1-4.5-4.500L4.5 7"/>"#,
    List = r#"<path d="M6 4h8M6 8h8M6 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>"#,
    Lock = r#"<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5.2 7V4.800a2.8 2.8 0 0 1 5.6 0V7"/>"#,
    Log = r#"<rect x="1.8" y="2.5" width="12.4" height="11" rx="1.5"/><path d="m4.5 6 2 2-2 2M8.5 10.500h3"/>"#,
    Message = r#"<path d="M2.5 6.500v3h2.500l6.5 3.500V3L5 6.500zM13.8 6.500v3M5.5 9.800l.8 3.700h1.7"/>"#,
    Menu = r#"<path d="M2 4h12M2 8h12M2 12h12"/>"#,
    Path = r#"<circle cx="3.5" cy="12.5" r="1.8"/><circle cx="12.5" cy="3.5" r="1.8"/><path d="M5.3 12.500H10a2.2 2.2 0 0 0 0-4.500H6a2.2 2.2 0 0 1 0-4.500h4.7"/>"#,
    Pause = r#"<path d="M5 3v10m6-10v10"/>"#,
    Play = r#"<path d="M4.5 2.500v11l9-5.500z"/>"#,
    Plus = r#"<path d="M8 3v10M3 8h10"/>"#,
    Right = r#"<path d="m6 3.5 4.5 4.500L6 12.5"/>"#,
    Run = r#"<circle cx="8" cy="8" r="6.3"/><path d="M8 3.9a4.1 4.1 0 0 1 0 8.2z" class="i-fill"/>"#,
    Search = r#"<circle cx="7" cy="7" r="4.6"/><path d="m10.5 10.5 3.5 3.5"/>"#,
    Shield = r#"<path d="M8 1.5 13.5 3.500V8c0 3.2-2.3 5.3-5.5 6.500C4.8 13.3 2.5 11.2 2.5 8V3.500z"/><path d="m5.7 8 1.7 1.7 3-3.3"/>"#,
    Size = r#"<path d="M2 13.500h12M3.5 13.500v-4M8 13.500v-7m4.5 7v-11"/>"#,
    Stale = r#"<circle cx="8" cy="8" r="6.3" class="i-dash"/><path d="M8 4.8V8l2.2 1.4"/>"#,
    Timer = r#"<circle cx="8" cy="9" r="5.5"/><path d="M8 6v3l2 1.500M6 1.500h4M8 1.500v2"/>"#,
    Undo = r#"<path d="M5.5 2.5 2.5 5.500l3 3M2.5 5.500H10a3.8 3.8 0 0 1 0 7.600H6"/>"#,
    Up = r#"<path d="M8 13V3M4 7l4-4 4 4"/>"#,
    Upload = r#"<path d="M8 10.500V2.500M4.5 6 8 2.5 11.5 6M2.5 13.500h11"/>"#,
    User = r#"<circle cx="8" cy="5" r="2.8"/><path d="M2.8 14c.4-2.9 2.5-4.3 5.2-4.300s4.8 1.4 5.2 4.3"/>"#,
    Users = r#"<circle cx="6" cy="5.3" r="2.5"/><path d="M1.5 13.500c.3-2.6 2.1-3.9 4.5-3.900s4.2 1.3 4.5 3.900M10.8 3.200a2.3 2.3 0 0 1 0 4.400m1 2.500c1.6.4 2.5 1.6 2.7 3.4"/>"#,
    Wait = r#"<path d="M4 1.8h8M4 14.2h8M4.8 1.8v2.6L8 8m3.2-6.2v2.6L8 8m0 0-3.2 3.6v2.6M8 8l3.2 3.6v2.6"/>"#,
    Waive = r#"<path d="m8 1.2 6.8 6.8L8 14.8 1.2 8z"/><path d="M5.3 8.6c.9-1.3 1.8-1.3 2.7-.5s1.8.8 2.7-.6"/>"#,
    Wand = r#"<path d="m2.5 13.5 7-7m1.5-4v2.500m0 3v2m-3.5-4.500h2m3.5 0h2"/>"#,
    Warn = r#"<path d="M8 1.8 15 14H1z"/><path d="M8 6.4v3.4m0 2v.1"/>"#,
    Offline = r#"<path d="M1.8 6.200a9 9 0 0 1 12.4 0M4 8.700a5.8 5.8 0 0 1 8 0M8 12v.1M2 2l12 12"/>"#,
    Close = r#"<path d="m3.8 3.8 8.4 8.400m0-8.4-8.4 8.4"/>"#,
    Spin = r#"<circle cx="8" cy="8" r="6.2" class="i-faint"/><path d="M8 1.8A6.2 6.2 0 0 1 14.2 8"/>"#,
}

/// The icon at its usual size.
pub fn icon(icon: Icon) -> Markup {
    icon_with(icon, "i")
}

/// The icon at the size of small text.
pub fn icon_small(icon: Icon) -> Markup {
    icon_with(icon, "i i-s")
}

/// The icon with these classes; `i` must be among them.
pub fn icon_with(icon: Icon, class: &str) -> Markup {
    html! {
        svg class=(class) viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(icon.paths())) }
    }
}

/// The mark: an open ring with a bar passing through.
pub fn mark(class: &str) -> Markup {
    html! {
        svg class=(class) viewBox="0 0 32 32" aria-hidden="true" {
            path class="ring" d="M20.8 8.21A10 10 0 1 0 20.8 23.79" {}
            rect class="go" x="13.5" y="13.5" width="16.5" height="5" rx="2.5" {}
        }
    }
}

/// The gate of a verdict: the ring with its bar passing through, or closed with the bar inside.
pub fn boom(is_open: bool) -> Markup {
    html! {
        svg class="boom" viewBox="0 0 56 56" aria-hidden="true" {
            @if is_open {
                path class="boom-r" d="M38 11.9A19 19 0 1 0 38 44.1" {}
                rect class="f-ink" x="24" y="23.5" width="32" height="9" rx="4.5" {}
            } @else {
                circle class="boom-r" cx="28" cy="28" r="19" {}
                rect class="f-ink" x="19" y="23.5" width="18" height="9" rx="4.5" {}
            }
        }
    }
}
