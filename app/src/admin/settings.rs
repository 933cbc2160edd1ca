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
    server_pages::parts::{Form, Options, PageRequest, PageView, head, press},
};

/// Draws it.
pub async fn draw(asked: &PageRequest) -> PageView {
    asked.scope.require(Permission::Administer)?;
    let settings = db::settings::read(&asked.db).await?;
    let all = choices::choices(&asked.db, &asked.scope).await?;
    let draft = SettingsDraft::from(&*settings);
    let form = Form::at("/admin/settings/");
    let sights: Options = [(Visibility::All, "Every order"), (Visibility::Team, "Own and team orders"), (Visibility::Own, "Their own")]
        .iter()
        .map(|(it, words)| (it.code().to_owned(), (*words).to_owned()))
        .collect();
    let rates = draft.rates.clone();
    let rate = |role: Role| rates.iter().find(|(it, _)| *it == role).map(|(_, rate)| rate.clone()).unwrap_or_default();
    let fields = view! {
        {form.input("name", "Name of the business", "text", &draft.name)}
        {form.input("time_zone", "Time zone: its days are the days of every figure", "text", &draft.time_zone)}
        {form.input("currency", "Currency: fixed once an order exists", "text", &draft.currency)}
        {form.select("visibility", "Agents and viewers see", sights, None, &draft.visibility)}
        {form.input("rate_agent", "Commission of agents, per cent", "decimal", &rate(Role::Agent))}
        {form.input("rate_manager", "Commission of managers, per cent", "decimal", &rate(Role::Manager))}
        {form.tick("agents_may_connect", "Agents may move orders into and out of Connected", draft.agents_may_connect)}
        {form.tick("targets_by_sold", "Targets are measured in what is sold, not in what is connected", draft.targets_by_sold)}
    };
    let drawn = form.clone().drawn("card", fields, "Save");
    let lists = Kind::ALL.map(|kind| {
        let names = all.iter().filter(|it| it.kind == kind).map(|it| {
            let act = match it.retired {
                true => press("/admin/settings/choices/", "Bring back", &[("kind", kind.code().to_owned()), ("name", it.name.clone())]),
                false => press("/admin/settings/choices/remove/", "Remove", &[("id", it.id.to_string())]),
            };
            let retired = it.retired.then(|| view! { <small class="tag">"retired"</small> });
            view! { <li><span>{it.name.clone()}" "{retired}</span>{act}</li> }
        });
        let form = Form::at(format!("/admin/settings/choices/{}/", kind.code()));
        let add = form.clone().drawn("row-form", form.input("name", "Another one", "text", ""), "Add");
        view! { <section class="card panel"><h2>{kind.label()}</h2><ul class="row-list">{names.collect_view()}</ul>{add}</section> }
    });
    let page = view! {
        {head("Settings", "For the whole business, on every server within two seconds", ())}
        {drawn}
        <p><a class="btn btn-quiet" href="/admin/settings/rules/">"Status rules"</a></p>
        <p class="under">"What can be chosen on an order. What is in use is retired, not deleted: orders keep it."</p>
        <div class="lists">{lists.collect_view()}</div>
    };
    Ok(("Settings".into(), page.into_any()))
}

/// Draws what may follow what, and what a status requires.
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
        let always =
            (of == Status::Connected).then(|| view! { <p class="under">"Always the box value: a connected order counts as revenue."</p> });
        view! {
            <section class="card panel rule">
                <h2><span class=status_badge::class(of)>{of.label()}</span></h2>
                {form.ticks(format!("next_{}", of.code()), "May become", next, &may)}
                {form.ticks(format!("requires_{}", of.code()), "Requires", required, &needs)}
                {always}
            </section>
        }
    });
    let drawn = form.clone().drawn("rules", cards.collect_view(), "Save");
    let page = view! {
        {head("Status rules", "Into and out of Connected go those whose role allows it; nothing becomes New again", ())}
        {drawn}
    };
    Ok(("Status rules".into(), page.into_any()))
}
