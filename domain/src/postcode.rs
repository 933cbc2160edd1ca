//! UK postcodes: an outward code (`SW1A`) and an inward code (`1AA`).

/// Splits a postcode into outward and inward code, ignoring case and spaces; `None` when it does not have the form of one.
///
/// The form is that of Royal Mail's Programmers' Guide (A9, A99, A9A, AA9, AA99, AA9A and 9AA), without the lists of letters that
/// the guide allows in each position.
///
/// ```
/// assert_eq!(domain::postcode::parts("sw1a1aa"), Some(("sw1a", "1aa")));
/// assert_eq!(domain::postcode::parts("YO21 1QH"), Some(("YO21", "1QH")));
/// assert_eq!(domain::postcode::parts("???"), None);
/// ```
pub fn parts(code: &str) -> Option<(&str, &str)> {
    let at = code.len().checked_sub(3).filter(|_| code.is_ascii())?;
    let (outward, inward) = code.split_at(at);
    let outward = outward.strip_suffix(' ').unwrap_or(outward);
    let kinds = |text: &str| {
        text.bytes()
            .map(|b| {
                if b.is_ascii_digit() {
                    '9'
                } else if b.is_ascii_alphabetic() {
                    'A'
                } else {
                    '?'
                }
            })
            .collect::<String>()
    };
    let is_postcode = kinds(inward) == "9AA" && ["A9", "A99", "A9A", "AA9", "AA99", "AA9A"].contains(&kinds(outward).as_str());
    is_postcode.then_some((outward, inward))
}

/// Formats a postcode in capitals with its space.
///
/// ```
/// assert_eq!(domain::postcode::spaced("yo211qh").as_deref(), Some("YO21 1QH"));
/// ```
pub fn spaced(code: &str) -> Option<String> {
    parts(code).map(|(outward, inward)| format!("{outward} {inward}").to_ascii_uppercase())
}
