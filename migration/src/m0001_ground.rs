//! The first schema. Instants are microseconds since 1970 (UTC), amounts minor units, `*_key` columns normalised and compared bytewise.
//!
//! `batch` is the import that brought a row (0: none). Rows of an unpublished import are invisible; the column
//! is the last one of each list index, so that skipping them needs no table access.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = r#"
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE teams ({id}, name TEXT NOT NULL, name_key {key} NOT NULL UNIQUE);

CREATE TABLE users (
    {id},
    username TEXT NOT NULL,
    username_key {key} NOT NULL UNIQUE,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    password_hash TEXT,
    role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'agent', 'viewer')),
    team_id BIGINT REFERENCES teams (id),
    active BOOLEAN NOT NULL,
    page_size INTEGER,
    created_at BIGINT NOT NULL,
    seen_at BIGINT,
    legacy_id BIGINT,
    batch BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX users_team ON users (team_id);

CREATE TABLE sessions (
    id_hash {key} PRIMARY KEY,
    user_id BIGINT REFERENCES users (id),
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    remembered BOOLEAN NOT NULL DEFAULT FALSE,
    device TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE known_devices (
    token_hash {key} NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, user_id)
);

CREATE TABLE sign_in_failures ({id}, account_key {key} NOT NULL, address_key {key} NOT NULL, at BIGINT NOT NULL);
CREATE INDEX sign_in_failures_account ON sign_in_failures (account_key, at);
CREATE INDEX sign_in_failures_address ON sign_in_failures (address_key, at);

