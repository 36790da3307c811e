#!/bin/sh
# betavae beside its peers, in one command; arguments pass through to compare.py (try --help). Peers that are not installed are
# said to be absent: for PyTorch and JAX, PYTHON=… names the Python that has them; for RTNeural, RTNEURAL=… a clone with submodules.
# PRESET=benchmarks-clang builds by clang.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
absolute() { echo "$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")"; }
python=$(absolute "$(command -v "${PYTHON:-python3}")")
preset=${PRESET:-benchmarks}
(
  [ -z "${RTNEURAL:-}" ] || RTNEURAL=$(absolute "$RTNEURAL")
  cd "$root"
  cmake --preset "$preset" -DBETAVAE_PYTHON="$python" ${RTNEURAL:+"-DBETAVAE_RTNEURAL=$RTNEURAL"}
  cmake --build --preset "$preset" --target peers
) >&2
exec "$python" "$root/benchmarks/compare.py" --build "$root/build/$preset" "$@"
