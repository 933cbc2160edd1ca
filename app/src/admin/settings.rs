//! The page of settings.

use db::{
    choices::{self, Kind},
    settings::SettingsDraft,
};
use domain::{
    orders::{Field, Rules, Status},
    role::{Permission, Role, Visibility},
};
use leptos::prelude::*;

use crate::{
    orders::status_badge,
    server_pages::parts::{Form, Options, PageRequest, PageView, button_form, head},
};

/// Renders the page.
pub async fn draw(asked: &PageRequest) -> PageView {
    asked.scope.require(Permission::Administer)?;
    let settings = db::settings::read(&asked.db).await?;
    let all = choices::choices(&asked.db, &asked.scope).await?;
    let draft = SettingsDraft::from(&*settings);
    let form = Form::at("/admin/settings/");
    let sights: Options = [(Visibility::All, "All orders"), (Visibility::Team, "Own and team orders"), (Visibility::Own, "Own orders")]
        .iter()
        .map(|(it, label)| (it.code().to_owned(), (*label).to_owned()))
        .collect();
    let rates = draft.rates.clone();
    let rate = |role: Role| rates.iter().find(|(it, _)| *it == role).map(|(_, rate)| rate.clone()).unwrap_or_default();
    let fields = view! {
        {form.input("name", "Business name", "text", &draft.name)}
        {form.input("time_zone", "Time zone (sets when each day starts in all figures)", "text", &draft.time_zone)}
        {form.input("currency", "Currency (can't be changed once an order exists)", "text", &draft.currency)}
        {form.select("visibility", "Agents and viewers can see", sights, None, &draft.visibility)}
        {form.input("rate_agent", "Agent commission (%)", "decimal", &rate(Role::Agent))}
        {form.input("rate_manager", "Manager commission (%)", "decimal", &rate(Role::Manager))}
        {form.tick("agents_may_connect", "Agents can change orders to and from Connected", draft.agents_may_connect)}
        {form.tick("targets_by_sold", "Measure targets by revenue instead of connected revenue", draft.targets_by_sold)}
    };
    let drawn = form.clone().drawn("card", fields, "Save");
    let lists = Kind::ALL.map(|kind| {
        let names = all.iter().filter(|it| it.kind == kind).map(|it| {
            let act = match it.retired {
                true => button_form("/admin/settings/choices/", "Restore", &[("kind", kind.code().to_owned()), ("name", it.name.clone())]),
                false => button_form("/admin/settings/choices/remove/", "Remove", &[("id", it.id.to_string())]),
            };
            let retired = it.retired.then(|| view! { <small class="tag">"retired"</small> });
            view! { <li><span>{it.name.clone()}" "{retired}</span>{act}</li> }
        });
        let form = Form::at(format!("/admin/settings/choices/{}/", kind.code()));
        let add = form.clone().drawn("row-form", form.input("name", "New choice", "text", ""), "Add");
        view! { <section class="card panel"><h2>{kind.label()}</h2><ul class="row-list">{names.collect_view()}</ul>{add}</section> }
    });
    let page = view! {
        {head("Settings", "Changes apply to everyone within two seconds", ())}
        {drawn}
        <p><a class="btn btn-quiet" href="/admin/settings/rules/">"Status rules"</a></p>
        <p class="muted">"These lists set the choices on an order. If you remove a choice that is in use, it is retired: orders keep it, but it's no longer offered."</p>
        <div class="lists">{lists.collect_view()}</div>
    };
    Ok(("Settings".into(), page.into_any()))
}

/// Renders the page of the status rules.
pub async fn rules(asked: &PageRequest) -> PageView {
    asked.scope.require(Permission::Administer)?;
    let rules = db::settings::read(&asked.db).await?.rules.clone();
    let form = Form::at("/admin/settings/rules/");
    let cards = Status::ALL.map(|of| {
        let following = Status::ALL.into_iter().filter(|to| *to != of && *to != Status::New);
        let next = following.map(|to| (to.code().to_owned(), to.label().to_owned())).collect();
        let given = |field: &Field| of == Status::Connected && *field == Field::BoxValue;
        let required = Rules::REQUIRABLE.iter().filter(|field| !given(field));
        let required = required.map(|field| (field.name().to_owned(), field.full_label())).collect();
        let (may, needs): (Vec<_>, Vec<_>) =
            (rules.next(of).iter().map(|it| it.code()).collect(), rules.requires(of).iter().map(|it| it.name()).collect());
        let always = (of == Status::Connected)
            .then(|| view! { <p class="muted">"The box value is always required: connected orders count towards revenue"</p> });
        view! {
            <section class="card panel rule">
                <h2><span class=status_badge::class(of)>{of.label()}</span></h2>
                {form.ticks(format!("next_{}", of.code()), "Can change to", next, &may)}
                {form.ticks(format!("requires_{}", of.code()), "Requires", required, &needs)}
                {always}
            </section>
        }
    });
    let drawn = form.clone().drawn("rules", cards.collect_view(), "Save");
    let page = view! {
        {head("Status rules", "Changing an order to or from Connected requires permission, and no order can go back to New", ())}
        {drawn}
    };
    Ok(("Status rules".into(), page.into_any()))
}
