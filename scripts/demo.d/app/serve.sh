#!/bin/sh
# Starts the web server of the board.
echo "board $RELEASE listens on port 8080"
exec nc -ll -p 8080 -e /app/answer.sh
