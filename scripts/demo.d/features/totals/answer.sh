#!/bin/sh
# Answers one request: / is the board, /health says whether it can serve.
read -r _ path _
case $path in
  /health)
    if [ -n "$GRIST_API_KEY" ]; then
      printf 'HTTP/1.0 200 OK\r\n\r\nok\n'
    else
      echo "health: cannot read totals, GRIST_API_KEY is not set" >&2
      printf 'HTTP/1.0 503 Service Unavailable\r\n\r\ncannot read totals\n'
    fi
    ;;
  *)
    printf 'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n'
    sed "s/@release@/$RELEASE/" /app/web/index.html
    ;;
esac
