# What every script here shares: where things live, and how a step is announced. Sourced, never run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Pinned once. WASM_BINDGEN must equal the version in Cargo.toml: the two speak one wire format.
CARGO_LEPTOS=0.3.10
WASM_BINDGEN=0.2.130

cache=${CURLEW_CACHE:-$HOME/.cache/curlew}
tools=$cache/tools
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export PATH=$tools/bin:$root/style/node_modules/.bin:$root/frontend/node_modules/.bin:$root/end2end/node_modules/.bin:$PATH
export CARGO_TERM_PROGRESS_WHEN=never
# Two checkouts share one folder of build output, and cargo tells what changed by the time of a file: what another checkout built later
# than a file here was written would pass for this checkout's. So whoever builds after another builds its own crates anew.
if [ "$(cat "$CARGO_TARGET_DIR/checkout" 2>/dev/null)" != "$root" ]; then
  mkdir -p "$CARGO_TARGET_DIR"
  find . \( -name node_modules -o -name target -o -name .git \) -prune -o \( -name '*.rs' -o -name Cargo.toml \) -exec touch {} +
  printf '%s' "$root" >"$CARGO_TARGET_DIR/checkout"
fi
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

started=$SECONDS
# step "what it does" command…: says what starts, runs it, says how many minutes it took.
step() {
  local title=$1 from=$SECONDS
  shift
  printf '== %s\n' "$title"
  # Not in an "if": there the shell would ignore that a command inside fails.
  set +e
  (set -e; "$@")
  local code=$?
  set -e
  local took
  took=$(printf '%d min %02d s' $(((SECONDS - from) / 60)) $(((SECONDS - from) % 60)))
  if [ "$code" = 0 ]; then printf '== %s: done in %s\n' "$title" "$took"; else printf '== %s: FAILED after %s\n' "$title" "$took" >&2; fi
  return "$code"
}
total() { printf '== all done in %d min %02d s\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }
has() { command -v "$1" >/dev/null 2>&1; }
check_styles() { cd style && prettier --check --log-level=warn "**/*.css" "*.mjs" ../frontend/js/device.css && stylelint "**/*.css" ../frontend/js/device.css; }
