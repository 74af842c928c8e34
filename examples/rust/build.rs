// SPDX-License-Identifier: BSD-3-Clause
//
// Finds librustfits with pkg-config.
use std::process::Command;

fn main() {
    let found = Command::new("pkg-config")
        .args(["--libs-only-L", "rustfits"])
        .output()
        .expect("pkg-config is needed");
    assert!(found.status.success(), "pkg-config does not find rustfits: set PKG_CONFIG_PATH");
    for flag in String::from_utf8_lossy(&found.stdout).split_whitespace() {
        println!("cargo:rustc-link-search=native={}", flag.trim_start_matches("-L"));
    }
    println!("cargo:rustc-link-lib=rustfits");
}
