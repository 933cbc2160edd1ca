//! The page of a chapter of the user guide.

use domain::{admin::GuideChapter, orders::pages::Link};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    page_data::{self, PageData},
    routes::{self, parts_of},
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
        Self { address: page_data::address(routes::help) }
    }

    fn view(this: Self) -> AnyView {
        let address = this.address;
        // A chapter does not change.
        let chapter = PageData::new(move || address.with(|address| chapter_of(address)), api::chapter);
        page_data::page(chapter, skeleton, |chapter| view! { <Chapter chapter=chapter/> }.erase())
    }
}

/// The name of the chapter at an address.
fn chapter_of(address: &str) -> String {
    let path = address.split('?').next().unwrap_or_default();
    parts_of(path).into_iter().skip(1).collect::<Vec<_>>().join("/")
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
