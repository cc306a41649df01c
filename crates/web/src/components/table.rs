//! Tables: lists to compare. On a phone each row becomes a card, or folds to one summary line.

use super::icon::{Icon, icon_small};
use super::state::State;
use maud::{Markup, html};

/// How a table behaves on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phone {
    /// Every row a card with labelled lines.
    #[default]
    Stack,
    /// One summary line that a checkbox opens; needs a [`ColumnKind::Summary`] column.
    Fold,
    /// Scrolls sideways.
    Scroll,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// The row's own name; one per table.
    Name,
    /// Plain.
    Plain,
    /// A figure, at the right.
    Figure,
    /// A short id before the name.
    Id,
    /// What stands in the summary line of a folded row: its state.
    Summary,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The heading; also the label of the line on a phone.
    pub label: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// False when a phone leaves it out.
    pub is_on_phone: bool,
    /// True when its cells never wrap.
    pub is_short: bool,
    /// The address that sorts by it, and how it is sorted now.
    pub sort: Option<(String, Sorted)>,
}

/// How a column is sorted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// Not by this column.
    No,
    /// Smallest first.
    Up,
    /// Largest first.
    Down,
}

impl Column {
    fn of(label: &str, kind: ColumnKind) -> Self {
        Self { label: label.to_owned(), kind, is_on_phone: true, is_short: false, sort: None }
    }

    /// The row's own name.
    pub fn name(label: &str) -> Self {
        Self::of(label, ColumnKind::Name)
    }

    /// A plain column.
    pub fn plain(label: &str) -> Self {
        Self::of(label, ColumnKind::Plain)
    }

    /// A column of short cells: dates, names, states.
    pub fn short(label: &str) -> Self {
        Self { is_short: true, ..Self::of(label, ColumnKind::Plain) }
    }

    /// A column of figures.
    pub fn figure(label: &str) -> Self {
        Self::of(label, ColumnKind::Figure)
    }

    /// A short id before the name.
    pub fn id(label: &str) -> Self {
        Self::of(label, ColumnKind::Id)
    }

    /// The column that stands in the summary line of a folded row.
    pub fn summary(label: &str) -> Self {
        Self { is_short: true, ..Self::of(label, ColumnKind::Summary) }
    }

    /// Not on a phone.
    #[must_use]
    pub fn wide_only(mut self) -> Self {
        self.is_on_phone = false;
        self
    }

    /// Sorts by it.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, now: Sorted) -> Self {
        self.sort = Some((href.into(), now));
        self
    }

    fn cell_class(&self) -> Option<String> {
        let kind = match self.kind {
            ColumnKind::Figure => "r num",
            ColumnKind::Id => "mono xs faint fid",
            ColumnKind::Summary => "fsum",
            ColumnKind::Name | ColumnKind::Plain => "",
        };
        let parts = [
            kind,
            if self.is_short { "nowrap" } else { "" },
            if self.is_on_phone { "" } else { "hide-s" },
        ];
        let class = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        (!class.is_empty()).then_some(class)
    }
}

/// One line of a table.
#[derive(Debug, Clone)]
pub enum Line {
    /// A row.
    Row(Row),
    /// A heading over the rows below it: title and note.
    Group(String, String),
}

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Set when the row can be patched alone.
    pub id: Option<String>,
    /// Tints the row when it is late or needs a look.
    pub state: Option<State>,
    /// The row's name in words, for the label of its folding box.
    pub name: String,
    /// The cells, as many as columns.
    pub cells: Vec<Markup>,
}

impl Row {
    /// A row by its name and cells.
    pub fn new(name: impl Into<String>, cells: Vec<Markup>) -> Self {
        Self { name: name.into(), cells, ..Self::default() }
    }

    /// Can be patched alone.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Tinted.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }
}

impl From<Row> for Line {
    fn from(row: Row) -> Self {
        Self::Row(row)
    }
}

/// A whole table.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it lists, for screen readers.
    pub label: String,
    /// Set when the whole table can be patched.
    pub id: Option<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The lines.
    pub lines: Vec<Line>,
    /// How it behaves on a phone.
    pub phone: Phone,
}

impl Table {
    /// A table whose rows become cards on a phone.
    pub fn new(
        label: impl Into<String>,
        columns: Vec<Column>,
        rows: impl IntoIterator<Item = impl Into<Line>>,
    ) -> Self {
        Self {
            label: label.into(),
            id: None,
            columns,
            lines: rows.into_iter().map(Into::into).collect(),
            phone: Phone::Stack,
        }
    }

    /// Folds on a phone.
    #[must_use]
    pub fn folding(mut self) -> Self {
        self.phone = Phone::Fold;
        self
    }

    /// Scrolls sideways on a phone.
    #[must_use]
    pub fn scrolling(mut self) -> Self {
        self.phone = Phone::Scroll;
        self
    }

    /// Can be patched.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

/// The table, in a region that can be focused and scrolled. An empty one is the page's to word (see `empty`).
pub fn table(table: &Table) -> Markup {
    let class = match table.phone {
        Phone::Stack => "t t-stack",
        Phone::Fold => "t t-fold t-stack",
        Phone::Scroll => "t",
    };
    let folds = table.phone == Phone::Fold;
    html! {
        div.tw id=[table.id.as_deref()] tabindex="0" role="region" aria-label=(format!("{}, table", table.label)) data-calm {
            table class=(class) {
                thead {
                    tr {
                        @for column in &table.columns { (heading(column)) }
                        @if folds { th.fx scope="col" { span.vh { "Open" } } }
                    }
                }
                tbody {
                    @for line in &table.lines {
                        @match line {
                            Line::Row(row) => (self::row(&table.columns, row, folds)),
                            Line::Group(title, note) => (group(table.columns.len() + usize::from(folds), title, note)),
                        }
                    }
                }
            }
        }
    }
}

/// One row alone, for a live fragment (wrapped in the table by the browser's template).
pub fn row(columns: &[Column], row: &Row, folds: bool) -> Markup {
    html! {
        tr id=[row.id.as_deref()] data-s=[row.state.map(State::key)] {
            @for (column, cell) in columns.iter().zip(&row.cells) {
                @if column.kind == ColumnKind::Name {
                    th scope="row" class=[column.cell_class()] { (cell) }
                } @else {
                    td class=[column.cell_class()] data-l=[(column.kind != ColumnKind::Id).then_some(&column.label)] { (cell) }
                }
            }
            @if folds {
                td.fx { input.fold type="checkbox" aria-label=(format!("Details of {}", row.name)); }
            }
        }
    }
}

fn heading(column: &Column) -> Markup {
    let class = match column.kind {
        ColumnKind::Figure => Some("r"),
        ColumnKind::Name | ColumnKind::Plain | ColumnKind::Id | ColumnKind::Summary => None,
    };
    let Some((href, sorted)) = &column.sort else {
        return html! { th scope="col" class=[class] { (column.label) } };
    };
    let (word, arrow) = match sorted {
        Sorted::No => (None, None),
        Sorted::Up => (Some("ascending"), Some(Icon::Up)),
        Sorted::Down => (Some("descending"), Some(Icon::Down)),
    };
    html! {
        th scope="col" class=[class] aria-sort=[word] {
            a.sort href=(href) { (column.label) @if let Some(arrow) = arrow { (icon_small(arrow)) } }
        }
    }
}

fn group(columns: usize, title: &str, note: &str) -> Markup {
    html! {
        tr.grp { th scope="rowgroup" colspan=(columns) { (title) " " span.faint.fw4 { (note) } } }
    }
}
