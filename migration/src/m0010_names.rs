//! Tables and columns get the names that the code uses: `bulk_actions`, `bulk_action_items`, `daily_sold`, `daily_connected`.
//!
//! On PostgreSQL servers of the previous release may run beside this one during a deployment: views with the earlier names, through which they read
//! and write, stay until a later migration drops them. For the same reason the names of settings do not change.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::never_back;

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATEMENTS: [&str; 25] = [
    "ALTER TABLE bulks RENAME TO bulk_actions",
    "ALTER TABLE bulk_actions RENAME COLUMN beat_at TO heartbeat_at",
    "ALTER TABLE bulk_items RENAME TO bulk_action_items",
    "ALTER TABLE bulk_action_items RENAME COLUMN bulk_id TO bulk_action_id",
    "ALTER TABLE figures_sold RENAME TO daily_sold",
    "ALTER TABLE daily_sold RENAME COLUMN generation TO version",
    "ALTER TABLE figures_connected RENAME TO daily_connected",
    "DROP INDEX bulks_actor",
    "DROP INDEX bulks_state",
    "DROP INDEX bulk_items_outcome",
    "DROP INDEX figures_sold_day",
    "DROP INDEX figures_sold_owner",
    "DROP INDEX figures_sold_campaign",
    "DROP INDEX figures_connected_day",
    "DROP INDEX figures_connected_owner",
    "DROP INDEX figures_connected_campaign",
    "CREATE INDEX bulk_actions_actor ON bulk_actions (actor_id, id)",
    "CREATE INDEX bulk_actions_state ON bulk_actions (state)",
    "CREATE INDEX bulk_action_items_outcome ON bulk_action_items (bulk_action_id, outcome, order_id)",
    "CREATE INDEX daily_sold_day ON daily_sold (version, day, owner_id, team_id, campaign_id)",
    "CREATE INDEX daily_sold_owner ON daily_sold (version, owner_id, day)",
    "CREATE INDEX daily_sold_campaign ON daily_sold (version, campaign_id, day)",
    "CREATE INDEX daily_connected_day ON daily_connected (day, owner_id, team_id, campaign_id)",
    "CREATE INDEX daily_connected_owner ON daily_connected (owner_id, day)",
    "CREATE INDEX daily_connected_campaign ON daily_connected (campaign_id, day)",
];

/// For PostgreSQL: views with the earlier names, which can be written through.
const VIEWS: [&str; 4] = [
    "CREATE VIEW bulks AS SELECT id, actor_id, state, act, merges, total, why, created_at, ended_at, claim, heartbeat_at AS beat_at FROM bulk_actions",
    "CREATE VIEW bulk_items AS SELECT bulk_action_id AS bulk_id, order_id, outcome, why, version FROM bulk_action_items",
    "CREATE VIEW figures_sold AS SELECT id, version AS generation, day, owner_id, team_id, campaign_id, batch, orders, value, cancelled, connected FROM daily_sold",
    "CREATE VIEW figures_connected AS SELECT id, day, owner_id, team_id, campaign_id, batch, orders, value FROM daily_connected",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in STATEMENTS {
            db.execute_unprepared(statement).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            for view in VIEWS {
                db.execute_unprepared(view).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        never_back()
    }
}
