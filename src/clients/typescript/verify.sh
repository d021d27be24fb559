#!/bin/sh
# verify.sh FOLDER REQUIRED: checks the OpenAPI document FOLDER/openapi.json, generates clients for TypeScript from it beside the one that
# FOLDER has already, compiles them and the package, and runs the tests of all against the packed service. If REQUIRED is true,
# it fails where Node is not there. SERVICE_JAR, SERVICE_VERSION and JAVA say what is tested.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
document=$1/openapi.json
work=$1/typescript

# The oldest Node that all of the tools take.
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2> /dev/null ||
  ! command -v npm > /dev/null; then
  echo "Node 20.19 or later with npm is not here: clients for TypeScript are not tested, and the document is not linted" >&2
  [ "$2" != true ] || exit 1
  exit 0
fi

mkdir -p "$work/generated"
for part in source test package out; do rm -rf "${work:?}/$part"; done
cp -R "$here/source" "$here/test" "$here/package" "$here/tsconfig.json" "$here/openapi-ts.config.mjs" "$here/package.json" "$here/package-lock.json" "$work"
cd "$work"
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
  npm ci --ignore-scripts --no-audit --no-fund
  cp package-lock.json node_modules/installed-lock.json
fi
rm -rf service-*
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true DO_NOT_TRACK=1
modules=node_modules/.bin

$modules/redocly lint "$document" --config "$here/../lint/redocly.yaml" --max-problems 20
$modules/spectral lint "$document" --ruleset "$here/../lint/spectral.yaml" --fail-severity hint

$modules/openapi-typescript "$document" --output generated/openapi-typescript.ts
rm -rf generated/hey-api
DOCUMENT=$document $modules/openapi-ts
cp generated/openapi-typescript.ts package/source/document.ts

$modules/tsc --project package
$modules/tsc --project .
rm -rf "$1/npm"
mkdir -p "$1/npm"
(cd package && npm pack --silent --ignore-scripts --pack-destination "$1/npm")
DOCUMENT=$document PACKED=$1/npm node --enable-source-maps out/source/run.js
