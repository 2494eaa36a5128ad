# Sourced by the guides of this folder, in the root of the project: . docs/integrators/setup.sh
# It calls the gateway that `npm start` runs, with the development certificates that it made.
CERTIFICATES=${CERTIFICATES:-.local/certificates}
# Who infoss and call act as: the invented insurer Alpha, unless told.
PROFILE=${PROFILE:-$CERTIFICATES/client-alpha.json}
# The member $1 of the profile.
told() { sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p" "$PROFILE"; }
GATEWAY=${GATEWAY:-$(told rest)}
API=$GATEWAY/REST/digitalContracts/v1

# The command line, by the profile: infoss send FILE --rest
infoss() { INFOSS_PROFILE=$PROFILE npm run --silent infoss -- "$@"; }

# An access token of the client $1, with its certificate $2 and the key of that $3: an assertion signed with the key $4, sent over
# the certificate (docs/exchange/authentication.md).
token_with() {
  set -- "$@" "eyJhbGciOiJFUzI1NiJ9.$(printf '{"iss":"%s","sub":"%s","aud":"%s/auth","jti":"%s","exp":%d}' "$1" "$1" "$GATEWAY" \
    "$(openssl rand -hex 16)" "$(($(date +%s) + 60))" | openssl base64 -A | tr '+/' '-_' | tr -d =)"
  set -- "$@" "$(printf %s "$5" | openssl dgst -sha256 -sign "$4" | openssl asn1parse -inform DER |
    awk -F: '/INTEGER/ { printf "%64s", $NF }' | tr ' ' 0 | perl -pe '$_ = pack "H*", $_' | openssl base64 -A | tr '+/' '-_' | tr -d =)"
  curl --silent --show-error --fail-with-body --cacert "$CERTIFICATES/ca.pem" --cert "$2" --key "$3" \
    "$GATEWAY/auth/token" --data grant_type=client_credentials --data "client_assertion=$5.$6" \
    --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p'
}

# curl as that client. A token serves for four minutes.
call_with() {
  if [ "${TOKEN_CLIENT:-}" != "$1" ] || [ "$(($(date +%s) - ${TOKEN_TIME:-0}))" -gt 240 ]; then
    TOKEN=$(token_with "$1" "$2" "$3" "$4") TOKEN_CLIENT=$1 TOKEN_TIME=$(date +%s)
  fi
  certificate=$2 key=$3
  shift 4
  curl --silent --show-error --write-out '\n' --cacert "$CERTIFICATES/ca.pem" --cert "$certificate" --key "$key" \
    --header "Authorization: Bearer $TOKEN" "$@"
}

# By the profile: call "$API/submissions"
call() {
  folder=$(dirname "$PROFILE")
  call_with "$(told client)" "$folder/$(told certificate)" "$folder/$(told certificateKey)" "$folder/$(told key)" "$@"
}

# As another client of those that `npm start` made: call_as client-beta "$API/submissions"
call_as() {
  client=$1
  shift
  call_with "$client" "$CERTIFICATES/$client.pem" "$CERTIFICATES/$client-key.pem" "$CERTIFICATES/$client-assertion-key.pem" "$@"
}
token_of() { token_with "$1" "$CERTIFICATES/$1.pem" "$CERTIFICATES/$1-key.pem" "$CERTIFICATES/$1-assertion-key.pem"; }
