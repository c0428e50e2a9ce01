# What the vault's AppRole may do: wrap and unwrap with one key. It can't read the key, rotate it, delete it or look at anything else.
path "transit/encrypt/colloque" {
  capabilities = ["update"]
}
path "transit/decrypt/colloque" {
  capabilities = ["update"]
}
