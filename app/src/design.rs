//! One example of each component, at `/design/` in development builds.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// The route of the examples.
#[derive(Debug)]
pub struct DesignRoute;

#[lazy_route]
impl LazyRoute for DesignRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        #[cfg(debug_assertions)]
        return examples::all();
        #[cfg(not(debug_assertions))]
        crate::ui::error_page::not_found()
    }
}

#[cfg(debug_assertions)]
mod examples {
    use domain::{
        dashboard::view::{ChartBar, ChartView, Progress, QueryForm},
        forms::{FieldKind, FormField, FormView},
        orders::{
            Status,
            pages::{Control, Link},
        },
    };
    use leptos::prelude::*;

    use crate::{
        orders::StatusBadge,
        ui::{
            Avatar, BackLink, Badge, Button, ButtonForm, ButtonKind, Chart, Checkbox, Chip, ChipList, ClearChip, ControlField, DataTable,
            Dialog, Disclosure, EmptyState, Erase, FilterChip, FormCard, Head, HelpLink, Icon, IgnoredValues, Kpi, KpiRow, LinkButton,
            Menu, Notice, Page, PageHead, Pager, Panel, ProgressBar, QueryBar, QueryFilters, RemoveView, SaveView, SecretLink, Segments,
            Toast, TwoColumns, chart_legend, close_dialog, icon::set, open_dialog, skeleton,
        },
    };

    /// Values and labels.
    fn options() -> Vec<(String, String)> {
        vec![("a".into(), "First".into()), ("b".into(), "Second".into())]
    }

    /// An example under the name of its component.
    #[component]
    fn Example(name: &'static str, children: Children) -> impl IntoView {
        view! { <Panel title=name>{children()}</Panel> }
    }

