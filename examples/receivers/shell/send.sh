#!/usr/bin/env bash
# Signs a body as the dialect standard and sends it: a first knock on a receiver of your own, before a gateway does.
#
#   TOLLGATE_SECRET=whsec_… send.sh URL BODY [WEBHOOK_ID]
set -euo pipefail
if [ $# -lt 2 ] || [[ ${TOLLGATE_SECRET:-} != whsec_?* ]]; then sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; fi
url=$1 body=$2 id=${3:-evt_$(openssl rand -hex 8)} timestamp=$(date +%s)
key=$(printf '%s' "${TOLLGATE_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$({ printf '%s.%s.' "$id" "$timestamp"; cat "$body"; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
curl --silent --show-error --output /dev/null --write-out '%{http_code}\n' --data-binary "@$body" \
  -H 'content-type: application/json' -H "webhook-id: $id" -H "webhook-timestamp: $timestamp" \
  -H "webhook-signature: v1,$signature" "$url"
