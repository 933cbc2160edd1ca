//! Sign-in pages and error pages: plain HTML without scripts.

use domain::{Error, FieldErrors, orders::Field};
use leptos::prelude::*;

use crate::{
    shell::{Assets, Theme, head},
    ui::{Button, ButtonKind, Icon, LinkButton, Notice, icon::set},
};

/// The theme and assets of a plain page.
#[derive(Clone, Debug)]
pub struct PageTheme {
    pub assets: Assets,
    pub theme: Theme,
}

/// The data of the sign-in page.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    pub username: String,
    pub remember: bool,
    /// The path to go to after sign-in, within this site.
    pub next: String,
    pub error: Option<String>,
    /// A form that was sent without a session, kept until sign-in: its path and its encoded body.
    pub saved_form: Option<(String, String)>,
    /// The demo sign-in, if the demo company is loaded.
    pub hint: Option<String>,
}

fn document(look: &PageTheme, title: &str, body: AnyView) -> String {
    let title = format!("{title} · Curlew");
    Owner::new().with(|| {
        view! {
            <!DOCTYPE html>
            <html lang="en-GB" data-theme=look.theme.code()>
                <head>
                    {head(&look.assets, look.theme)}
                    <title>{title}</title>
                </head>
                <body class="auth-page">
                    <main class="auth-main">
                        <p class="brand"><span class="brand-mark"><Icon of=set::LuBird/></span>"Curlew"</p>
                        {body}
                    </main>
                </body>
            </html>
        }
        .to_html()
    })
}

fn text_field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    auto: &'static str,
    value: String,
    error: Option<String>,
    focus: bool,
) -> AnyView {
    let invalid = error.is_some().then_some("true");
    let described = format!("{name}-error");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type=kind autocomplete=auto value=value class="input" required autofocus=focus autocapitalize="none" spellcheck="false" aria-invalid=invalid aria-describedby=described.clone()/>
            <p class="field-message" id=described>{error}</p>
        </div>
    }
    .into_any()
}

/// Renders the sign-in page.
pub fn sign_in(look: &PageTheme, page: SignIn) -> String {
    let saved_form = page.saved_form.is_some();
    let body = view! {
        <h1>"Sign in"</h1>
        {saved_form.then(|| view! { <Notice attr:role="status">"You've been signed out. What you typed is kept: sign in to get it back."</Notice> })}
        <form method="post" action="/login/" class="card auth-card">
            <p class="form-message" role="alert">{page.error}</p>
            {text_field("username", "Username", "text", "username", page.username, None, true)}
            {text_field("password", "Password", "password", "current-password", String::new(), None, false)}
            <label class="checkbox"><input type="checkbox" name="remember" value="yes" checked=page.remember/><span>"Keep me signed in on this device"</span></label>
            <input type="hidden" name="next" value=page.next/>
            {page.saved_form.map(|(address, body)| view! {
                <input type="hidden" name="kept_address" value=address/>
                <input type="hidden" name="kept_body" value=body/>
            })}
            <Button kind=ButtonKind::Primary>"Sign in"</Button>
            {page.hint.map(|hint| view! { <p class="auth-hint">{hint}</p> })}
        </form>
    };
    document(look, "Sign in", body.into_any())
}

/// Renders the page that creates the first admin.
pub fn setup(look: &PageTheme, token: String, username: String, errors: &FieldErrors) -> String {
    let error = |name: &str| errors.get(name).map(str::to_owned);
    let body = view! {
        <h1>"Welcome to Curlew"</h1>
        <p>"Create the first admin account to set up Curlew. You can invite everyone else later."</p>
        <form method="post" action="/setup/" class="card auth-card">
            {text_field("token", "Setup token from the server log", "text", "off", token, error("token"), true)}
            {text_field("username", "Username", "text", "username", username, error("username"), false)}
            {text_field("password", "Password, at least 12 characters", "password", "new-password", String::new(), error("password"), false)}
            {text_field("again", "Confirm password", "password", "new-password", String::new(), error("again"), false)}
            <Button kind=ButtonKind::Primary>"Create admin account"</Button>
        </form>
    };
    document(look, "Set up Curlew", body.into_any())
}

/// Renders the page of an invitation or reset link; `username` is `None` when the link is invalid or expired.
pub fn invite(look: &PageTheme, username: Option<String>, action: String, errors: &FieldErrors) -> String {
    let error = |name: &str| errors.get(name).map(str::to_owned);
    let body = match username {
        None => view! {
            <h1>"This link no longer works"</h1>
            <p>"Links work once and expire after 30 minutes. Ask your admin for a new one."</p>
        }
        .into_any(),
        Some(username) => view! {
            <h1>"Choose a password"</h1>
            <p>"For "<strong>{username.clone()}</strong>". Use at least 12 characters; a sentence is easy to remember."</p>
            <form method="post" action=action class="card auth-card">
                <input type="hidden" name="username" autocomplete="username" value=username/>
                {text_field("password", "Password", "password", "new-password", String::new(), error("password"), true)}
                {text_field("again", "Confirm password", "password", "new-password", String::new(), error("again"), false)}
                <Button kind=ButtonKind::Primary>"Save password"</Button>
            </form>
        }
        .into_any(),
    };
    document(look, "Choose a password", body)
}

