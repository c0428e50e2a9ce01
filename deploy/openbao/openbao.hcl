# OpenBao for the vault's key-encryption key. On a host of its own; only the vault's host may reach port 8200.
storage "raft" {
  path    = "/var/lib/openbao"
  node_id = "one"
}

listener "tcp" {
  address       = "0.0.0.0:8200"
  tls_cert_file = "/etc/openbao/tls/openbao.crt"
  tls_key_file  = "/etc/openbao/tls/openbao.key"
}

# Every request, before it is answered. Ship it away: who holds this host can alter it, who holds the vault's can't.
audit "file" "file" {
  description = "every use of the key"
  options {
    file_path = "/var/log/openbao/audit.log"
    mode      = "0600"
  }
}

# Auto-unseal, so that a restart at night needs nobody: by an HSM (pkcs11), by another OpenBao's transit engine, or by a static key that systemd
# hands over as a credential. Without any, three of five holders of unseal keys come to each restart, and the vault goes on for its lease meanwhile.
# seal "static" {
#   current_key_id = "2026-11"
#   current_key    = "file:///run/credentials/openbao.service/unseal-key"
# }

api_addr     = "https://bao.example.fr:8200"
cluster_addr = "https://bao.example.fr:8201"
disable_mlock = true
