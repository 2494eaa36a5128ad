# Sourced by the guides of this folder, in the root of the project: . docs/integrators/setup.sh
# It calls the gateway that `npm start` runs, with the development certificates that it made.
CERTIFICATES=${CERTIFICATES:-.local/certificates}
GATEWAY=${GATEWAY:-$(sed -n 's/.*"rest": "\(.*\)".*/\1/p' "$CERTIFICATES/client-alpha.json")}
API=$GATEWAY/REST/digitalContracts/v1

# The command line, by the profile of the invented insurer Alpha: infoss send FILE --rest
infoss() { npm run --silent infoss -- "$@" --profile "$CERTIFICATES/${CLIENT:-client-alpha}.json"; }

# An access token of the client $1: an assertion signed with its key, sent over its certificate (docs/exchange/authentication.md).
token_of() {
  set -- "$1" "eyJhbGciOiJFUzI1NiJ9.$(printf '{"iss":"%s","sub":"%s","aud":"%s/auth","jti":"%s","exp":%d}' "$1" "$1" "$GATEWAY" \
    "$(openssl rand -hex 16)" "$(($(date +%s) + 60))" | openssl base64 -A | tr '+/' '-_' | tr -d =)"
  set -- "$1" "$2" "$(printf %s "$2" | openssl dgst -sha256 -sign "$CERTIFICATES/$1-assertion-key.pem" | openssl asn1parse -inform DER |
    awk -F: '/INTEGER/ { printf "%64s", $NF }' | tr ' ' 0 | perl -pe '$_ = pack "H*", $_' | openssl base64 -A | tr '+/' '-_' | tr -d =)"
  curl --silent --show-error --fail-with-body --cacert "$CERTIFICATES/ca.pem" --cert "$CERTIFICATES/$1.pem" --key "$CERTIFICATES/$1-key.pem" \
    "$GATEWAY/auth/token" --data grant_type=client_credentials --data "client_assertion=$2.$3" \
    --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer | sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}

# curl as the client $1, with its certificate and token: call_as client-beta "$API/submissions". A token serves for four minutes.
call_as() {
  if [ "${TOKEN_CLIENT:-}" != "$1" ] || [ "$(($(date +%s) - ${TOKEN_TIME:-0}))" -gt 240 ]; then
    TOKEN=$(token_of "$1") TOKEN_CLIENT=$1 TOKEN_TIME=$(date +%s)
  fi
  client=$1
  shift
  curl --silent --show-error --write-out '\n' --cacert "$CERTIFICATES/ca.pem" --cert "$CERTIFICATES/$client.pem" \
    --key "$CERTIFICATES/$client-key.pem" --header "Authorization: Bearer $TOKEN" "$@"
}

# The same as the invented insurer Alpha: call "$API/submissions"
call() { call_as client-alpha "$@"; }