    /// All examples.
    pub fn all() -> AnyView {
        let toast = expect_context::<Toast>();
        let selected = RwSignal::new(None);
        let statuses = Status::ALL.map(|status| view! { <StatusBadge status=status/> " " });
        let bar = |n: i64| ChartBar {
            short: n.to_string(),
            full: format!("{n} November 2026"),
            href: "/orders/".into(),
            text: format!("{n} November 2026: revenue £{n}00.00"),
            values: [n * 10_000, n * 6_000],
            texts: [format!("£{}00.00", n), format!("£{}0.00", n * 6)],
        };
        let chart = ChartView {
            names: ["Revenue".into(), "Connected revenue".into()],
            bars: (1..=12).map(bar).collect(),
            summary: "Revenue by day: revenue £7,800.00, connected revenue £4,680.00".into(),
        };
        let query = || QueryForm {
            label: "Filters · 1".into(),
            action: "/design/".into(),
            controls: vec![
                Control::select("owner", "Owner", "Everyone", options(), Some("a".into())),
                Control::input("from", "From", "date", ""),
            ],
            hidden_fields: Vec::new(),
            clear: Some("/design/".into()),
        };
        let field = |name: &str, label: &str, kind: FieldKind, error: &str| FormField {
            id: format!("example-{name}"),
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            error: error.into(),
        };
        let form = FormView {
            action: "/design/".into(),
            text: "What the form does.".into(),
            fields: vec![
                field("text", "Text", FieldKind::Text, ""),
                field("wrong", "Text with an error", FieldKind::Text, "Enter a name"),
                field("amount", "Amount", FieldKind::Decimal, ""),
                field("day", "Date", FieldKind::Date, ""),
                field("choice", "Choice", FieldKind::Select(options()), ""),
                field("suggested", "Text with suggestions", FieldKind::Suggested(vec!["First".into(), "Second".into()]), ""),
                field("note", "Note", FieldKind::Lines, ""),
                field("tick", "A checkbox", FieldKind::Checkbox, ""),
                field("ticks", "Checkboxes", FieldKind::Checkboxes(options()), ""),
            ],
            button: "Save".into(),
            ..FormView::default()
        };
        let numbers = ["1", "2", "…", "9"].map(|label| Link::new(label, if label == "…" { "" } else { "/design/" }, label == "2")).to_vec();
        view! {
            <Page title="Components">
                <div class="page-body">
                    <BackLink link=Link::new("Orders", "/orders/", false)/>
                    <PageHead title="Components" subtitle="One example of each, in development builds">
                        <LinkButton href="/design/">"Quiet link button"</LinkButton>
                        <LinkButton kind=ButtonKind::Primary href="/design/">"Primary link button"</LinkButton>
                    </PageHead>
                    <IgnoredValues sentences=vec!["“x” is not a period: showing this month".to_owned()]/>
                    <Example name="Button">
                        <p class="button-row">
                            <Button kind=ButtonKind::Primary>"Primary"</Button>
                            <Button>"Quiet"</Button>
                            <Button attr:disabled=true>"Disabled"</Button>
                            <button class="link-button">"Link"</button>
                        </p>
                    </Example>
                    <Example name="StatusBadge"><p>{statuses}</p></Example>
                    <Example name="Avatar"><p><Avatar name="Layla Reyes"/></p></Example>
                    <Example name="Icon"><p><Icon of=set::LuBird/></p></Example>
                    <Example name="Chip">
                        <ChipList>
                            <Chip href="/design/">"Chip"</Chip>
                            <Chip href="/design/" is_current=true>"Current"</Chip>
                            <FilterChip label="Owner: Layla" href="/design/"/>
                            <ClearChip href="/design/"/>
                        </ChipList>
                    </Example>
                    <Example name="Badge"><p><Badge text="inactive"/></p></Example>
                    <Example name="Notice"><Notice>"What a person should know before going on."</Notice></Example>
                    <Example name="Segments">
                        <Segments label="Example" links=vec![Link::new("Week", "/design/", false), Link::new("Month", "/design/", true)]/>
                    </Example>
                    <Example name="Panel">
                        <TwoColumns>
                            <Panel title="A panel" beside=chart_legend()><p>"The wider column"</p></Panel>
                            <Panel title="Another panel"><p>"The other column"</p></Panel>
                        </TwoColumns>
                    </Example>
                    <Example name="Kpi">
                        <KpiRow>
                            <Kpi label="Revenue today" value="£1,234.50" href="/design/"/>
                            <Kpi label="Orders" value="12" href="/design/"><span class="kpi-orders">"10 connected"</span></Kpi>
                        </KpiRow>
                    </Example>
                    <Example name="DataTable">
                        <DataTable heads=[Head::text("Owner"), Head::number("Revenue")]>
                            <tbody><tr><th scope="row">"Layla Reyes"</th><td class="numeric">"£1,234.50"</td></tr></tbody>
                            <tfoot><tr><th scope="row">"Total"</th><td class="numeric">"£1,234.50"</td></tr></tfoot>
                        </DataTable>
                    </Example>
                    <Example name="Dialog">
                        <Button submits=false on:click=|_| open_dialog("#example-dialog")>"Open"</Button>
                        <Dialog id="example-dialog" title="A dialog">
                            <p class="dialog-actions">
                                <Button submits=false on:click=|_| close_dialog("#example-dialog")>"Close"</Button>
                            </p>
                        </Dialog>
                    </Example>
                    <Example name="Menu">
                        <Menu button=view! { <Avatar name="Layla Reyes"/> }.erase()><a class="menu-link" href="/design/">"A link"</a></Menu>
                    </Example>
                    <Example name="SaveView"><SaveView label="Save view" address="/design/".to_owned() has_team=true/></Example>
                    <Example name="RemoveView"><RemoveView id="1".to_owned()/></Example>
                    <Example name="Disclosure"><Disclosure label="Open"><p>"What it hides."</p></Disclosure></Example>
                    <Example name="Checkbox"><Checkbox name="example" value="yes" label="A checkbox"/></Example>
                    <Example name="ControlField"><ControlField control=Control::input("example", "Text", "line", "typed") form="example"/></Example>
                    <Example name="FormCard"><FormCard form=form/></Example>
                    <Example name="ButtonForm"><ButtonForm action="/design/" label="Press"/></Example>
                    <Example name="QueryBar"><QueryBar form=query()/></Example>
                    <Example name="QueryFilters"><QueryFilters form=query()/></Example>
                    <Example name="Chart"><Chart chart=chart selected=selected/></Example>
                    <Example name="ProgressBar"><ProgressBar progress=Progress::new(31, 100, "31% of target")/></Example>
                    <Example name="Pager">
                        <Pager previous=Some("/design/".to_owned()) next=Some("/design/".to_owned()) numbers=numbers/>
                    </Example>
                    <Example name="EmptyState">
                        <EmptyState text="No companies found" action=Some(Link::new("New company", "/design/", false))/>
                    </Example>
                    <Example name="Toast">
                        <p class="button-row">
                            <Button on:click=move |_| toast.show("Changes saved")>"Show a message"</Button>
                            <Button on:click=move |_| toast.refuse("It could not be saved")>"Show a refusal"</Button>
                        </p>
                    </Example>
                    <Example name="SecretLink"><SecretLink link=Some("https://crm.example/set-password/example".to_owned())/></Example>
                    <Example name="skeleton">{skeleton()}</Example>
                    <HelpLink link=Some(Link::new("Help for this page", "/help/", false))/>
                </div>
            </Page>
        }
        .erase()
    }
}
