//! The profile page: the user, their role, and their devices.

use domain::users::{Device, Profile};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::{
    page_data::{self, PageData},
    ui::{
        el::{El, button, el, form, hidden, link},
        skeleton, titled,
    },
};

/// The route of the profile page.
#[derive(Debug)]
pub struct ProfileRoute {
    profile: PageData<Profile>,
}

#[lazy_route]
impl LazyRoute for ProfileRoute {
    fn data() -> Self {
        Self { profile: page_data::profile() }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(this.profile, skeleton, drawn)
    }
}

fn drawn(profile: Profile) -> AnyView {
    let others = profile.devices.iter().any(|device| !device.is_current);
    let ways = el("div", "head-acts")
        .with(link("btn btn-quiet", "/profile/edit/").text("Your details"))
        .with(link("btn btn-quiet", "/profile/password/").text("Change password"));
    let head = el("header", "page-head")
        .with(el("div", "").with(el("h1", "").attr("tabindex", "-1").text(profile.name)).with(el("p", "muted").text(format!(
            "{} · {}",
            profile.username,
            profile.role.label()
        ))))
        .with(ways);
    let everywhere = others.then(|| {
        form("device-others", "/profile/devices/").with(hidden("others", "yes")).with(button("btn btn-quiet", "Sign out all other devices"))
    });
    let devices = el("section", "card devices")
        .attr("aria-labelledby", "devices-title")
        .with(el("h2", "").attr("id", "devices-title").text("Signed-in devices"))
        .with(el("ul", "").all(profile.devices.into_iter().map(device)))
        .all(everywhere);
    titled("Your profile", [head, devices])
}

/// A device with its sign-out button, a plain form.
fn device(of: Device) -> El {
    let kept = if of.remembered { ", stays signed in" } else { "" };
    let text = el("div", "")
        .with(el("strong", "").text(of.name.as_str()))
        .with(el("p", "").text(format!("Last used {} · signed in {} from {}{kept}", of.used.short, of.signed_in.short, of.address)));
    let act = if of.is_current {
        el("span", "device-here").text("This device")
    } else {
        form("", "/profile/devices/")
            .with(hidden("device", of.id))
            .with(button("btn btn-quiet", "Sign out").attr("aria-label", format!("Sign out {}", of.name)))
    };
    el("li", "").with(text).with(act)
}
