//! The frame of every page: the user, the counts of the sidebar, and the saved views.

use domain::{
    Result,
    orders::list::{ListQuery, View},
    role::Permission,
    users::Frame,
};

use crate::{Db, Scope, choices::Kind, orders};

/// Reads the frame of this user.
pub async fn frame(db: &Db, scope: &Scope) -> Result<Frame> {
    let user = &scope.user;
    let reference_data = db.reference_data().await?;
    let suggested = [("sale-types", Kind::SaleType), ("deal-sources", Kind::DealSource), ("loss-reasons", Kind::LossReason)];
    let saved = orders::views(db, scope).await?;
    let mut lists: Vec<(String, ListQuery)> = View::SIDEBAR.into_iter().map(|view| (view.path().to_owned(), ListQuery::of(view))).collect();
    // Saved searches are not counted.
    lists.extend(saved.iter().filter_map(|it| Some((it.href.clone(), it.query.clone().filter(|query| query.text.is_empty())?))));
    let queries: Vec<ListQuery> = lists.iter().map(|(_, query)| query.clone()).collect();
    let counts = orders::count_all(db, scope, &queries).await?;
    Ok(Frame {
        user: user.id.0,
        name: user.name.clone(),
        username: user.username.clone(),
        role: user.role,
        may_create: scope.authority().may(Permission::Create),
        may_trash: scope.authority().may(Permission::Trash),
        may_merge: scope.authority().may(Permission::EditAny),
        counts: lists.into_iter().zip(counts).map(|((href, _), count)| (href, count.to_string())).collect(),
        suggestions: suggested.map(|(id, kind)| (id.to_owned(), reference_data.offered(kind))).to_vec(),
        read_only: db.is_read_only(),
        saved: saved.into_iter().map(|it| (it.name, it.href)).collect(),
    })
}
