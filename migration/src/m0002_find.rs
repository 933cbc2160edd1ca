//! Search and lists: an index for every list, the trigram index of the search, saved views, merged companies.

use sea_orm_migration::prelude::*;

use crate::{dialect, m0001_ground, never_back};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The list indexes: each filter with each sort. They are separate from the tables, because a bulk
/// load builds them last (`db::dialect`). The columns after the sort serve counts and further filters within the index.
pub const LIST_INDEXES: &[(&str, &str)] = &[
    ("orders_by_created", "orders (created_at, id, status, batch) WHERE trashed_at IS NULL"),
    ("orders_by_updated", "orders (updated_at, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_by_value", "orders ((coalesce(box_value, -1)), id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_by_business", "orders (business_key, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_status_created", "orders (status, created_at, id, batch) WHERE trashed_at IS NULL"),
    ("orders_status_updated", "orders (status, updated_at, id, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_status_value", "orders (status, (coalesce(box_value, -1)), id, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_status_business", "orders (status, business_key, id, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_owner_created", "orders (owner_id, created_at, id, status, batch) WHERE trashed_at IS NULL"),
    ("orders_owner_updated", "orders (owner_id, updated_at, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_owner_value", "orders (owner_id, (coalesce(box_value, -1)), id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_owner_business", "orders (owner_id, business_key, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_team_created", "orders (team_id, created_at, id, status, batch) WHERE trashed_at IS NULL"),
    ("orders_team_updated", "orders (team_id, updated_at, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_team_value", "orders (team_id, (coalesce(box_value, -1)), id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_team_business", "orders (team_id, business_key, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_campaign_created", "orders (campaign_id, created_at, id, status, batch) WHERE trashed_at IS NULL"),
    ("orders_campaign_updated", "orders (campaign_id, updated_at, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_campaign_value", "orders (campaign_id, (coalesce(box_value, -1)), id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_campaign_business", "orders (campaign_id, business_key, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_network_created", "orders (network, created_at, id, status, batch) WHERE trashed_at IS NULL"),
    ("orders_network_updated", "orders (network, updated_at, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_network_value", "orders (network, (coalesce(box_value, -1)), id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_network_business", "orders (network, business_key, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_company_created", "orders (company_id, created_at, id, status, batch) WHERE trashed_at IS NULL"),
    ("orders_company_updated", "orders (company_id, updated_at, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_company_value", "orders (company_id, (coalesce(box_value, -1)), id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_company_business", "orders (company_id, business_key, id, status, created_at, batch) WHERE trashed_at IS NULL"),
    ("orders_connected", "orders (connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_owner_connected", "orders (owner_id, connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_team_connected", "orders (team_id, connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_campaign_connected", "orders (campaign_id, connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_network_connected", "orders (network, connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    ("orders_company_connected", "orders (company_id, connected_on, id, batch) WHERE trashed_at IS NULL AND status = 'CN'"),
    (
        "orders_due",
        "orders (follow_up_on, id, status, follow_up_kind, batch) WHERE trashed_at IS NULL AND follow_up_on IS NOT NULL AND status <> 'CNL'",
    ),
    (
        "orders_owner_due",
        "orders (owner_id, follow_up_on, id, status, follow_up_kind, batch) WHERE trashed_at IS NULL AND follow_up_on IS NOT NULL AND status <> 'CNL'",
    ),
    ("orders_trash", "orders (created_at, id, batch) WHERE trashed_at IS NOT NULL"),
    ("orders_mobile", "orders (mobile_e164) WHERE mobile_e164 IS NOT NULL"),
    ("orders_landline", "orders (landline_e164) WHERE landline_e164 IS NOT NULL"),
    ("orders_email", "orders (email_key) WHERE email_key IS NOT NULL"),
    ("order_history_order", "order_history (order_id, at, id)"),
    ("comments_order", "comments (order_id, created_at, id)"),
    ("activity_at", "activity (at, id)"),
];

/// SQLite's trigram index reads its text from `orders`; triggers keep both in sync.
const SQLITE_SEARCH: &str = r#"
CREATE VIRTUAL TABLE orders_search USING fts5(search_text, content='orders', content_rowid='id', tokenize='trigram', columnsize=0)
"#;

/// The triggers of the search; a bulk load drops them and rebuilds the index at its end.
pub const SQLITE_SEARCH_TRIGGERS: [(&str, &str); 2] = [
    (
        "orders_search_written",
        "AFTER INSERT ON orders BEGIN INSERT INTO orders_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END",
    ),
    (
        "orders_search_changed",
        "AFTER UPDATE OF search_text ON orders WHEN OLD.search_text <> NEW.search_text BEGIN \
         INSERT INTO orders_search (orders_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text); \
         INSERT INTO orders_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END",
    ),
];

/// PostgreSQL's trigram index, without a pending list, so that no search has to scan one.
pub const POSTGRES_SEARCH: &str =
    "CREATE INDEX IF NOT EXISTS orders_search ON orders USING gin (search_text gin_trgm_ops) WITH (fastupdate = off)";

const TABLES: [&str; 3] = [
    "CREATE TABLE saved_views ({id}, owner_id BIGINT NOT NULL REFERENCES users (id), name TEXT NOT NULL, address TEXT NOT NULL, \
     shared BOOLEAN NOT NULL, team_id BIGINT REFERENCES teams (id), created_at BIGINT NOT NULL)",
    "CREATE INDEX saved_views_owner ON saved_views (owner_id)",
    "CREATE INDEX saved_views_team ON saved_views (team_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let (sqlite, id) = dialect(manager);
        for statement in TABLES {
            db.execute_unprepared(&statement.replace("{id}", id)).await?;
        }
        for (name, _) in m0001_ground::LIST_INDEXES {
            db.execute_unprepared(&format!("DROP INDEX IF EXISTS {name}")).await?;
        }
        for (name, on) in LIST_INDEXES {
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        if sqlite {
            db.execute_unprepared(SQLITE_SEARCH).await?;
            for (name, rest) in SQLITE_SEARCH_TRIGGERS {
                db.execute_unprepared(&format!("CREATE TRIGGER {name} {rest}")).await?;
            }
            db.execute_unprepared("INSERT INTO orders_search (orders_search) VALUES ('rebuild')").await?;
        } else {
            db.execute_unprepared("CREATE EXTENSION IF NOT EXISTS pg_trgm").await?;
            db.execute_unprepared(POSTGRES_SEARCH).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
