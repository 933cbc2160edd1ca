//! Closed lists travel as their codes.

/// Writes a type as the code that `$to` gives and reads it by `$from`. One reader of text serves all of them: a derived one would
/// be a reader of its own for each, in every browser.
macro_rules! travels_as_code {
    ($type:ty, $to:expr, $from:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                let code: &'static str = $to(*self);
                serializer.serialize_str(code)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let code = <String as serde::Deserialize>::deserialize(deserializer)?;
                $from(&code).ok_or_else(|| serde::de::Error::custom("an unknown code"))
            }
        }
    };
}

pub(crate) use travels_as_code;
