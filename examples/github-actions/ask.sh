#!/usr/bin/env bash
# Asks Liftgate for write or delete on S3, waits for the review, and exports the lent credentials to the steps that follow.
# Needs bash, curl and jq. The settings are the environment that action.yml sets; README.md says what each call does.
set -euo pipefail

server=${LIFTGATE_SERVER:?set it to the address of Liftgate}
server=${server%/}
audience=${LIFTGATE_AUDIENCE:-$server}
: "${LIFTGATE_ACTIONS:?set it to S3 actions, one a line}" "${LIFTGATE_LOCATIONS:?set it to S3 locations, one a line}"
: "${LIFTGATE_JUSTIFICATION:?set it to why}" "${GITHUB_ENV:?this runs in a step of GitHub Actions}" "${GITHUB_OUTPUT:?}"
: "${ACTIONS_ID_TOKEN_REQUEST_URL:?the job needs permissions: id-token: write}" "${ACTIONS_ID_TOKEN_REQUEST_TOKEN:?}"
longest_wait=${LIFTGATE_WAIT_SECONDS:-3600}
api=$server/api/v1
sign_in=

# What others wrote, on one line: a line that begins with `::` would be a command to the runner.
one_line() { printf '%s' "$1" | tr -s '\r\n' '  '; }
tell() { printf 'liftgate: %s\n' "$(one_line "$1")"; }
fail() {
  local said
  said=$(one_line "$1")
  printf '::error title=Liftgate::%s\n' "${said//%/%25}"
  exit 1
}

mask() { printf '::add-mask::%s\n' "$1"; }

# send METHOD URL BEARER [BODY] [HEADER]: the answer and, on a last line of its own, its status; 000 where there was none.
# Secrets go to curl through pipes, never as arguments, which every process of the machine can read.
send() {
  local options=(--silent --request "$1" --write-out '\n%{http_code}' --connect-timeout 10 --max-time 60)
  [[ -z ${4-} ]] || options+=(--header 'Content-Type: application/json' --data-binary @-)
  [[ -z ${5-} ]] || options+=(--header "$5" --retry 3) # the same key: made once
  printf '%s' "${4-}" |
    curl "${options[@]}" --header @<([[ -z $3 ]] || printf 'Authorization: Bearer %s\n' "$3") "$2" || true
}