CREATE TABLE user_tokens (
    token_hash {key} PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX user_tokens_user ON user_tokens (user_id);

CREATE TABLE campaigns (
    {id},
    name TEXT NOT NULL,
    name_key {key} NOT NULL UNIQUE,
    target BIGINT CHECK (target >= 0),
    start_on DATE,
    end_on DATE,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    legacy_id BIGINT,
    batch BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE companies (
    {id},
    name TEXT NOT NULL,
    name_key {key} NOT NULL,
    business_type TEXT,
    employees BIGINT,
    monthly_spend BIGINT,
    note TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    legacy_id BIGINT,
    batch BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX companies_name ON companies (name_key, id);

CREATE TABLE orders (
    {id},
    uuid {uuid} NOT NULL UNIQUE,
    number {key} NOT NULL UNIQUE,
    legacy_id BIGINT UNIQUE,
    version BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('NW', 'HD', 'PK', 'TP', 'FD', 'AW', 'IS', 'CN', 'CNL')),
    owner_id BIGINT REFERENCES users (id),
    team_id BIGINT REFERENCES teams (id),
    campaign_id BIGINT REFERENCES campaigns (id),
    company_id BIGINT REFERENCES companies (id),
    created_at BIGINT NOT NULL,
    device_created_at BIGINT,
    updated_at BIGINT NOT NULL,
    connected_on DATE,
    follow_up_on DATE,
    follow_up_kind TEXT,
    follow_up_note TEXT,
    trashed_at BIGINT,
    title TEXT,
    first_name TEXT,
    last_name TEXT,
    mobile TEXT,
    mobile_e164 {key},
    landline TEXT,
    landline_e164 {key},
    email TEXT,
    email_key {key},
    business_name TEXT,
    business_type TEXT,
    business_key {key} NOT NULL,
    postcode_key {key},
    billing_house TEXT,
    billing_street TEXT,
    billing_city TEXT,
    billing_county TEXT,
    billing_postcode TEXT,
    deliver_to_billing BOOLEAN NOT NULL,
    delivery_house TEXT,
    delivery_street TEXT,
    delivery_city TEXT,
    delivery_county TEXT,
    delivery_postcode TEXT,
    date_of_birth DATE,
    eligibility_date DATE,
    network TEXT,
    sale_type TEXT,
    handset TEXT,
    tariff TEXT,
    tariff_code TEXT,
    sim_required BOOLEAN,
    spend_cap BIGINT CHECK (spend_cap >= 0),
    network_account_number TEXT,
    account_address TEXT,
    deal_source TEXT,
    box_value BIGINT CHECK (box_value >= 0 AND box_value <= 9999999999),
    loss_reason TEXT,
    commission_details TEXT,
    additional_details TEXT,
    search_text TEXT NOT NULL,
    batch BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE order_history (
    {id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    version BIGINT NOT NULL,
    happened TEXT NOT NULL,
    actor_id BIGINT REFERENCES users (id),
    at BIGINT NOT NULL,
    salt {blob},
    commitment {blob} NOT NULL,
    payload TEXT
);

CREATE TABLE comments (
    {id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    author_id BIGINT REFERENCES users (id),
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('Open', 'In Progress', 'Closed')),
    status_by BIGINT REFERENCES users (id),
    status_at BIGINT,
    legacy_id BIGINT
);

CREATE TABLE activity (
    {id},
    at BIGINT NOT NULL,
    actor_id BIGINT REFERENCES users (id),
    kind TEXT NOT NULL,
    order_id BIGINT REFERENCES orders (id),
    salt {blob},
    commitment {blob} NOT NULL,
    payload TEXT
);

CREATE TABLE releases (id TEXT PRIMARY KEY, started_at BIGINT NOT NULL);
CREATE TABLE release_assets (
    path {key} PRIMARY KEY,
    content_type TEXT NOT NULL,
    plain {blob} NOT NULL,
    brotli {blob},
    gzip {blob}
);
CREATE TABLE release_files (
    release_id TEXT NOT NULL REFERENCES releases (id),
    path {key} NOT NULL REFERENCES release_assets (path),
    PRIMARY KEY (release_id, path)
);
CREATE INDEX release_files_path ON release_files (path);

CREATE TABLE imports ({id}, source TEXT NOT NULL, started_at BIGINT NOT NULL, published_at BIGINT, report TEXT);
CREATE TABLE import_staged ({id}, import_id BIGINT NOT NULL REFERENCES imports (id), legacy_id BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE INDEX import_staged_import ON import_staged (import_id, id);
CREATE TABLE import_records (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    legacy_id BIGINT NOT NULL,
    our_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (source, kind, legacy_id)
)
"#;

/// The list indexes are separate from the tables, because a bulk load builds them last (`db::dialect`).
pub const LIST_INDEXES: &[(&str, &str)] = &[
    ("orders_created", "orders (created_at, id, batch) WHERE trashed_at IS NULL"),
    ("orders_status_created", "orders (status, created_at, id, batch) WHERE trashed_at IS NULL"),
    ("orders_owner_created", "orders (owner_id, created_at, id, batch) WHERE trashed_at IS NULL"),
    ("orders_owner_status_created", "orders (owner_id, status, created_at, id, batch) WHERE trashed_at IS NULL"),
    ("orders_team_created", "orders (team_id, created_at, id, batch) WHERE trashed_at IS NULL"),
    ("orders_team_status_created", "orders (team_id, status, created_at, id, batch) WHERE trashed_at IS NULL"),
    ("orders_connected", "orders (connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_owner_connected", "orders (owner_id, connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_team_connected", "orders (team_id, connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_mobile", "orders (mobile_e164) WHERE mobile_e164 IS NOT NULL"),
    ("orders_landline", "orders (landline_e164) WHERE landline_e164 IS NOT NULL"),
    ("orders_email", "orders (email_key) WHERE email_key IS NOT NULL"),
    ("order_history_order", "order_history (order_id, at, id)"),
    ("comments_order", "comments (order_id, created_at, id)"),
    ("activity_at", "activity (at, id)"),
];

const SQLITE_ONLY: &str = r#"
CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counters (name, value) VALUES ('order_number', 1000000);
CREATE TABLE change_log ({id}, topic TEXT NOT NULL, subject_id BIGINT NOT NULL, at BIGINT NOT NULL)
"#;

const POSTGRES_ONLY: &str = r#"
CREATE SEQUENCE order_number START WITH 1000001;
CREATE TABLE change_log (
    {id},
    topic TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX change_log_xact ON change_log (xact, id)
"#;

/// History and activity are append-only. The only allowed update erases payload and salt (personal data) and keeps the commitment.
const APPEND_ONLY: [(&str, &str); 2] = [
    (
        "order_history",
        "NEW.id = OLD.id AND NEW.order_id = OLD.order_id AND NEW.version = OLD.version AND NEW.happened = OLD.happened AND NEW.at = OLD.at AND NEW.salt IS NULL AND NEW.commitment = OLD.commitment AND NEW.payload IS NULL AND (NEW.actor_id = OLD.actor_id OR (NEW.actor_id IS NULL AND OLD.actor_id IS NULL))",
    ),
    (
        "activity",
        "NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.kind = OLD.kind AND NEW.salt IS NULL AND NEW.commitment = OLD.commitment AND NEW.payload IS NULL AND (NEW.actor_id = OLD.actor_id OR (NEW.actor_id IS NULL AND OLD.actor_id IS NULL)) AND (NEW.order_id = OLD.order_id OR (NEW.order_id IS NULL AND OLD.order_id IS NULL))",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let worded = |sql: &str| {
            let [id, key, uuid, blob] = if sqlite {
                ["id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "TEXT", "BLOB", "BLOB"]
            } else {
                ["id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "TEXT COLLATE \"C\"", "UUID", "BYTEA"]
            };
            sql.replace("{id}", id).replace("{key}", key).replace("{uuid}", uuid).replace("{blob}", blob)
        };
        for script in [TABLES, if sqlite { SQLITE_ONLY } else { POSTGRES_ONLY }] {
            for statement in worded(script).split(";\n") {
                db.execute_unprepared(statement).await?;
            }
        }
        for (name, on) in LIST_INDEXES {
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        if sqlite {
            for (table, passes) in APPEND_ONLY {
                db.execute_unprepared(&format!(
                    "CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} WHEN NOT ({passes}) BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
                ))
                .await?;
                db.execute_unprepared(&format!(
                    "CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
                ))
                .await?;
            }
        } else {
            for (table, passes) in APPEND_ONLY {
                db.execute_unprepared(&format!(
                    "CREATE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' AND ({passes}) THEN RETURN NEW; END IF; RAISE EXCEPTION '{table} only grows'; END $$"
                ))
                .await?;
                db.execute_unprepared(&format!(
                    "CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
                ))
                .await?;
                db.execute_unprepared(&format!(
                    "CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept()"
                ))
                .await?;
            }
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the first schema is not taken back: restore a backup instead".into()))
    }
}
