#!/bin/sh
# interface.sh static|shared NM LIBRARY UNIT: fails where the compiled library shows a symbol that is not of its own interface, or one
# that UNIT, an object that links it, defines too. A unit of the user's, perhaps unoptimised, defines templates of the standard library
# and of Eigen as weak symbols, and the linker keeps the first copy that it meets: one that the library shows could be replaced by the
# unit's, or replace it.
set -eu
kind=$1 nm=$2 library=$3 unit=$4
for file in "$library" "$unit"; do
  [ -r "$file" ] || { echo "$file: cannot be read"; exit 1; }
done
dynamic=
[ "$kind" = static ] || dynamic=-D
# From nm: "0000000000000000 T _ZN7betavae…"; capital letters, and u and v, are what other units can see.
# shellcheck disable=SC2086
{ "$nm" --defined-only "$unit"; echo library; "$nm" $dynamic --defined-only "$library"; } | awk '
  $0 == "library" { of_library = 1; next }
  NF != 3 || !($2 ~ /^[A-Z]$/ || $2 == "u" || $2 == "v") { next }
  !of_library { of_unit[$3] = 1; next }
  $3 in of_unit { print "a unit that links the library defines it too: " $3; bad = 1 }
  $3 ~ /^(_ZNK?7betavae|_ZT[ISV]N7betavae|betavae_)/ {
    ++own
    if ($3 ~ /^betavae_compiled_of_version_/) { versioned = 1 }
    next
  }
  { if (++others <= 50) { print "not of the interface: " $2 " " $3 } }
  END {
    print own + 0 " symbols of the interface, " others + 0 " others"
    if (!versioned) { print "the symbol that holds the version is missing" }
    exit bad || others || !own || !versioned
  }'
