//! The frame: rail and top bar on a desktop, tabs on a phone, the page in the middle.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_location};

use super::{
    nav::{Person, Rail, Tabs},
    shortcuts,
};
use crate::{
    reader,
    ui::{Flash, Icon, icon::set},
};

/// Rail, bar, page and tabs.
#[component]
pub fn Frame() -> impl IntoView {
    let frame = reader::frame();
    let location = use_location();
    let path = location.pathname;
    shortcuts::listen();
    // From here on the browser has taken over; the browser tests wait for it.
    Effect::new(|_| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "yes");
        }
    });
    // A new page: the focus goes to its heading, and what was said about the last one goes.
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            crate::forms::focus("#page h1");
        }
        path
    });
    let with_frame = move |part: fn(domain::users::Frame, Memo<String>) -> AnyView| {
        view! {
            <Transition>
                {move || Suspend::new(async move { frame.get().await.ok().map(|frame| part(frame, path)) })}
            </Transition>
        }
    };
    view! {
        <Title formatter=page_title text=""/>
        <a class="skip" href="#page" rel="external">"Skip to the page"</a>
        <div class="frame">
            <aside class="rail">
                {with_frame(|frame, path| view! { <Rail frame path/> }.into_any())}
            </aside>
            <div class="stage">
                <header class="bar">
                    <a class="bar-brand" href="/orders/"><span class="brand-mark"><Icon of=set::LuBird/></span>"Curlew"</a>
                    <span class="bar-gap"></span>
                    <a class="btn btn-primary bar-new" href="/orders/new/" aria-keyshortcuts="n">"New order"<kbd>"N"</kbd></a>
                    {with_frame(|frame, _| view! { <Person frame/> }.into_any())}
                </header>
                <main id="page">
                    <Flash/>
                    <Outlet/>
                </main>
            </div>
            <nav class="tabs" aria-label="Phone"><Tabs path/></nav>
        </div>
        <shortcuts::Help/>
    }
}

/// The title of the document. On the server it is escaped here, because leptos_meta writes it into the head as it is; in the
/// browser it is set as text.
fn page_title(text: String) -> String {
    let title = if text.is_empty() { "Curlew".to_owned() } else { format!("{text} · Curlew") };
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { title }
}
