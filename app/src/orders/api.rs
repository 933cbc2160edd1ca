//! Server functions of orders: get the context, call one operation.

use domain::{
    id::CommentId,
    orders::{
        OrderDraft, Status,
        bulk::BulkActionView,
        duplicates::DuplicatesView,
        pages::{BoardView, OrderForm, OrderListView, OrderView, Similar},
    },
};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ServerResult;

/// A page of a list, by its URL.
#[server(name = ListOrders, prefix = "/fn", endpoint = "orders/list", input = Json)]
pub async fn list(address: String) -> ServerResult<OrderListView> {
    let (db, scope) = crate::context::access()?;
    let (query, ignored) = db::orders::at_address(&scope, &address);
    let shown = match db::orders::list(&db, &scope, query, ignored).await {
        Ok(page) => db::orders::list_view(&db, &scope, page).await,
        Err(error) => Err(error),
    };
    Ok(crate::context::status_of(shown)?)
}

/// The board, by its URL.
#[server(name = ShowBoard, prefix = "/fn", endpoint = "orders/board", input = Json)]
pub async fn board(address: String) -> ServerResult<BoardView> {
    let (db, scope) = crate::context::access()?;
    let (query, ignored) = db::orders::at_address(&scope, &address);
    Ok(crate::context::status_of(db::orders::board(&db, &scope, query, ignored).await)?)
}

/// A bulk action, by its id.
#[server(name = ShowBulkAction, prefix = "/fn", endpoint = "orders/bulk", input = Json)]
pub async fn bulk_action(id: String) -> ServerResult<BulkActionView> {
    let (db, scope) = crate::context::access()?;
    let shown = match id.parse() {
        Ok(id) => db::bulk_actions::show(&db, &scope, id).await,
        Err(_) => Err(domain::Error::NotFound),
    };
    Ok(crate::context::status_of(shown.map(crate::context::refill_bulk_action))?)
}

/// The duplicates page, by its URL.
#[server(name = ShowDuplicates, prefix = "/fn", endpoint = "duplicates", input = Json)]
pub async fn duplicates(address: String) -> ServerResult<DuplicatesView> {
    use domain::orders::duplicates::DuplicateKey;

    let (db, scope) = crate::context::access()?;
    let pairs = domain::page::query_pairs(address.split_once('?').map_or("", |(_, query)| query));
    let value = |name: &str| Some(crate::forms::value(&pairs, name)).filter(|it| !it.is_empty());
    let by = value("by").and_then(DuplicateKey::find).unwrap_or(DuplicateKey::Mobile);
    Ok(crate::context::status_of(db::companies::duplicates(&db, &scope, by, value("after")).await)?)
}

/// An order with its timeline.
#[server(name = ShowOrder, prefix = "/fn", endpoint = "orders/show", input = Json)]
pub async fn show(number: String) -> ServerResult<OrderView> {
    let (db, scope) = crate::context::access()?;
    let shown = db::orders::show(&db, &scope, &number).await.map(|mut shown| {
        if let Some(refused) = crate::context::posted().and_then(|posted| posted.refused) {
            shown.set_refused(refused);
        }
        shown
    });
    Ok(crate::context::status_of(shown)?)
}

/// The form of an order by its number, of a new one (empty), or of a copy (`copy=` and a number).
#[server(name = OrderFormOf, prefix = "/fn", endpoint = "orders/form", input = Json)]
pub async fn form(of: String) -> ServerResult<OrderForm> {
    let (db, scope) = crate::context::access()?;
    let form = match of.strip_prefix("copy=") {
        Some(number) => db::orders::form_new(&db, &scope, Some(number)).await,
        None if of.contains('?') => restored(&db, &scope, &of).await,
        None if of.is_empty() => db::orders::form_new(&db, &scope, None).await,
        None => db::orders::form_update(&db, &scope, &of).await,
    };
    Ok(crate::context::status_of(form.map(crate::context::as_posted))?)
}

