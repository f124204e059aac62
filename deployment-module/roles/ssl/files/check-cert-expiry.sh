#!/bin/sh
# How long the certificate that is served is still good: check-cert-expiry.sh DOMAIN [WARN-DAYS [PORT]]
# Exit status: 0 good, 1 ends within WARN-DAYS (default 21), 2 has ended, or none is served, or it is for another name, 3 wrong usage.
set -eu
domain=${1:-}
warn=${2:-21}
port=${3:-443}
case $domain in
  '' | -*) echo "usage: ${0##*/} DOMAIN [WARN-DAYS [PORT]]" >&2 && exit 3 ;;
esac
case $warn$port in *[!0-9]*) echo "usage: ${0##*/} DOMAIN [WARN-DAYS [PORT]]" >&2 && exit 3 ;; esac

# Asked of this host, whatever the name points to: what nginx serves counts, not what lies on the disk.
certificate=$(timeout 10 openssl s_client -connect "127.0.0.1:$port" -servername "$domain" </dev/null 2>/dev/null | openssl x509 2>/dev/null) || {
  echo "no certificate is served for $domain on port $port; type: sudo systemctl status nginx" >&2
  exit 2
}
ask() { printf '%s\n' "$certificate" | openssl x509 -noout "$@"; }
until=$(ask -enddate | cut -d= -f2)
days=$((($(date -d "$until" +%s) - $(date +%s)) / 86400))
echo "$domain: good until $until, $days days; $(ask -serial), $(ask -issuer)"
case $(ask -checkhost "$domain") in
  *'does match'*) ;;
  *) echo "but it is not for $domain" >&2 && exit 2 ;;
esac
ask -checkend 0 >/dev/null || { echo "it has ended; type: sudo certbot renew" >&2 && exit 2; }
[ "$days" -ge "$warn" ] || { echo "it ends within $warn days; type: sudo certbot renew --dry-run" >&2 && exit 1; }
