# What the scripts need before they start: Swift 6.2 or newer, and SQLite's header.
# Sourced, not run. Installs what is missing where it can without asking; else says what to run.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 69
}

require_swift() {
  local version
  command -v swift >/dev/null 2>&1 ||
    fail "Strata needs Swift 6.2 or newer, but there is no 'swift' on the PATH: get it from https://www.swift.org/install"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
  case "$version" in
    "") fail "Strata needs Swift 6.2 or newer, but 'swift --version' reports none: get it from https://www.swift.org/install" ;;
    [0-5].* | 6.0 | 6.1) fail "Strata needs Swift 6.2 or newer, but this is $version: get it from https://www.swift.org/install" ;;
  esac
}

# install_packages PACKAGE...: Debian packages, without a question.
install_packages() {
  command -v apt-get >/dev/null 2>&1 || fail "please install: $*"
  local sudo=""
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || fail "please run: sudo apt-get install -y $*"
    sudo="sudo -n"
  fi
  printf '%s: installing %s\n' "${0##*/}" "$*" >&2
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 || {
    $sudo apt-get update -qq >/dev/null &&
      $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
  } || fail "could not install $*"
}

require_sqlite() {
  [ "$(uname)" = Darwin ] && return
  [ -e /usr/include/sqlite3.h ] || pkg-config --exists sqlite3 2>/dev/null || install_packages libsqlite3-dev
}

# build_release: builds the command as it is given away, and prints its path: under Linux one file
# that needs the C library and nothing else, where the archives of the other libraries are there.
build_release() {
  local build=(swift build -c release --product strata) option
  if [ "$(uname)" != Darwin ]; then
    build+=(--static-swift-stdlib)
    while IFS= read -r option; do build+=("$option"); done < <(static_libraries)
  fi
  "${build[@]}" >&2
  printf '%s/strata\n' "$("${build[@]}" --show-bin-path)"
}

# static_libraries: the options that make the linker take archives, in a folder that it searches
# first. One file is easier to give away, and starts in less time (8 % of `strata slices` over 600
# dumps: libstdc++ alone has 2,700 symbols to look up).
static_libraries() {
  local folder name archive
  folder=$PWD/.build/static
  mkdir -p "$folder"
  for name in stdc++ sqlite3; do
    archive=$(clang -print-file-name="lib$name.a" 2>/dev/null || true)
    [ ! -e "$archive" ] || ln -sf "$archive" "$folder/lib$name.a"
  done
  printf '%s\n' -Xswiftc "-L$folder"
  [ ! -e "$folder/libstdc++.a" ] || printf '%s\n' -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
  # Nobody looks up a symbol of the program: their table would be read at each start (6 % of it).
  printf '%s\n' -Xlinker --no-export-dynamic
}

# What Package.swift checks where Strata itself is built: memory safety, and warnings as errors. Set for
# all builds of all scripts, since another value builds everything again.
export STRATA_CHECKS=1

require_swift
require_sqlite
