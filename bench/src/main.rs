//! The least that could answer: one query, rows as plain text, no rights, no session, no page.

use std::{env, error::Error};

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
    serve::ListenerExt,
};
use sqlx::{Pool, Row, Sqlite, SqlitePool, postgres::PgPool, Postgres};

const LIST: &str = "SELECT o.number, o.status, o.business_name, o.box_value, o.created_at, u.username, c.name AS campaign FROM orders o \
    LEFT JOIN users u ON u.id = o.owner_id LEFT JOIN campaigns c ON c.id = o.campaign_id WHERE o.trashed_at IS NULL \
    ORDER BY o.created_at DESC, o.id DESC LIMIT 9";
const ONE: &str = "SELECT number, status, business_name, box_value, created_at, search_text FROM orders WHERE number = $1";
const HISTORY: &str = "SELECT happened, at, payload FROM order_history WHERE order_id = (SELECT id FROM orders WHERE number = $1) ORDER BY at DESC";

macro_rules! handlers {
    ($list:ident $one:ident $db:ty) => {
        async fn $list(State(pool): State<Pool<$db>>) -> String {
            let rows = sqlx::query(LIST).fetch_all(&pool).await.unwrap_or_default();
            rows.iter().map(|row| format!("{} {} {:?} {:?}\n", row.get::<String, _>(0), row.get::<String, _>(1), row.get::<Option<String>, _>(2), row.get::<Option<i64>, _>(3))).collect()
        }

        async fn $one(State(pool): State<Pool<$db>>, Path(number): Path<String>) -> String {
            let row = sqlx::query(ONE).bind(&number).fetch_optional(&pool).await.ok().flatten();
            let history = sqlx::query(HISTORY).bind(&number).fetch_all(&pool).await.unwrap_or_default();
            let order = row.map(|row| row.get::<String, _>(5)).unwrap_or_default();
            history.iter().fold(order, |text, row| text + "\n" + &row.get::<Option<String>, _>(2).unwrap_or_default())
        }
    };
}

handlers!(list_sqlite one_sqlite Sqlite);
handlers!(list_postgres one_postgres Postgres);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("DATABASE_URL")?;
    let router = if url.starts_with("sqlite") {
        Router::new().route("/list", get(list_sqlite)).route("/one/{number}", get(one_sqlite)).with_state(SqlitePool::connect(&url).await?)
    } else {
        Router::new().route("/list", get(list_postgres)).route("/one/{number}", get(one_postgres)).with_state(PgPool::connect(&url).await?)
    };
    let listener = tokio::net::TcpListener::bind(env::var("BARE_ADDR")?).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}
