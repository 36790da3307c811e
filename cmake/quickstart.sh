#!/bin/sh
# betavae from a fresh clone, in one command. On Debian 12 it also installs the packages that are missing.
#
#   sh cmake/quickstart.sh demo [ARGUMENT…]   build and run the Fashion-MNIST example; its arguments pass through (try --help)
#   sh cmake/quickstart.sh penguins [ARG…]    the same for the example with a type of one's own, on the Palmer penguins
#   sh cmake/quickstart.sh claims             what the theory claims, measured: ten examples and one page, in eight minutes
#   sh cmake/quickstart.sh test [ARGUMENT…]   build and run the tests; arguments pass through to ctest (-L unit: those of seconds)
#   sh cmake/quickstart.sh test --all [ARG…]  and every header alone, what must not compile, units of other flags, users' projects
#
# The presets in CMakePresets.json do the work. A second run installs and rebuilds nothing.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

libraries="libeigen3-dev libfmt-dev zlib1g-dev libstb-dev nlohmann-json3-dev libzip-dev libcli11-dev"
case "${1:-help}" in
  demo | claims) libraries="$libraries dataset-fashion-mnist" ;;
  penguins) ;;
  test) libraries="$libraries catch2" ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "$0"; [ "${1:-help}" = help ] || [ "$1" = --help ] && exit 0; exit 2 ;;
esac
build=$1; shift
preset=$build
targets=$build
if [ "$build" = test ] && [ "${1:-}" = --all ]; then
  targets=all; shift
fi
began=$(date +%s)
example=02_fashion
case $build in
  penguins) preset=demo example=03_penguins ;;
  claims) preset=demo; [ $# = 0 ] || { echo "claims takes no arguments" >&2; exit 2; } ;;
esac

# What is missing: tools may come from anywhere, libraries are asked for as packages.
missing=""
[ -n "${CXX:-}" ] || command -v c++ >/dev/null || missing="$missing g++"
command -v cmake >/dev/null || missing="$missing cmake"
command -v ninja >/dev/null || missing="$missing ninja-build"
if command -v dpkg-query >/dev/null; then
  for package in $libraries; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
  done
else
  echo "This is not Debian: what its packages g++ cmake ninja-build $libraries hold must be there." >&2
  [ -z "$missing" ] || exit 1
fi

if [ -n "$missing" ]; then
  as_root=none
  if [ "$(id -u)" = 0 ]; then
    as_root=env
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
    as_root=sudo
  fi
  if [ $as_root = none ]; then
    echo "Please ask your administrator to run: apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  echo "Installing:$missing"
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
fi

installed=$(date +%s)

(cd "$root" && cmake --preset "$preset" && cmake --build --preset "$targets")
built=$(date +%s)
if [ $example = 03_penguins ]; then
  # The table is all that is wanted of its package: fetched and unpacked here, since installing it would install R.
  table=usr/lib/R/site-library/palmerpenguins/extdata/penguins.csv
  folder=/
  if [ ! -f "/$table" ]; then
    folder=$root/build/penguins/
    if [ ! -f "$folder$table" ]; then
      mkdir -p "$folder"
      (cd "$folder" && apt-get download -q r-cran-palmerpenguins && dpkg-deb -x r-cran-palmerpenguins_*.deb .)
    fi
  fi
  set -- --data "$folder$table" "$@"
fi
case $build in
  claims) ;;  # running them is what their target does
  demo | penguins) exec "$root/build/demo/examples/$example" "$@" ;;
  test)
    status=0
    (cd "$root" && ctest --preset "$targets" -j "$(nproc)" "$@") || status=$?
    echo "Installing took $((installed - began)) s, building $((built - installed)) s, running $(($(date +%s) - built)) s."
    exit $status ;;
esac
