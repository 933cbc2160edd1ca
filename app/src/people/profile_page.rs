//! The profile page: the user, their role, and their devices.

use domain::users::{Device, Profile};
use leptos::{prelude::*, tachys::view::keyed::keyed};
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    page_data::{self, Changes, PageData},
    ui::{Button, Erase, LinkButton, Page, PageHead, PostForm, skeleton},
};

/// The route of the profile page.
#[derive(Debug)]
pub struct ProfileRoute;

#[lazy_route]
impl LazyRoute for ProfileRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let changes = expect_context::<Changes>();
        let profile = PageData::new(move || changes.count(), |_| api::profile());
        page_data::page(profile, skeleton, |profile| view! { <ProfilePage profile=profile/> }.erase())
    }
}

/// The page.
#[component]
fn ProfilePage(profile: Profile) -> impl IntoView {
    let has_others = profile.devices.iter().any(|device| !device.is_current);
    let sign_out_others = has_others.then(|| {
        view! {
            <PostForm class="devices-others" action="/profile/devices/">
                <input type="hidden" name="others" value="yes"/>
                <Button>"Sign out all other devices"</Button>
            </PostForm>
        }
    });
    // By what they show: a button that has the focus never becomes another device's.
    let key = |device: &Device| format!("{device:?}");
    let devices = keyed(profile.devices, key, |_, device| (|_| (), view! { <DeviceEntry device=device/> }));
    view! {
        <Page title="Your profile">
            // The device's card stands in it, and goes with the page: `frontend/js/profile.js`.
            <div class="page-body">
                <PageHead title=profile.name subtitle=format!("{} · {}", profile.username, profile.role.label())>
                    <LinkButton href="/profile/edit/">"Your details"</LinkButton>
                    <LinkButton href="/profile/password/">"Change password"</LinkButton>
                </PageHead>
                <section class="card devices" aria-labelledby="devices-title">
                    <h2 id="devices-title">"Signed-in devices"</h2>
                    <ul>{devices}</ul>
                    {sign_out_others}
                </section>
            </div>
        </Page>
    }
}

/// A device with its sign-out button, a plain form.
#[component]
fn DeviceEntry(device: Device) -> impl IntoView {
    let Device { id, name, used, signed_in, address, remembered, is_current, .. } = device;
    let remembered = if remembered { ", stays signed in" } else { "" };
    let label = format!("Sign out {name}");
    let sign_out = if is_current {
        view! { <span class="devices-here">"This device"</span> }.erase()
    } else {
        view! {
            <PostForm action="/profile/devices/">
                <input type="hidden" name="device" value=id/>
                <Button attr:aria-label=label>"Sign out"</Button>
            </PostForm>
        }
        .erase()
    };
    view! {
        <li>
            <div>
                <strong>{name}</strong>
                <p>{format!("Last used {} · signed in {} from {address}{remembered}", used.short, signed_in.short)}</p>
            </div>
            {sign_out}
        </li>
    }
}
