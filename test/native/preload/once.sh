#!/bin/sh
# once.sh LIBRARY LOCK count|plain PROGRAM...: the program with the library in front of it; the files
# that it leaves are removed. Fails where the program does, or does not print `right` alone.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
library=$1 lock=$2 counts=$3
shift 3
out=$(LD_PRELOAD=$library DMTORTURE_PRELOAD="$lock $counts force $folder" "$@") || exit
# The loader only warns of a library that is not there.
[ "$out" = right ] && grep -q ^reached "$folder/notes"
