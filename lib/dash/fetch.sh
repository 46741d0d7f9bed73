#!/bin/sh
# fetch.sh SOURCE DIR build|test - the npm packages that SOURCE/package-lock.json names, into
# DIR/node_modules: those the pages are made with, or those they are tested with, too. Nothing
# is asked of the registry when they are there already.
set -eu
source=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
case $3 in
build) omit=--omit=dev ;;
test) omit= ;;
esac

stamp=$dir/node_modules/.fetched-$3
cmp -s "$source/package-lock.json" "$stamp" && exit 0
cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$dir"
cd "$dir"
# A registry that cannot be reached is told soon, not after minutes of trying.
npm ci $omit --ignore-scripts --prefer-offline --loglevel=error \
    --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=30000
cp package-lock.json "$stamp"
