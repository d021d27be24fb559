#!/bin/sh
# Writes, reads, writes under a condition and deletes one entry of the keyspace `default`, and checks
# every answer. BASE_URL is the service, such as http://127.0.0.1:8080, TOKEN the token to send if it wants one,
# CLIENT_CERTIFICATE a folder with tls.crt and tls.key to show, and INSECURE=yes lets any certificate do. Exits 0 when all answers are
# right, 1 at the first wrong one. The entry's key is unlikely to be anybody else's.
set -eu

entry="$BASE_URL/v1/keyspaces/default/entries/lightningdb-helm-test-$(hostname)-$$"

# curl with what every request has.
ask() {
  curl --silent --show-error --max-time 10 ${INSECURE:+--insecure} \
    ${CLIENT_CERTIFICATE:+--cert} ${CLIENT_CERTIFICATE:+"$CLIENT_CERTIFICATE/tls.crt"} \
    ${CLIENT_CERTIFICATE:+--key} ${CLIENT_CERTIFICATE:+"$CLIENT_CERTIFICATE/tls.key"} \
    ${TOKEN:+--header} ${TOKEN:+"Authorization: Bearer $TOKEN"} "$@"
}

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

# Prints the status of a request; the arguments are curl's.
status() {
  ask --output /dev/null --write-out '%{http_code}' "$@"
}

expect() {
  expected=$1
  what=$2
  shift 2
  actual=$(status "$@") || fail "$what: no answer"
  [ "$actual" = "$expected" ] || fail "$what: expected $expected, got $actual"
  echo "ok: $what ($actual)"
}

expect 201 "write" --request PUT --data-binary first "$entry"

answer=$(ask --include "$entry") || fail "read: no answer"
version=$(printf '%s\n' "$answer" | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: *//p')
[ -n "$version" ] || fail "read: no ETag in: $answer"
[ "$(printf '%s\n' "$answer" | tail -n 1)" = first ] || fail "read: wrong value in: $answer"
echo "ok: read (version $version)"

expect 412 "creating what exists is refused" \
  --request PUT --header 'If-None-Match: *' --data-binary second "$entry"
expect 200 "replacing the version just read" \
  --request PUT --header "If-Match: $version" --data-binary second "$entry"
expect 412 "replacing an old version is refused" \
  --request PUT --header "If-Match: $version" --data-binary third "$entry"
[ "$(ask "$entry")" = second ] || fail "read: a refused write changed the value"
echo "ok: refused writes changed nothing"

expect 204 "delete" --request DELETE "$entry"
expect 404 "read after the delete" "$entry"
