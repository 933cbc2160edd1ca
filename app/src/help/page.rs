//! The page of a chapter of the user guide.

use domain::{admin::GuideChapter, orders::pages::Link};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::{
    page_data,
    ui::{BackLink, Erase, Page, PageHead, skeleton},
};

/// The route of the user guide.
#[derive(Debug)]
pub struct HelpRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for HelpRoute {
    fn data() -> Self {
        Self { address: page_data::address(|path| path.starts_with("/help")) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(page_data::guide(this.address), skeleton, |chapter| view! { <Chapter chapter=chapter/> }.erase())
    }
}

/// A chapter.
#[component]
fn Chapter(chapter: GuideChapter) -> impl IntoView {
    let GuideChapter { title, has_back, html } = chapter;
    view! {
        <Page title=title.clone()>
            <div class="page-body">
                {has_back.then(|| view! { <BackLink link=Link::new("User guide", "/help/", false)/> })}
                <PageHead title=title/>
                <article class="card guide" inner_html=html></article>
            </div>
        </Page>
    }
}
