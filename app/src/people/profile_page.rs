//! The profile page: the user, their role, and their devices.

use domain::users::{Device, Profile};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::{
    page_data,
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
        page_data::page(page_data::profile(), skeleton, |profile| view! { <ProfilePage profile=profile/> }.erase())
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
    let devices = profile.devices.into_iter().map(|device| view! { <DeviceEntry device=device/> }).collect::<Vec<_>>();
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
