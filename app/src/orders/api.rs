//! Server functions of orders: context, then one verb.

use domain::{
    comments::CommentStatus,
    id::CommentId,
    orders::{
        OrderDraft, Status,
        list::OrdersPage,
        pages::{OrderForm, OrderShown, Similar},
    },
};
use leptos::{prelude::*, server_fn::codec::Json};
use uuid::Uuid;

use crate::error::Answer;

/// A page of a list, by the address of its page.
#[server(name = ListOrders, prefix = "/fn", endpoint = "orders/list", input = Json)]
pub async fn list(path: String, search: String) -> Answer<OrdersPage> {
    use domain::orders::list::{ListQuery, View};
    let (db, scope) = crate::context::access()?;
    let pairs = crate::context::query_pairs(&search);
    let view = View::from_path(&path).unwrap_or_default();
    let (query, ignored) = ListQuery::from_pairs(view, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    Ok(crate::context::status_of(db::orders::list(&db, &scope, query, ignored).await)?)
}

/// An order with its timeline.
#[server(name = ShowOrder, prefix = "/fn", endpoint = "orders/show", input = Json)]
pub async fn show(number: String) -> Answer<OrderShown> {
    let (db, scope) = crate::context::access()?;
    let mut shown = crate::context::status_of(db::orders::show(&db, &scope, &number).await)?;
    shown.refused = crate::context::posted().and_then(|posted| posted.refused);
    Ok(shown)
}

/// The form of a new order, or of a copy.
#[server(name = NewOrderForm, prefix = "/fn", endpoint = "orders/form/new", input = Json)]
pub async fn form_new(copy_of: Option<String>) -> Answer<OrderForm> {
    let (db, scope) = crate::context::access()?;
    let form = crate::context::status_of(db::orders::form_new(&db, &scope, copy_of.as_deref()).await)?;
    Ok(crate::context::as_posted(form))
}

/// The form of a stored order.
#[server(name = OrderFormOf, prefix = "/fn", endpoint = "orders/form/update", input = Json)]
pub async fn form_update(number: String) -> Answer<OrderForm> {
    let (db, scope) = crate::context::access()?;
    let form = crate::context::status_of(db::orders::form_update(&db, &scope, &number).await)?;
    Ok(crate::context::as_posted(form))
}

/// Orders with the same phone or e-mail as a draft.
#[server(name = SimilarOrders, prefix = "/fn", endpoint = "orders/similar", input = Json)]
pub async fn similar(draft: OrderDraft, except: Option<String>) -> Answer<Vec<Similar>> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::orders::similar(&db, &scope, &draft, except.as_deref()).await)?)
}

/// Creates an order; answers its number.
#[server(name = CreateOrder, prefix = "/fn", endpoint = "orders/create", input = Json)]
pub async fn create(uuid: Uuid, draft: OrderDraft) -> Answer<String> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::orders::create(&db, &scope, uuid, &draft).await)?)
}

/// Saves an order over the version that it was read at.
#[server(name = EditOrder, prefix = "/fn", endpoint = "orders/edit", input = Json)]
pub async fn edit(number: String, version: i64, draft: OrderDraft) -> Answer<()> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::orders::edit(&db, &scope, &number, version, &draft).await)?)
}

/// Moves an order to a status.
#[server(name = AdvanceOrder, prefix = "/fn", endpoint = "orders/advance", input = Json)]
pub async fn advance(number: String, version: i64, to: Status, asked: OrderDraft) -> Answer<()> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::orders::advance(&db, &scope, &number, version, to, &asked).await)?)
}

/// Adds a comment.
#[server(name = AddComment, prefix = "/fn", endpoint = "comments/add", input = Json)]
pub async fn comment(number: String, body: String) -> Answer<CommentId> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::comments::add(&db, &scope, &number, &body).await)?)
}

/// Says how far a comment is.
#[server(name = SetCommentStatus, prefix = "/fn", endpoint = "comments/status", input = Json)]
pub async fn comment_status(number: String, id: CommentId, status: CommentStatus) -> Answer<()> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::comments::set_status(&db, &scope, &number, id, status).await)?)
}
