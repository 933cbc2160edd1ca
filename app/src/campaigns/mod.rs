//! Campaigns: the list, a campaign, its form.

pub mod api;
pub mod page;

/// Reads a page of campaigns by its address (path and query).
///
/// Errors: [`domain::Error::NotFound`] for a page that does not exist or that the user may not see.
#[cfg(feature = "ssr")]
pub async fn read(db: &db::Db, scope: &db::Scope, address: &str) -> domain::Result<domain::campaigns::view::CampaignsPage> {
    use db::campaigns;
    use domain::{Error, campaigns::view::CampaignsPage, role::Permission};

    let id = |text: &str| text.parse::<i64>().map_err(|_| Error::NotFound);
    let currency = &scope.settings.currency;
    let help = crate::help::link(&["campaigns"]);
    let path = address.split_once('?').map_or(address, |(path, _)| path);
    Ok(match crate::routes::parts_of(path).as_slice() {
        ["campaigns"] => {
            let may_create = scope.authority().may(Permission::Campaigns);
            let mut page = campaigns::list_view(&campaigns::list(db, scope).await?, may_create, currency);
            page.help = help;
            CampaignsPage::List(page)
        }
        ["campaigns", "new"] => CampaignsPage::Form(Box::new(form(db, scope, None).await?)),
        ["campaigns", of, "edit"] => CampaignsPage::Form(Box::new(form(db, scope, Some(id(of)?)).await?)),
        ["campaigns", of] => {
            let mut page = campaigns::campaign_view(&campaigns::show(db, scope, id(of)?).await?, currency);
            page.help = help;
            CampaignsPage::Campaign(Box::new(page))
        }
        _ => return Err(Error::NotFound),
    })
}

/// The form of a campaign, new or existing.
#[cfg(feature = "ssr")]
async fn form(db: &db::Db, scope: &db::Scope, id: Option<i64>) -> domain::Result<domain::forms::FormPageView> {
    use domain::{campaigns::CampaignDraft, forms::FormPageView, orders::pages::Link, role::Permission};

    scope.require(Permission::Campaigns)?;
    let draft = match id {
        Some(id) => db::campaigns::draft(db, scope, id).await?,
        None => CampaignDraft { active: true, ..CampaignDraft::default() },
    };
    let (title, action, back) = match id {
        Some(id) => ("Edit campaign", format!("/campaigns/{id}/edit/"), format!("/campaigns/{id}/")),
        None => ("New campaign", "/campaigns/new/".to_owned(), "/campaigns/".to_owned()),
    };
    let form = crate::form_builder::FormBuilder::new(action)
        .line("name", "Name", &draft.name)
        .decimal("target", "Target for the whole campaign", &draft.target)
        .date("start_on", "Starts on", &draft.start_on)
        .date("end_on", "Ends on", &draft.end_on)
        .decimal("rate", "Commission (%), if different from the usual rate", &draft.rate)
        .checkbox("active", "Active: offered on orders and shown on the dashboard", draft.active)
        .build("Save");
    let help = crate::help::link(&["campaigns"]);
    Ok(FormPageView { title: title.into(), back: Some(Link::new("Back", back, false)), form, help, ..FormPageView::default() })
}
