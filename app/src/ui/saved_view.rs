//! The forms of saved views: a list or a report under a name of the user's. Plain forms.

use leptos::prelude::*;

use super::{Button, ButtonKind, Checkbox, Disclosure, PostForm};

/// The form that saves the page under a name. `address` is its URL.
#[component]
pub fn SaveView(
    label: &'static str,
    address: String,
    /// Whether the user has a team to share it with.
    has_team: bool,
) -> impl IntoView {
    view! {
        <Disclosure label=label>
            <PostForm class="saved-view card" action="/views/">
                <input type="hidden" name="address" value=address/>
                <div class="field">
                    <label for="view-name">"Name"</label>
                    <input class="input" id="view-name" name="name" maxlength="60" autocomplete="off" required/>
                </div>
                {has_team.then(|| view! { <Checkbox name="shared" value="yes" label="Share with my team"/> })}
                <Button kind=ButtonKind::Primary>"Save view"</Button>
            </PostForm>
        </Disclosure>
    }
}

/// The form that removes a saved view.
#[component]
pub fn RemoveView(id: String) -> impl IntoView {
    view! {
        <PostForm action="/views/remove/">
            <input type="hidden" name="id" value=id/>
            <Button>"Remove saved view"</Button>
        </PostForm>
    }
}
