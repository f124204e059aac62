#!/bin/sh
# Answers one request: / is the board, /health says whether it can serve.
read -r _ path _
case $path in
  /health)
    printf 'HTTP/1.0 200 OK\r\n\r\nok\n'
    ;;
  *)
    printf 'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n'
    sed "s/@release@/$RELEASE/" /app/web/index.html
    ;;
esac
