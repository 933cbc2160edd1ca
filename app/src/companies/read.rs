//! Reads the pages of companies.

use db::{
    Db, Scope,
    companies::{self, CompanyDraft, CompanyPage},
};
use domain::{
    Error, Result,
    companies::{CompaniesPage, CompanyEnding, CompanyListView},
    dashboard::view::QueryForm,
    forms::{FieldKind, FormPageView},
    orders::{BusinessType, pages::Link},
    role::Permission,
};

use crate::{form_builder::FormBuilder, forms, help};

/// A page by its URL (path and query).
///
/// Errors: [`Error::NotFound`] for a page that does not exist or that the user may not see.
pub async fn page(db: &Db, scope: &Scope, address: &str) -> Result<CompaniesPage> {
    let id = |text: &str| text.parse::<i64>().map_err(|_| Error::NotFound);
    let (path, search) = address.split_once('?').unwrap_or((address, ""));
    Ok(match crate::routes::parts_of(path).as_slice() {
        ["companies"] => CompaniesPage::List(Box::new(list(db, scope, search).await?)),
        ["companies", "new"] => CompaniesPage::Form(Box::new(form(db, scope, None).await?)),
        ["companies", of, "edit"] => CompaniesPage::Form(Box::new(form(db, scope, Some(id(of)?)).await?)),
        ["companies", of] | ["companies", of, "merge" | "delete"] => {
            let page = companies::show(db, scope, id(of)?).await?;
            let ending = ending(&page);
            let view = companies::company_view(page, &scope.settings.currency);
            CompaniesPage::Company(Box::new(domain::companies::CompanyView { ending, help: help::link(&["companies"]), ..view }))
        }
        _ => return Err(Error::NotFound),
    })
}

async fn list(db: &Db, scope: &Scope, search: &str) -> Result<CompanyListView> {
    let pairs = domain::page::query_pairs(search);
    let query = forms::value(&pairs, "query").to_owned();
    let after = forms::value(&pairs, "after").rsplit_once('.').and_then(|(name, id)| Some((name.to_owned(), id.parse().ok()?)));
    let (found, next) = companies::list(db, &query, after).await?;
    let next = next.map(|(name, id)| {
        let pairs = [("query", query.clone()), ("after", format!("{name}.{id}"))];
        format!("/companies/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    });
    Ok(CompanyListView {
        query: QueryForm::search("/companies/", "Name", &query),
        companies: found.into_iter().map(|(id, name)| Link::new(name, format!("/companies/{id}/"), false)).collect(),
        next,
        may_create: scope.authority().may(Permission::Campaigns),
        help: help::link(&["companies"]),
    })
}

/// The forms that merge the company, and delete it when it is empty.
fn ending(page: &CompanyPage) -> Option<CompanyEnding> {
    if !page.may_edit || page.merged_into.is_some_and(|id| id != page.id) {
        return None;
    }
    let at = format!("/companies/{}", page.id);
    if page.deleted {
        return Some(CompanyEnding::Restore(format!("{at}/restore/")));
    }
    let merge = (!page.others.is_empty()).then(|| {
        let text = if page.newest.is_empty() {
            "This company has no orders, so it is merged straight away"
        } else {
            "The orders of this company move to the one you choose. You can check them first, and undo the merge later."
        };
        let form = FormBuilder::new(format!("{at}/merge/"))
            .field("into", "Merge into", FieldKind::Suggested(page.others.clone()), "")
            .build("Merge companies");
        Box::new((text.to_owned(), form))
    });
    // A company that was empty when its page was rendered may have an order by now; the message says so.
    let delete = FormBuilder::new(format!("{at}/delete/"));
    let delete = (page.empty || delete.is_back()).then(|| Box::new(delete.build("Delete this company")));
    Some(CompanyEnding::MergeOrDelete { merge, delete })
}

/// The form of a company, new or existing.
async fn form(db: &Db, scope: &Scope, id: Option<i64>) -> Result<FormPageView> {
    scope.require(Permission::Campaigns)?;
    let draft = match id {
        Some(id) => companies::draft(db, scope, id).await?,
        None => CompanyDraft::default(),
    };
    let (title, action, back) = match id {
        Some(id) => ("Edit company", format!("/companies/{id}/edit/"), format!("/companies/{id}/")),
        None => ("New company", "/companies/new/".to_owned(), "/companies/".to_owned()),
    };
    let form = FormBuilder::new(action)
        .line("name", "Name", &draft.name)
        .select("business_type", "Business type", BusinessType::options(), Some("Not known"), &draft.business_type)
        .line("employees", "Employees", &draft.employees)
        .decimal("monthly_spend", "Monthly spend", &draft.monthly_spend)
        .field("note", "Note", FieldKind::Lines, &draft.note)
        .build("Save");
    let back = Some(Link::new("Back", back, false));
    Ok(FormPageView { title: title.into(), back, form, help: help::link(&["companies"]), ..FormPageView::default() })
}
