//! Tells the compiler where the built site lies, so that it can be embedded; without one the binary carries none.

use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-env-changed=CURLEW_SITE");
    let site = std::env::var_os("CURLEW_SITE")
        .map_or_else(|| PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../target/site"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", site.display());
    println!("cargo::rustc-env=CURLEW_SITE={}", site.display());
}