/// The form of an existing order with an old value in one field: `number?field=value`.
#[cfg(feature = "ssr")]
async fn restored(db: &db::Db, scope: &db::Scope, of: &str) -> domain::Result<OrderForm> {
    let (number, search) = of.split_once('?').unwrap_or((of, ""));
    let mut form = db::orders::form_update(db, scope, number).await?;
    for (name, value) in domain::page::query_pairs(search) {
        if let Some(field) = domain::orders::Field::find(&name).filter(|field| !form.locked.contains(field)) {
            form.draft.set(field, value);
            form.sentence = Some(format!("The previous value of “{}” is in the form. Check it and save.", field.full_label()));
        }
    }
    Ok(form)
}

/// Suggests campaigns or companies for typed text: id and name.
#[server(name = Suggest, prefix = "/fn", endpoint = "orders/suggest", input = Json)]
pub async fn suggest(field: domain::orders::Field, typed: String) -> ServerResult<Vec<(String, String)>> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::orders::suggest(&db, &scope, field, &typed).await)?)
}

/// Orders with the same phone, e-mail, or business and postcode as a draft.
#[server(name = SimilarOrders, prefix = "/fn", endpoint = "orders/similar", input = Json)]
pub async fn similar(draft: OrderDraft, except: Option<String>) -> ServerResult<Vec<Similar>> {
    let (db, scope) = crate::context::access()?;
    Ok(crate::context::status_of(db::orders::similar(&db, &scope, &draft, except.as_deref()).await)?)
}

/// Creates an order with its UUID; returns its number.
#[server(name = CreateOrder, prefix = "/fn", endpoint = "orders/create", input = Json)]
pub async fn create(uuid: String, draft: OrderDraft) -> ServerResult<String> {
    let (db, scope) = crate::context::access_to(&(&uuid, &draft))?;
    let created = match uuid::Uuid::try_parse(&uuid) {
        Ok(uuid) => db::orders::create(&db, &scope, uuid, &draft).await,
        Err(_) => Err(domain::Error::invalid("uuid", "This form can't be read. Open a new one.")),
    };
    Ok(crate::context::status_of(db::sync::recover_stored_result(&db, &scope, created, |number| number).await)?)
}

/// Saves an order that was read at a version.
#[server(name = EditOrder, prefix = "/fn", endpoint = "orders/edit", input = Json)]
pub async fn edit(number: String, version: i64, draft: OrderDraft) -> ServerResult<()> {
    let (db, scope) = crate::context::access_to(&(&number, version, &draft))?;
    let saved = db::orders::edit(&db, &scope, &number, version, &draft).await;
    Ok(crate::context::status_of(db::sync::recover_stored_result(&db, &scope, saved, |_| ()).await)?)
}

/// Changes the status of an order.
#[server(name = ChangeStatus, prefix = "/fn", endpoint = "orders/change_status", input = Json)]
pub async fn change_status(number: String, version: i64, to: Status, asked: OrderDraft) -> ServerResult<()> {
    let (db, scope) = crate::context::access_to(&(&number, version, to, &asked))?;
    let moved = db::orders::change_status(&db, &scope, &number, version, to, &asked).await;
    Ok(crate::context::status_of(db::sync::recover_stored_result(&db, &scope, moved, |_| ()).await)?)
}

/// Adds a comment; with an id, sets the status of that comment.
#[server(name = SaveComment, prefix = "/fn", endpoint = "comments/save", input = Json)]
pub async fn comment(number: String, id: Option<CommentId>, text: String) -> ServerResult<()> {
    let (db, scope) = crate::context::access_to(&(&number, id, &text))?;
    let said = match (id, domain::comments::CommentStatus::find(&text)) {
        (None, _) => db::comments::add(&db, &scope, &number, &text).await.map(|_| ()),
        (Some(id), Some(status)) => db::comments::set_status(&db, &scope, &number, id, status).await,
        (Some(_), None) => Err(domain::Error::invalid("status", "Choose Open, In Progress or Closed")),
    };
    Ok(crate::context::status_of(db::sync::recover_stored_result(&db, &scope, said, |_| ()).await)?)
}
