//! The page that shows which role may do what: the table of `domain::role`, cell by cell.

use domain::role::{Permission, Role, may};
use leptos::prelude::*;

use crate::server_pages::parts::{PageRequest, PageView, head};

/// Renders the page.
pub async fn draw(asked: &PageRequest) -> PageView {
    let connect = asked.scope.settings.agents_may_connect;
    let rows = Permission::ALL.map(|permission| {
        let cells = Role::ALL.map(|role| {
            let label = if may(role, permission, connect) { "yes" } else { "–" };
            view! { <td>{label}</td> }
        });
        view! { <tr><th scope="row">{permission.label()}</th>{cells.collect_view()}</tr> }
    });
    let heads = Role::ALL.map(|role| view! { <th scope="col">{role.label()}</th> });
    let page = view! {
        {head("What each role can do", "People see only the pages and buttons that their role allows", ())}
        <div class="table-frame"><table class="data-table permissions"><thead><tr><th scope="col">"Permission"</th>{heads.collect_view()}</tr></thead><tbody>{rows.collect_view()}</tbody></table></div>
    };
    Ok(("What each role can do".into(), page.into_any()))
}