/// A form that could not be processed: its path and pairs, to be sent again.
pub type Unsent = (String, Vec<(String, String)>);

/// Fields whose values are never echoed.
const SECRET_FIELDS: [&str; 4] = ["password", "again", "present", "confirm-password"];

/// Whether a field holds a password.
pub fn is_secret(name: &str) -> bool {
    SECRET_FIELDS.contains(&name)
}

/// Hidden fields.
const HIDDEN_FIELDS: [&str; 7] = ["uuid", "version", "to", "id", "comment_id", "address", crate::ui::PAGE_USER];

/// Renders an error page with the reference of the request; keeps the input.
pub fn error_page(look: &PageTheme, error: &Error, unsent: Option<Unsent>, reference: &str) -> String {
    let title = match error {
        Error::NotFound | Error::Forbidden(_) => "Page not found",
        error if error.is_temporary() => "Temporarily unavailable",
        _ => "Something went wrong",
    };
    plain_error(look, title, error.sentence(), unsent, reference)
}

/// Renders the response to a form that takes longer than the request limit: the work continues in the background.
pub fn still_running(look: &PageTheme, unsent: Option<Unsent>, reference: &str) -> String {
    let sentence =
        "Saving is taking longer than usual and continues in the background. Check whether it has been saved before you send it again.";
    plain_error(look, "Still saving", sentence.into(), unsent, reference)
}

/// Renders the response to a form on a page that another user than the signed-in `user` opened: it can be sent as `user`, or the input
/// can be copied.
pub fn other_user(look: &PageTheme, sentence: String, user: &str, (action, pairs): Unsent, reference: &str) -> String {
    let body = view! {
        <h1>"Someone else is signed in"</h1>
        <p>{sentence}</p>
        <form method="post" action=action class="card auth-card">
            {what_was_typed(&pairs)}
            {pairs.into_iter().map(|(name, value)| send_again(name, value)).collect_view()}
            <Button>{format!("Send as {user}")}</Button>
        </form>
        <p><LinkButton kind=ButtonKind::Primary href="/">{format!("Continue as {user} without sending")}</LinkButton></p>
        <p class="error-page-reference">"Reference "<code>{reference.to_owned()}</code></p>
    };
    document(look, "Someone else is signed in", body.into_any())
}

/// Renders the page for sending a saved form again after sign-in, for forms that have no page of their own.
pub fn signed_in_again(look: &PageTheme, user: &str, (action, pairs): Unsent) -> String {
    let body = view! {
        <h1>"You're signed in again"</h1>
        <p>{format!("{user}, your changes were kept but aren't saved yet. Send them again, or continue without them.")}</p>
        <form method="post" action=action class="card auth-card">
            {what_was_typed(&pairs)}
            {pairs.into_iter().map(|(name, value)| send_again(name, value)).collect_view()}
            <Button kind=ButtonKind::Primary>"Send again"</Button>
        </form>
        <p><LinkButton href="/">"Continue without sending"</LinkButton></p>
    };
    document(look, "You're signed in again", body.into_any())
}

/// The input of a form as text, to be copied.
fn what_was_typed(pairs: &[(String, String)]) -> Option<AnyView> {
    let is_typed = |(name, value): &&(String, String)| !value.is_empty() && !HIDDEN_FIELDS.contains(&name.as_str()) && !is_secret(name);
    let label = |name: &str| Field::find(name).map_or_else(|| name.replace('_', " "), |field| field.full_label());
    let typed = pairs.iter().filter(is_typed).map(|(name, value)| format!("{}: {value}", label(name))).collect::<Vec<_>>().join("\n");
    let field = |typed| {
        view! {
            <div class="field">
                <label for="typed">"What you typed"</label>
                <textarea id="typed" class="input" rows="6" readonly>{crate::ui::unmarked(typed)}</textarea>
            </div>
        }
    };
    (!typed.is_empty()).then(|| field(typed).into_any())
}

fn plain_error(look: &PageTheme, title: &str, sentence: String, unsent: Option<Unsent>, reference: &str) -> String {
    let body = view! {
        <h1>{title.to_owned()}</h1>
        <p>{sentence}</p>
        {match unsent {
            Some((action, pairs)) => view! {
                <form method="post" action=action class="card auth-card">
                    {pairs.into_iter().map(|(name, value)| send_again(name, value)).collect_view()}
                    <Button kind=ButtonKind::Primary>"Send again"</Button>
                </form>
            }
            .into_any(),
            None => ().into_any(),
        }}
        <nav aria-label="Go on" class="auth-ways">
            <LinkButton href="/orders/">"Orders"</LinkButton>
            <LinkButton href="/">"Dashboard"</LinkButton>
        </nav>
        <p class="error-page-reference">"Reference "<code>{reference.to_owned()}</code></p>
    };
    document(look, title, body.into_any())
}

/// A hidden field, or a text area, for a value that is sent again.
fn send_again(name: String, value: String) -> AnyView {
    if is_secret(&name) {
        return view! {
            <div class="field">
                <label for=name.clone()>"Password"</label>
                <input id=name.clone() name=name type="password" class="input" required/>
            </div>
        }
        .into_any();
    }
    view! { <input type="hidden" name=name value=value/> }.into_any()
}
