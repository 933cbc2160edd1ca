//! Tables of figures.

use leptos::prelude::*;

use super::{Content, Erase};

/// The head of a column.
#[derive(Clone, Debug)]
pub struct Head {
    label: String,
    kind: HeadKind,
}

#[derive(Clone, Copy, Debug)]
enum HeadKind {
    Text,
    Number,
    /// Read out alone: what is below needs no heading.
    Hidden,
}

impl Head {
    /// A column of text.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: HeadKind::Text }
    }

    /// A column of figures, which stand below each other.
    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: HeadKind::Number }
    }

    /// A column whose heading is read out and not shown.
    pub fn hidden(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: HeadKind::Hidden }
    }

    fn view(self) -> impl IntoView {
        let Self { label, kind } = self;
        let label = match kind {
            HeadKind::Hidden => view! { <span class="visually-hidden">{label}</span> }.erase(),
            _ => label.erase(),
        };
        view! { <th scope="col" class=matches!(kind, HeadKind::Number).then_some("numeric")>{label}</th> }
    }
}

/// A table in a frame that scrolls; the children are its rows, in `tbody` and `tfoot`.
#[component]
pub fn DataTable(
    #[prop(into)] heads: Vec<Head>,
    /// A further class.
    #[prop(optional)]
    class: &'static str,
    children: Content,
) -> impl IntoView {
    let heads = heads.into_iter().map(Head::view).collect::<Vec<_>>();
    let class = if class.is_empty() { "data-table".to_owned() } else { format!("data-table {class}") };
    view! { <div class="table-frame"><table class=class><thead><tr>{heads}</tr></thead>{children.draw()}</table></div> }
}
