#!/bin/sh
# No test is lost: runs every room's tests and compares their names and numbers of assertions with the committed list.
#
#   compare_test_counts.sh BUILD            compares; exits with 1 where a test fails, is missing, or has fewer assertions than it had
#   compare_test_counts.sh BUILD --list     prints the list as it would be committed
#
# The list, tests/reference/test_counts.txt, has a line a test case: room, name, assertions, and, where a processor without AVX-512
# makes fewer, those; a tab between. A test case that was merged with another, or renamed, has a line in test_counts_merged.txt beside
# it: its room, its old name, "room/name" of the test case that holds its assertions now, and why.
set -eu
folder=$(CDPATH='' cd -- "$(dirname -- "$0")/../reference" && pwd)
build=${1:?usage: compare_test_counts.sh BUILD [--list]}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')

status=0
rooms=0
: >"$work/now"
for program in "$build"/tests/*_tests; do
  [ -f "$program" ] && [ -x "$program" ] || continue
  rooms=$((rooms + 1))
  room=$(basename "$program" _tests)
  : >"$work/$room.counts"
  if ! BETAVAE_TEST_COUNTS="$work/$room.counts" "$program" >"$work/$room.output" 2>&1; then
    echo "$room: its tests fail:"
    tail -n 40 "$work/$room.output"
    status=1
  fi >&2
  awk -F"$tab" -v OFS="$tab" -v room="$room" '{ print room, $2, $1 }' "$work/$room.counts" >>"$work/now"
done
[ $rooms -gt 0 ] || { echo "$build: expected tests/*_tests, got none" >&2; exit 1; }
LC_ALL=C sort "$work/now" >"$work/sorted"

if [ "${2:-}" = --list ]; then
  cat "$work/sorted"
  exit $status
fi

# Tests that run a body on every instruction set make fewer assertions on a processor that has fewer.
sets=baseline
if grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; then
  sets=avx2
  if grep -qw avx512f /proc/cpuinfo && grep -qw avx512dq /proc/cpuinfo && grep -qw avx512bw /proc/cpuinfo &&
    grep -qw avx512vl /proc/cpuinfo; then
    sets=avx512
  fi
fi

merged=$folder/test_counts_merged.txt
[ -f "$merged" ] || merged=/dev/null
awk -F"$tab" -v sets="$sets" -v merged_file="$merged" -v now_file="$work/sorted" '
  /^#/ || /^$/ { next }
  FILENAME == now_file { now[$1 "/" $2] = $3; ++of_now; next }
  FILENAME == merged_file { becomes[$1 "/" $2] = $3; why[$1 "/" $2] = $4; next }
  {
    name = $1 "/" $2
    listed[name] = 1
    ++of_list
    least = $3
    if ($4 != "" && sets == "avx2") { least = $4 }
    if ($4 != "" && sets == "baseline") { least = 1 }
    if (!(name in now)) {
      if (!(name in becomes)) { print "missing: " name; bad = 1 }
      else if (becomes[name] ~ /^compile_fail\// || becomes[name] in now) {
        print "merged:  " name "\n     is   " becomes[name] ": " why[name]
        ++merges
      } else { print "missing: " name "\n     and so is " becomes[name] ", which is to hold its assertions"; bad = 1 }
    } else if (now[name] + 0 < least + 0) {
      print "fewer:   " name ": " now[name] " assertions, expected " least
      bad = 1
    } else if (now[name] + 0 > $3 + 0) {
      print "more:    " name ": " now[name] " assertions, " $3 " in the list"
    }
  }
  END {
    for (name in now) { if (!(name in listed)) { ++added } }
    print of_now + 0 " test cases: " of_list + 0 " in the list, " merges + 0 " of them merged; " added + 0 " are new (" sets ")"
    if (!of_list) { print "the list is empty"; bad = 1 }
    exit bad
  }' "$work/sorted" "$merged" "$folder/test_counts.txt" || status=1
exit $status
