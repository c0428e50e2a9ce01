#!/usr/bin/env bash
# Once, as OpenBao's administrator (BAO_ADDR and BAO_TOKEN set): the engine, the key, the vault's role with least rights. Harmless again.
# Prints the role id, and leaves a secret id in the file that it is given. Usage: setup.sh SECRET_ID_FILE [VAULT_HOST_CIDR]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
secret_id_file=${1:?say where the secret id goes}
bound=${2:+"token_bound_cidrs=$2 secret_id_bound_cidrs=$2"}

[[ $(bao secrets list -format=json) == *'"transit/"'* ]] || bao secrets enable transit
bao read transit/keys/colloque >/dev/null 2>&1 || bao write -f transit/keys/colloque type=aes256-gcm96 exportable=false
[[ $(bao auth list -format=json) == *'"approle/"'* ]] || bao auth enable approle
bao policy write colloque-vault "$here/policy.hcl"
# shellcheck disable=SC2086
bao write auth/approle/role/colloque-vault token_policies=colloque-vault token_no_default_policy=true token_ttl=10m token_max_ttl=10m ${bound:-}
umask 077
bao write -f -field=secret_id auth/approle/role/colloque-vault/secret-id >"$secret_id_file"
echo "COLLOQUE_OPENBAO_ROLE_ID=$(bao read -field=role_id auth/approle/role/colloque-vault/role-id)"
