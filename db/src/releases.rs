//! The files of the last three releases, by name (which contains their hash), for open tabs and rolling deployments.

use domain::Result;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict};

use crate::{
    Db,
    entity::{release, release_asset, release_file},
    error::unexpected,
};

/// The number of releases to keep.
pub const KEPT: u64 = 3;

/// A file with its compressed versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub path: String,
    pub content_type: String,
    pub plain: Vec<u8>,
    pub brotli: Option<Vec<u8>>,
    pub gzip: Option<Vec<u8>>,
}

/// Stores the files of the starting release, and deletes those that no kept release needs.
pub async fn keep(db: &Db, id: &str, assets: Vec<Asset>) -> Result<()> {
    let txn = db.begin().await?;
    release::Entity::insert(release::ActiveModel { id: Set(id.into()), started_at: Set(db.now()) })
        .on_conflict(OnConflict::column(release::Column::Id).update_column(release::Column::StartedAt).to_owned())
        .exec_without_returning(&txn)
        .await
        .map_err(unexpected)?;
    for asset in assets {
        let path = asset.path.clone();
        let row = release_asset::ActiveModel {
            path: Set(asset.path),
            content_type: Set(asset.content_type),
            plain: Set(asset.plain),
            brotli: Set(asset.brotli),
            gzip: Set(asset.gzip),
        };
        release_asset::Entity::insert(row)
            .on_conflict(OnConflict::column(release_asset::Column::Path).do_nothing().to_owned())
            .exec_without_returning(&txn)
            .await
            .map_err(unexpected)?;
        release_file::Entity::insert(release_file::ActiveModel { release_id: Set(id.into()), path: Set(path) })
            .on_conflict(OnConflict::columns([release_file::Column::ReleaseId, release_file::Column::Path]).do_nothing().to_owned())
            .exec_without_returning(&txn)
            .await
            .map_err(unexpected)?;
    }
    let old: Vec<String> = release::Entity::find()
        .select_only()
        .column(release::Column::Id)
        .order_by_desc(release::Column::StartedAt)
        .offset(KEPT)
        .limit(1_000)
        .into_tuple()
        .all(&txn)
        .await
        .map_err(unexpected)?;
    release_file::Entity::delete_many().filter(release_file::Column::ReleaseId.is_in(old.clone())).exec(&txn).await.map_err(unexpected)?;
    release::Entity::delete_many().filter(release::Column::Id.is_in(old)).exec(&txn).await.map_err(unexpected)?;
    let needed = sea_orm::sea_query::Query::select().column(release_file::Column::Path).from(release_file::Entity).to_owned();
    release_asset::Entity::delete_many()
        .filter(release_asset::Column::Path.not_in_subquery(needed))
        .exec(&txn)
        .await
        .map_err(unexpected)?;
    txn.commit().await.map_err(unexpected)
}

/// A file of an earlier release.
pub async fn find(db: &Db, path: &str) -> Result<Option<Asset>> {
    let row = release_asset::Entity::find_by_id(path).one(&db.read).await.map_err(unexpected)?;
    Ok(row.map(|row| Asset { path: row.path, content_type: row.content_type, plain: row.plain, brotli: row.brotli, gzip: row.gzip }))
}
