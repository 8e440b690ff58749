#!/bin/sh
# Starts Keycloak with our realm: `KEYCLOAK_HOME=/opt/keycloak deploy/keycloak/start.sh [options of kc.sh start]`.
# Refuses to start where a value that the realm file asks for is missing: Keycloak would take the literal text `${NAME}`
# for it, and a client secret that stands in a public file opens every account.
set -eu

home=${KEYCLOAK_HOME:-/opt/keycloak}
realm=$(cd "$(dirname "$0")" && pwd)/personal-finances-realm.json
# In containers secrets are files, a name each; what the environment says counts before them.
if [ -n "${PF_KEYCLOAK_SECRETS:-}" ]; then
  secret() { cat "$PF_KEYCLOAK_SECRETS/$1"; }
  : "${PF_KEYCLOAK_GATEWAY_SECRET:=$(secret gateway)}" "${PF_KEYCLOAK_ADMIN_SECRET:=$(secret identity-admin)}"
  : "${KC_DB_PASSWORD:=$(secret database)}" "${KC_BOOTSTRAP_ADMIN_PASSWORD:=$(secret administrator)}"
  export PF_KEYCLOAK_GATEWAY_SECRET PF_KEYCLOAK_ADMIN_SECRET KC_DB_PASSWORD KC_BOOTSTRAP_ADMIN_PASSWORD
fi
# Keycloak takes no empty word for an option, which is how a composition leaves one out.
[ -n "${KC_PROXY_HEADERS:-}" ] || unset KC_PROXY_HEADERS
missing=
for name in PF_KEYCLOAK_GATEWAY_SECRET PF_KEYCLOAK_ADMIN_SECRET PF_KEYCLOAK_WEB_URL PF_KEYCLOAK_API_URL; do
  eval "value=\${$name:-}"
  case $value in
    '' | *'${'*) missing="$missing $name" ;;
  esac
done
if [ -n "$missing" ]; then
  echo "Keycloak is not started: found no value in$missing, expected all four of deploy/keycloak/README.md. Set them, then start again." >&2
  exit 64
fi

# Any other name of the file and Keycloak does not start ("File name / realm name mismatch").
mkdir -p "$home/data/import"
cp "$realm" "$home/data/import/personal-finances-realm.json"
exec "$home/bin/kc.sh" start --import-realm "$@"
