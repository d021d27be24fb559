#!/bin/sh
# verify.sh FOLDER REQUIRED [TEST...]: runs the tests named, or all, in FOLDER. If REQUIRED is true, it fails where a tool is not there. SERVICE_JAR and
# JAVA, or SERVICE_CLASSPATH in place of the jar, say which service is tested; CHROMIUM names the browser.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$1
required=$2
shift 2

absent() {
  echo "$1 is not here: pages are not tested in a browser" >&2
  [ "$required" != true ] || exit 1
  exit 0
}

if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2> /dev/null ||
  ! command -v npm > /dev/null; then
  absent "Node 20.19 or later with npm"
fi
CHROMIUM=$(command -v "${CHROMIUM:-chromium}") || absent Chromium
export CHROMIUM

mkdir -p "$work"
rm -rf "$work/source" "$work/test"
cp -R "$here/source" "$here/test" "$here/package.json" "$here/package-lock.json" "$work"
cd "$work"
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund
  cp package-lock.json node_modules/installed-lock.json
fi
[ $# -gt 0 ] || set -- test/*.test.mjs
exec node --test --test-concurrency=1 --test-timeout=300000 "$@"
