#!/bin/sh
# verify.sh FOLDER REQUIRED: compiles the client that was generated for Python to byte code, which finds what is no Python.
set -eu
if ! command -v python3 > /dev/null; then
  echo "python3 is not here: the client that was generated for Python is not compiled" >&2
  [ "$2" != true ] || exit 1
  exit 0
fi
python3 -m compileall -q -f "$1/lightningdb_client"
echo "Python: $(find "$1/lightningdb_client" -name '*.pyc' | wc -l) modules compiled"
