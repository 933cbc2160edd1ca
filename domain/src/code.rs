//! Serialises closed lists (enums) as their codes.

/// Implements `Serialize` with `$to` and `Deserialize` with `$from`. They share one text deserialiser: a derived implementation would add
/// code for each type to every browser's download.
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
