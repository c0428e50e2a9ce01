#!/usr/bin/env bash
# Run a command beside Debian's Postfix: `scripts/debian_postfix.sh pytest -q tests/notifications/test_postfix.py`.
# It listens on loopback alone, wants STARTTLS, asks a policy server who may come now, and hands on to where the test
# says. Postfix starts as root and drops to its own user; it lives as long as the command, in a folder of its own.
set -euo pipefail

if [ ! -x /usr/sbin/postfix ]; then
  echo "Debian's Postfix is not installed; installing it needs root once." >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postfix >/dev/null
fi
[ "$(id -u)" = 0 ] || { echo "Postfix starts as root: run this by sudo." >&2; exit 1; }
folder=$(mktemp -d)
chmod 755 "$folder"
mkdir "$folder"/{etc,spool,data}
chown postfix "$folder/data"
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
relay=$(free) policy=$(free) onward=$(free)

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$folder/etc/key.pem" -out "$folder/etc/cert.pem" 2>/dev/null
cat >"$folder/etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $folder/spool
data_directory = $folder/data
maillog_file = $folder/log
maillog_file_prefixes = $folder
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:$onward
smtp_dns_support_level = disabled
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = $folder/etc/cert.pem
smtpd_tls_key_file = $folder/etc/key.pem
smtpd_tls_received_header = yes
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:$policy, permit_mynetworks, reject
CF
# Debian's own services, none in a jail that this folder is not, and only the door that is asked for.
sed -E "s/^smtp( +)inet( +n +- +)y/127.0.0.1:$relay\1inet\2n/; s/^(([a-z-]+) +(unix|unix-dgram) +[-yn] +[-yn] +)y/\1n/" \
  /etc/postfix/master.cf >"$folder/etc/master.cf"
cp /etc/postfix/dynamicmaps.cf "$folder/etc/" 2>/dev/null || true

postfix -c "$folder/etc" start 2>/dev/null
trap 'postfix -c "$folder/etc" stop 2>/dev/null; sleep 1; rm -rf "$folder"' EXIT
echo "$(postconf -d -h mail_version), on 127.0.0.1:$relay"
export SSL_CERT_FILE="$folder/etc/cert.pem"
COLLOQUE_TEST_POSTFIX="$relay:$policy:$onward" "$@" || { tail -40 "$folder/log" >&2; exit 1; }
