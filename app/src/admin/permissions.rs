//! The page that explains rights: the table itself.

use domain::role::{Permission, Role, may};
use leptos::prelude::*;

use crate::server_pages::parts::{PageRequest, PageView, head};

/// Draws it.
pub async fn draw(asked: &PageRequest) -> PageView {
    let connect = asked.scope.settings.agents_may_connect;
    let rows = Permission::ALL.map(|permission| {
        let cells = Role::ALL.map(|role| {
            let words = if may(role, permission, connect) { "yes" } else { "–" };
            view! { <td>{words}</td> }
        });
        view! { <tr><th scope="row">{permission.label()}</th>{cells.collect_view()}</tr> }
    });
    let heads = Role::ALL.map(|role| view! { <th scope="col">{role.label()}</th> });
    let page = view! {
        {head("What each role may do", "What is forbidden looks like what is missing", ())}
        <div class="table-frame"><table class="plain rights"><thead><tr><th scope="col">"Act"</th>{heads.collect_view()}</tr></thead><tbody>{rows.collect_view()}</tbody></table></div>
    };
    Ok(("Rights".into(), page.into_any()))
}
