#!/bin/sh
# Writes docs/demo-capture.txt: the demo as it runs here. README.md quotes it, and a test holds the two together.
set -eu
cd "$(dirname "$0")/../.."
{
  echo "\$ npm run demo"
  npm run demo 2>&1
} | sed 's/ *$//' | cat -s >docs/demo-capture.txt
