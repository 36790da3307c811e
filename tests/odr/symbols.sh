#!/bin/sh
# symbols.sh NM OBJDUMP OBJECT…: looks at the functions that the linker may exchange between translation units (weak symbols) in
# objects that were built without any -m flag, and fails where
#
#   1. a function holds AVX instructions but its name says neither avx2 nor avx512: another unit, built for another instruction
#      set, may define the same name, and a processor without AVX would be handed this one;
#   2. a function of betavae takes or returns a vector, or has one as template argument: how vectors are passed depends on flags.
#      (Such helpers must be inlined always.)
set -eu
nm=$1 objdump=$2
shift 2
status=0
for object in "$@"; do
  [ -r "$object" ] || { echo "$object: cannot be read"; exit 1; }
  { "$nm" --defined-only "$object"; "$objdump" -d --no-show-raw-insn "$object"; } | awk -v object="$object" '
    /file format .*x86-64/ { x86 = 1 }
    # From nm: "0000000000000000 W _ZN7betavae…"
    $2 ~ /^[WVu]$/ && NF == 3 {
      weak[$3] = 1
      if ($3 ~ /betavae/ && $3 ~ /Dv[0-9]+_/) { print object ": a vector in the signature: " $3; bad = 1 }
      next
    }
    # From objdump: "0000000000000000 <_ZN7betavae…>:", then "   4:<tab>vmovups (%rax),%ymm0"
    /^[0-9a-f]+ <.*>:$/ { name = $2; sub(/^</, "", name); sub(/>:$/, "", name); next }
    /^ +[0-9a-f]+:[ \t]/ {
      if ($2 ~ /^v[a-z]/ && $2 !~ /^ver[rw]$/ && name in weak) {
        if (tolower(name) ~ /avx(2|512)/) { announced[name] = 1 }
        else if (!(name in told)) { told[name] = 1; print object ": AVX instructions (" $2 ") in: " name; bad = 1 }
      }
    }
    END {
      for (name in announced) { ++count }
      print object ": " count + 0 " functions with AVX instructions announce them"
      if (x86 && !count) { print object ": found no kernel to look at"; bad = 1 }
      exit bad
    }' || status=1
done
exit $status
