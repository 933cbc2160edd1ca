//! Views without their type, and what hydrates them at once.
//!
//! [`IntoAny::into_any`] also compiles what hydrates a view asynchronously, for lazy routes within it; there are none within a page, and that
//! code was a sixth of all WASM (`docs/decisions/0013-pages-of-components.md`).

use leptos::{
    children::ToChildren,
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        ssr::StreamBuilder,
        view::{Position, PositionState},
    },
};

/// Erases the type of a view.
pub trait Erase {
    /// As [`IntoAny::into_any`], for a view without lazy routes.
    fn erase(self) -> AnyView;
}

impl<V: RenderHtml + Send> Erase for V {
    fn erase(self) -> AnyView {
        AtOnce(self.into_owned()).into_any()
    }
}

/// The children of a component, erased by [`Erase`]. Components whose children may be text alone (buttons, chips, notices) take
/// [`Children`]: `view!` hands that over in a type of Leptos's own, and it is small.
pub struct Content(Box<dyn FnOnce() -> AnyView + Send>);

impl Content {
    /// Draws them.
    pub fn draw(self) -> AnyView {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for Content
where
    F: FnOnce() -> V + Send + 'static,
    V: RenderHtml + Send + 'static,
{
    fn to_children(children: F) -> Self {
        Self(Box::new(move || children().erase()))
    }
}

/// A view whose [`RenderHtml::hydrate_async`] is the trait's own: it hydrates at once.
struct AtOnce<V>(V);

impl<V: Render> Render for AtOnce<V> {
    type State = V::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<V: RenderHtml> AddAnyAttr for AtOnce<V> {
    type Output<SomeNewAttr: Attribute> = AtOnce<V::Output<SomeNewAttr>>;

    fn add_any_attr<NewAttr: Attribute>(self, attr: NewAttr) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        AtOnce(self.0.add_any_attr(attr))
    }
}

impl<V: RenderHtml> RenderHtml for AtOnce<V> {
    type AsyncOutput = V::AsyncOutput;
    type Owned = AtOnce<V::Owned>;

    const MIN_LENGTH: usize = V::MIN_LENGTH;
    const EXISTS: bool = V::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self::AsyncOutput {
        self.0.resolve().await
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        AtOnce(self.0.into_owned())
    }
}
