//! The page that explains rights: the table itself.

use domain::role::{Act, Role, may};
use leptos::prelude::*;

use crate::told::parts::{Asked, Drawn, head};

/// Draws it.
pub async fn draw(asked: &Asked) -> Drawn {
    let connect = asked.scope.settings.agents_may_connect;
    let rows = Act::ALL.map(|act| {
        let cells = Role::ALL.map(|role| {
            let words = if may(role, act, connect) { "yes" } else { "–" };
            view! { <td>{words}</td> }
        });
        view! { <tr><th scope="row">{act.label()}</th>{cells.collect_view()}</tr> }
    });
    let heads = Role::ALL.map(|role| view! { <th scope="col">{role.label()}</th> });
    let page = view! {
        {head("What each role may do", "What is forbidden looks like what is missing", ())}
        <div class="table-frame"><table class="plain rights"><thead><tr><th scope="col">"Act"</th>{heads.collect_view()}</tr></thead><tbody>{rows.collect_view()}</tbody></table></div>
    };
    Ok(("Rights".into(), page.into_any()))
}
