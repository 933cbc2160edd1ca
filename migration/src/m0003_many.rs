//! Bulk actions, duplicates and merged companies, the list columns that a user chose.

use sea_orm_migration::prelude::*;

use crate::{dialect, never_back};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Indexes of the previous migration that these replace.
pub const REPLACED: [&str; 3] = ["orders_mobile", "orders_landline", "orders_email"];

/// The indexes of duplicates: each key with the columns that its groups need.
pub const LIST_INDEXES: &[(&str, &str)] = &[
    ("orders_same_mobile", "orders (mobile_e164, company_id, id, batch) WHERE trashed_at IS NULL AND mobile_e164 IS NOT NULL"),
    ("orders_same_landline", "orders (landline_e164, company_id, id, batch) WHERE trashed_at IS NULL AND landline_e164 IS NOT NULL"),
    ("orders_same_email", "orders (email_key, company_id, id, batch) WHERE trashed_at IS NULL AND email_key IS NOT NULL"),
    (
        "orders_same_place",
        "orders (business_key, postcode_key, company_id, id, batch) WHERE trashed_at IS NULL AND business_name IS NOT NULL AND postcode_key IS NOT NULL",
    ),
];

const TABLES: [&str; 7] = [
    "CREATE TABLE bulks ({id}, actor_id BIGINT NOT NULL REFERENCES users (id), \
     state TEXT NOT NULL CHECK (state IN ('chosen', 'ready', 'running', 'done', 'undoing', 'undone')), \
     act TEXT, merges TEXT, total BIGINT NOT NULL, why TEXT, created_at BIGINT NOT NULL, ended_at BIGINT, claim TEXT, beat_at BIGINT)",
    "CREATE INDEX bulks_actor ON bulks (actor_id, id)",
    "CREATE INDEX bulks_state ON bulks (state)",
    "CREATE TABLE bulk_items (bulk_id BIGINT NOT NULL REFERENCES bulks (id), order_id BIGINT NOT NULL REFERENCES orders (id), \
     outcome TEXT NOT NULL CHECK (outcome IN ('waits', 'done', 'same', 'refused', 'back', 'kept')), why TEXT, version BIGINT, \
     PRIMARY KEY (bulk_id, order_id))",
    "CREATE INDEX bulk_items_outcome ON bulk_items (bulk_id, outcome, order_id)",
    "ALTER TABLE companies ADD COLUMN merged_into BIGINT REFERENCES companies (id)",
    "ALTER TABLE users ADD COLUMN list_columns TEXT",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let (_, id) = dialect(manager);
        for statement in TABLES {
            db.execute_unprepared(&statement.replace("{id}", id)).await?;
        }
        for name in REPLACED {
            db.execute_unprepared(&format!("DROP INDEX IF EXISTS {name}")).await?;
        }
        for (name, on) in LIST_INDEXES {
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