sign_in() {
  local joint='?' answer token body
  [[ $ACTIONS_ID_TOKEN_REQUEST_URL != *\?* ]] || joint='&'
  answer=$(send GET "$ACTIONS_ID_TOKEN_REQUEST_URL${joint}audience=$(jq -rn --arg one "$audience" '$one | @uri')" \
    "$ACTIONS_ID_TOKEN_REQUEST_TOKEN")
  [[ ${answer##*$'\n'} == 200 ]] || fail "GitHub gave no token for the job (${answer##*$'\n'})"
  token=$(jq -er .value <<<"${answer%$'\n'*}") || fail 'GitHub gave no token for the job'
  mask "$token"
  body=$(jq -Rc '{method: "token", token: .}' <<<"$token")
  answer=$(send POST "$api/sign-ins" '' "$body")
  [[ ${answer##*$'\n'} == 201 ]] || refused "$answer" 'the sign-in was refused'
  sign_in=$(jq -er .token <<<"${answer%$'\n'*}") || fail 'the sign-in was answered with something else'
  mask "$sign_in"
}

refused() {
  local body=${1%$'\n'*} status=${1##*$'\n'} said
  said=$(jq -r '[.detail // .title, .advice] | map(strings) | join("; ")' <<<"$body" 2>/dev/null) || said=
  fail "$2 ($status)${said:+: $said}"
}

# call METHOD PATH [BODY] [HEADER]: sets `answer` to the body. A sign-in ends with GitHub's token, so it is made anew where it is over.
answer=
call() {
  [[ -n $sign_in ]] || sign_in
  answer=$(send "$1" "$api$2" "$sign_in" "${3-}" "${4-}")
  if [[ ${answer##*$'\n'} == 401 ]]; then
    sign_in
    answer=$(send "$1" "$api$2" "$sign_in" "${3-}" "${4-}")
  fi
  case ${answer##*$'\n'} in
    200 | 201) answer=${answer%$'\n'*} ;;
    000 | 5??) return 1 ;; # nobody answered: whoever waits asks again
    *) refused "$answer" "$1 $2 was refused" ;;
  esac
}

lines() { jq -Rsc 'split("\n") | map(gsub("^\\s+|\\s+$"; "")) | map(select(. != ""))' <<<"$1"; }

ask=$(jq -nc \
  --argjson actions "$(lines "$LIFTGATE_ACTIONS")" --argjson locations "$(lines "$LIFTGATE_LOCATIONS")" \
  --argjson seconds "${LIFTGATE_DURATION_SECONDS:-900}" --arg why "$LIFTGATE_JUSTIFICATION" \
  --arg ticket "${LIFTGATE_TICKET-}" --arg entitlement "${LIFTGATE_ENTITLEMENT-}" \
  '{actions: $actions, locations: $locations, duration_seconds: $seconds, justification: $why, mechanism: "session"}
   + if $ticket == "" then {} else {ticket: $ticket} end
   + if $entitlement == "" then {} else {entitlement: $entitlement} end')
key="github-${GITHUB_RUN_ID:-0}-${GITHUB_RUN_ATTEMPT:-0}-$RANDOM$RANDOM$RANDOM$RANDOM"
call POST /requests "$ask" "Idempotency-Key: $key" || refused "$answer" 'Liftgate did not answer'
request=$(jq -er .id <<<"$answer") || fail 'the request was answered with something else'
[[ $request =~ ^rq-[a-z0-9]+$ ]] || fail 'the request was answered with something else'
printf 'request-id=%s\n' "$request" >>"$GITHUB_OUTPUT"

began=$SECONDS
while [[ $(jq -r .state <<<"$answer") == pending ]]; do
  ((SECONDS - began < longest_wait)) || fail "$request was not answered in $longest_wait seconds"
  ((SECONDS > began)) || tell "$request waits for $(jq -r '.waiting_for // "a review"' <<<"$answer"): $server/requests/$request"
  asked=$SECONDS before=$answer
  if ! call GET "/requests/$request?wait_seconds=20"; then
    answer=$before # what was last heard
  fi
  ((SECONDS - asked >= 1)) || [[ $(jq -r .state <<<"$answer") != pending ]] || sleep 1 # it was not held
done
state=$(jq -r .state <<<"$answer")
if [[ $state != approved ]]; then
  fail "$request was $state: $(jq -r '[.reviews[] | "\(.reviewer.name): \(.comment)"] | join("; ")' <<<"$answer")"
fi

grant=$(jq -er .grant.id <<<"$answer") || fail 'the grant is missing from the answer'
[[ $grant =~ ^gr-[a-z0-9]+$ ]] || fail 'the grant is missing from the answer'
# Credentials are handed over once: a call that was lost is made anew, and lends anew.
call POST "/grants/$grant/sessions" '{}' || call POST "/grants/$grant/sessions" '{}' || refused "$answer" 'nothing was lent'
lent=$answer
for name in access_key_id secret_access_key session_token; do
  value=$(jq -er --arg name "$name" '.[$name]' <<<"$lent") || fail 'the credentials were answered as something else'
  [[ $value =~ ^[A-Za-z0-9/+=_-]+$ ]] || fail 'the credentials were answered as something else'
  mask "$value"
  printf 'AWS_%s=%s\n' "${name^^}" "$value" >>"$GITHUB_ENV"
done
ends=$(jq -r .expires_at <<<"$lent")
[[ $ends =~ ^[0-9TZ:.+-]+$ ]] || ends=unknown
printf 'grant-id=%s\nexpires-at=%s\n' "$grant" "$ends" >>"$GITHUB_OUTPUT"
tell "$grant is lent until $ends"
