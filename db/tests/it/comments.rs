//! Comments: who writes, on what, and how far they are.

use db::{comments, orders, testing::house};
use domain::{Error, comments::CommentStatus, orders::history::Entry};

use crate::orders::{create, draft};

#[tokio::test]
async fn a_comment_stands_on_its_order_with_author_and_line_breaks() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Talk")).await;
    comments::add(&house.db, &house.scope("hannah").await, &number, "first\r\nsecond").await.unwrap();
    let shown = orders::show(&house.db, &house.scope("xavier").await, &number).await.unwrap();
    let Entry::Comment(comment) = &shown.timeline[0] else { panic!("{:?}", shown.timeline[0]) };
    assert_eq!(
        (comment.author.as_deref(), comment.body.as_str(), comment.status),
        (Some("Hannah Wright"), "first\nsecond", CommentStatus::Open)
    );
}

#[tokio::test]
async fn a_status_is_set_only_on_a_comment_of_that_order() {
    let house = house().await;
    let (mine, other) = (create(&house, "xavier", &draft("One")).await, create(&house, "xavier", &draft("Two")).await);
    let xavier = house.scope("xavier").await;
    let id = comments::add(&house.db, &xavier, &mine, "note").await.unwrap();
    assert_eq!(comments::set_status(&house.db, &xavier, &other, id, CommentStatus::Closed).await.unwrap_err(), Error::NotFound);
    comments::set_status(&house.db, &house.scope("layla").await, &mine, id, CommentStatus::Closed).await.unwrap();
    let shown = orders::show(&house.db, &xavier, &mine).await.unwrap();
    let Entry::Comment(comment) = &shown.timeline[0] else { panic!() };
    assert_eq!(comment.status, CommentStatus::Closed);
    assert_eq!(comment.status_by.as_deref(), Some("by Layla Reyes, just now"));
}

#[tokio::test]
async fn a_viewer_does_not_comment_and_empty_is_no_comment() {
    let house = house().await;
    let number = create(&house, "xavier", &draft("Quiet")).await;
    assert!(matches!(comments::add(&house.db, &house.scope("ruth").await, &number, "hello").await, Err(Error::Forbidden(_))));
    assert!(matches!(comments::add(&house.db, &house.scope("xavier").await, &number, " \u{200b} ").await, Err(Error::Invalid(_))));
}
