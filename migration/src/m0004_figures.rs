//! Rollups of every business day, targets, commission, closed months; and the choices on orders.
//!
//! A row of a rollup is a difference: the sum of all rows with one key is the figure, so that writers only insert and never wait for each other.

use sea_orm_migration::prelude::*;

use crate::{dialect, never_back};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 28] = [
    // Sold: by the business day of creation. A version has one time zone's days.
    "CREATE TABLE figures_sold ({id}, generation BIGINT NOT NULL, day DATE NOT NULL, owner_id BIGINT, team_id BIGINT, campaign_id BIGINT, \
     batch BIGINT NOT NULL, orders BIGINT NOT NULL, value BIGINT NOT NULL, cancelled BIGINT NOT NULL, connected BIGINT NOT NULL)",
    "CREATE INDEX figures_sold_day ON figures_sold (generation, day, owner_id, team_id, campaign_id)",
    "CREATE INDEX figures_sold_owner ON figures_sold (generation, owner_id, day)",
    "CREATE INDEX figures_sold_campaign ON figures_sold (generation, campaign_id, day)",
    // Connected: by `connected_on`, which is a date.
    "CREATE TABLE figures_connected ({id}, day DATE NOT NULL, owner_id BIGINT, team_id BIGINT, campaign_id BIGINT, \
     batch BIGINT NOT NULL, orders BIGINT NOT NULL, value BIGINT NOT NULL)",
    "CREATE INDEX figures_connected_day ON figures_connected (day, owner_id, team_id, campaign_id)",
    "CREATE INDEX figures_connected_owner ON figures_connected (owner_id, day)",
    "CREATE INDEX figures_connected_campaign ON figures_connected (campaign_id, day)",
    // The rate is in hundredths of a per cent; user, rate and amount are also stored on the order.
    "ALTER TABLE orders ADD COLUMN commission BIGINT",
    "ALTER TABLE orders ADD COLUMN commission_rate BIGINT",
    "ALTER TABLE orders ADD COLUMN commission_to BIGINT REFERENCES users (id)",
    "ALTER TABLE campaigns ADD COLUMN commission_rate BIGINT",
    "ALTER TABLE users ADD COLUMN commission_rate BIGINT",
    "CREATE TABLE commissions ({id}, month DATE NOT NULL, user_id BIGINT NOT NULL REFERENCES users (id), order_id BIGINT NOT NULL REFERENCES orders (id), \
     amount BIGINT NOT NULL, value BIGINT NOT NULL, rate BIGINT NOT NULL, reason TEXT NOT NULL, happened_on DATE NOT NULL, \
     at BIGINT NOT NULL, actor_id BIGINT REFERENCES users (id))",
    "CREATE INDEX commissions_user ON commissions (user_id, month, id)",
    "CREATE INDEX commissions_month ON commissions (month, user_id)",
    "CREATE INDEX commissions_order ON commissions (order_id, id)",
    "CREATE TABLE closed_months (month DATE PRIMARY KEY, closed_at BIGINT NOT NULL, closed_by BIGINT NOT NULL REFERENCES users (id))",
    "CREATE TABLE targets ({id}, month DATE NOT NULL, user_id BIGINT REFERENCES users (id), team_id BIGINT REFERENCES teams (id), amount BIGINT NOT NULL CHECK (amount >= 0), \
     CHECK ((user_id IS NULL) <> (team_id IS NULL)))",
    "CREATE UNIQUE INDEX targets_user ON targets (month, user_id) WHERE user_id IS NOT NULL",
    "CREATE UNIQUE INDEX targets_team ON targets (month, team_id) WHERE team_id IS NOT NULL",
    // The choices on orders. Retired: no longer offered, still shown where in use.
    "CREATE TABLE choices ({id}, kind TEXT NOT NULL, name TEXT NOT NULL, name_key {key} NOT NULL, retired BOOLEAN NOT NULL, place BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX choices_name ON choices (kind, name_key)",
    "CREATE INDEX activity_actor ON activity (actor_id, at, id)",
    "CREATE INDEX activity_kind ON activity (kind, at, id)",
    "CREATE INDEX activity_order ON activity (order_id, at, id)",
    "CREATE INDEX orders_commission ON orders (commission_to) WHERE commission_to IS NOT NULL",
    "CREATE INDEX comments_open ON comments (created_at, order_id) WHERE status <> 'Closed'",
];

/// A paid statement never changes.
const ONLY_GROWS: &str = "commissions";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let (sqlite, id) = dialect(manager);
        let key = if sqlite { "TEXT" } else { "TEXT COLLATE \"C\"" };
        for statement in TABLES {
            db.execute_unprepared(&statement.replace("{id}", id).replace("{key}", key)).await?;
        }
        if sqlite {
            for act in ["UPDATE", "DELETE"] {
                db.execute_unprepared(&format!(
                    "CREATE TRIGGER {ONLY_GROWS}_no_{act} BEFORE {act} ON {ONLY_GROWS} BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS} only grows'); END"
                ))
                .await?;
            }
        } else {
            db.execute_unprepared(&format!(
                "CREATE FUNCTION {ONLY_GROWS}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{ONLY_GROWS} only grows'; END $$"
            ))
            .await?;
            db.execute_unprepared(&format!(
                "CREATE TRIGGER {ONLY_GROWS}_kept BEFORE UPDATE OR DELETE ON {ONLY_GROWS} FOR EACH ROW EXECUTE FUNCTION {ONLY_GROWS}_kept()"
            ))
            .await?;
            db.execute_unprepared(&format!(
                "CREATE TRIGGER {ONLY_GROWS}_never_emptied BEFORE TRUNCATE ON {ONLY_GROWS} FOR EACH STATEMENT EXECUTE FUNCTION {ONLY_GROWS}_kept()"
            ))
            .await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
