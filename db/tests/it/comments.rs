//! Comments: who writes, on what, and how far they are.

use db::{comments, orders, testing::world};
use domain::{Error, comments::CommentStatus, orders::history::Entry};

use crate::orders::{create, draft};

#[tokio::test]
async fn a_comment_stands_on_its_order_with_author_and_line_breaks() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Talk")).await;
    comments::add(&world.db, &world.scope("hannah").await, &number, "first\r\nsecond").await.unwrap();
    let shown = orders::show(&world.db, &world.scope("xavier").await, &number).await.unwrap();
    let Entry::Comment(comment) = &shown.timeline[0] else { panic!("{:?}", shown.timeline[0]) };
    assert_eq!(
        (comment.author.as_deref(), comment.body.as_str(), comment.status),
        (Some("Hannah Wright"), "first\nsecond", CommentStatus::Open)
    );
}

#[tokio::test]
async fn a_status_is_set_only_on_a_comment_of_that_order() {
    let world = world().await;
    let (mine, other) = (create(&world, "xavier", &draft("One")).await, create(&world, "xavier", &draft("Two")).await);
    let xavier = world.scope("xavier").await;
    let id = comments::add(&world.db, &xavier, &mine, "note").await.unwrap();
    assert_eq!(comments::set_status(&world.db, &xavier, &other, id, CommentStatus::Closed).await.unwrap_err(), Error::NotFound);
    comments::set_status(&world.db, &world.scope("layla").await, &mine, id, CommentStatus::Closed).await.unwrap();
    let shown = orders::show(&world.db, &xavier, &mine).await.unwrap();
    let Entry::Comment(comment) = &shown.timeline[0] else { panic!() };
    assert_eq!(comment.status, CommentStatus::Closed);
    assert_eq!(comment.status_by.as_deref(), Some("by Layla Reyes, just now"));
}

#[tokio::test]
async fn a_viewer_does_not_comment_and_empty_is_no_comment() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Quiet")).await;
    assert!(matches!(comments::add(&world.db, &world.scope("ruth").await, &number, "hello").await, Err(Error::Forbidden(_))));
    assert!(matches!(comments::add(&world.db, &world.scope("xavier").await, &number, " \u{200b} ").await, Err(Error::Invalid(_))));
}
