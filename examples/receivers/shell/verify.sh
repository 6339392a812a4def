#!/usr/bin/env bash
# Checks a recorded notification with openssl alone: for a look at the wire, not for a receiver in use, since other
# users of the machine can see arguments of running commands.
#
#   verify.sh standard SECRET HEADERS BODY [NOW]    HEADERS: a file of "name: value" lines, as `curl -D` writes them
#   verify.sh bluesnap SECRET HEADERS BODY [NOW]    BODY: a file with the raw bytes; NOW: seconds since 1970
#   verify.sh receipt DATA_PROTECTION_KEY           prints what acknowledges in the dialect bluesnap-receipt
#   verify.sh decrypt-legacy KEY BODY               prints what a body of the dialect encrypted-legacy says
#
# Several secrets, as during a rotation: separated by commas. openssl cannot open AES-GCM on the command line, so that the
# dialect encrypted needs one of the other samples.
# No names of files in the place of what was given.
set -euo pipefail -f
export LC_ALL=C

refuse() {
  echo "refused: $1" >&2
  exit 1
}

# The value of a header, unless it is missing or there twice.
header() {
  local lines
  lines=$(grep -i "^$1:" "$headers" || true)
  if [ -z "$lines" ] || [ "$(printf '%s\n' "$lines" | wc -l)" != 1 ]; then refuse "the header $1 is missing or there twice"; fi
  printf '%s' "$lines" | tr -d '\r' | sed 's/^[^:]*: *//'
}

check_age() {
  local age=$((now - $1))
  if [ "${age#-}" -gt 300 ]; then refuse 'it was not made within five minutes of now'; fi
}

hex() {
  od -An -v -tx1 | tr -d ' \n'
}

# HMAC-SHA256, hex, of the standard input under a key in hex. An empty key is one that everybody knows.
hmac() {
  [ -n "$1" ] || refuse 'a secret is empty or not base64'
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -r | cut -d' ' -f1
}

verify_standard() {
  local id timestamp signatures secret key expected signature
  id=$(header webhook-id)
  timestamp=$(header webhook-timestamp)
  signatures=$(header webhook-signature)
  [[ $timestamp =~ ^[0-9]{1,12}$ ]] || refuse 'the timestamp is none'
  check_age "$((10#$timestamp))"
  for secret in ${secrets//,/ }; do
    [[ $secret == whsec_* ]] || refuse 'a secret begins with whsec_'
    key=$(printf '%s' "${secret#whsec_}" | openssl base64 -d -A | hex)
    expected=$({ printf '%s.%s.' "$id" "$timestamp"; cat "$body"; } | hmac "$key" | bytes_of_hex | openssl base64 -A)
    for signature in $signatures; do
      if [ "$signature" = "v1,$expected" ]; then echo "verified: $id"; exit 0; fi
    done
  done
  refuse 'no signature matches'
}

verify_bluesnap() {
  local stamp signature secret expected
  stamp=$(header bls-ipn-timestamp)
  signature=$(header bls-signature | tr 'A-F' 'a-f')
  [[ $stamp =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}\ [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}$ ]] || refuse 'the timestamp is none'
  check_age "$(date -u -d "${stamp%.*}" +%s 2>/dev/null || refuse 'the timestamp is none')"
  for secret in ${secrets//,/ }; do
    # The stamp first, and nothing between it and the body.
    expected=$({ printf '%s' "$stamp"; cat "$body"; } | hmac "$(printf '%s' "$secret" | hex)")
    if [ "$signature" = "$expected" ]; then echo "verified: $stamp"; exit 0; fi
  done
  refuse 'no signature matches'
}

# Hexadecimal digits to bytes, without xxd, which not every machine has.
bytes_of_hex() {
  local digits
  digits=$(cat)
  printf "$(printf '%s' "$digits" | sed 's/../\\x&/g')"
}

case "${1:-} $#" in
  'standard 4' | 'standard 5' | 'bluesnap 4' | 'bluesnap 5')
    secrets=$2 headers=$3 body=$4 now=${5:-$(date +%s)}
    "verify_$1"
    ;;
  'receipt 2') printf 'OK%s' "$2" | openssl dgst -md5 -r | cut -d' ' -f1 ;;
  'decrypt-legacy 3') openssl enc -d -aes-128-cbc -K "$2" -iv 00000000000000000000000000000000 -base64 -A -in "$3" ;;
  *)
    sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
