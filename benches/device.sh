#!/bin/sh
# Checks a device against the CPU, and measures both side by side, within nine minutes.
#
# usage: benches/device.sh TALLYHO TESTS [FOLDER]
#
#   TALLYHO  the program: cargo build --release, stripped
#   TESTS    the device tests: cargo test --release --test device --no-run, stripped
#   FOLDER   where results go; the one it is called in, if left out
#
# It needs these two files and a Vulkan loader, nothing else. Correctness comes first: where
# the tests fail, or two digests differ, it ends with status 1 and measures nothing more.
# Every figure is printed as soon as it is there; the table for docs/devices.md is in
# FOLDER/device.md. PERCENT (100 if unset) is of the numbers of rows; DEVICE names the device
# (gpu if unset).

set -eu

[ $# -ge 2 ] || { sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 2; }
tallyho=$(realpath "$1")
tests=$(realpath "$2")
folder=$(realpath "${3:-.}")
percent=${PERCENT:-100}
device=${DEVICE:-gpu}
began=$(date +%s)
ends=$((began + 520))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
export NODEVICE_SELECT=1 TALLYHO_CACHE_DIR="$work/cache"

left() { echo $((ends - $(date +%s))); }
say() { echo "[$(($(date +%s) - began)) s] $*"; }

bytes=$(($(wc -c <"$tallyho") + $(wc -c <"$tests")))
say "program and tests: $((bytes >> 20)) MiB"

say "devices"
"$tallyho" devices | tee "$folder/devices.txt"

say "correctness: the device tests"
if TALLYHO_REQUIRE_GPU=1 timeout 240 "$tests" >"$folder/tests.txt" 2>&1 &&
    grep '^test result: ok' "$folder/tests.txt"; then
    say "what a device counts is what the CPU counts"
else
    tail -30 "$folder/tests.txt"
    say "the device tests failed, were none, or took over 240 s; nothing was measured"
    exit 1
fi

table="$folder/device.md"
{
    echo "| work | bytes | CPU | device | device, GB/s |"
    echo "|---|---:|---:|---:|---:|"
} >"$table"

# The value of a key in a report, as text.
value() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$1" | head -1; }

# Counts files on both, three times each, the faster one of each counts.
# measure NAME BYTES ARGUMENTS...
measure() {
    name=$1
    size=$2
    shift 2
    if [ "$(left)" -lt 30 ]; then
        say "$name: left out, there is no time"
        return
    fi
    for on in cpu device; do
        named=$device
        [ "$on" = cpu ] && named=cpu
        best=
        for _ in 1 2 3; do
            (cd "$work" && timeout "$(left)" "$tallyho" eval --json --device "$named" "$@") >"$work/$on.json" 2>"$work/errors" || {
                say "$name on $named failed, or took all the time there is"
                cat "$work/errors"
                exit 1
            }
            seconds=$(value "$work/$on.json" seconds)
            best=$(echo "$best $seconds" | awk '{ print (NF > 1 && $1 < $2 ? $1 : $NF) }')
        done
        echo "$best" >"$work/$on.seconds"
    done
    if [ "$(value "$work/cpu.json" digest)" != "$(value "$work/device.json" digest)" ]; then
        say "$name: the digests of CPU and device differ"
        exit 1
    fi
    if [ "$(value "$work/device.json" kind)" != gpu ]; then
        say "$name: counted on the CPU: $(value "$work/device.json" chosen_because)"
        return
    fi
    awk -v name="$name" -v size="$size" -v cpu="$(cat "$work/cpu.seconds")" \
        -v device="$(cat "$work/device.seconds")" 'BEGIN {
            printf "| %s | %.0f MB | %.3f s | %.3f s | %.2f |\n",
                name, size / 1e6, cpu, device, size / 1e9 / device }' | tee -a "$table"
}

rows() { echo $(($1 / 100 * percent)); }
synth() { (cd "$work" && "$tallyho" synth --quiet "$@"); }

n=$(rows 20000000)
synth --rows "$n" --classes 1000 --labels y.npy --predictions p.npy
measure "pairs of 1,000 classes" "$(cat "$work/y.npy" "$work/p.npy" | wc -c)" \
    --labels y.npy --predictions p.npy
synth --rows "$n" --binary --labels y.npy --scores s.npy
measure "one score per row, in order" "$(cat "$work/y.npy" "$work/s.npy" | wc -c)" \
    --labels y.npy --scores s.npy
for shape in "10 10000000" "100 2000000" "1000 200000"; do
    classes=${shape% *}
    n=$(rows "${shape#* }")
    synth --rows "$n" --classes "$classes" --labels y.npy --scores s.npy
    measure "logits of $classes classes" "$(cat "$work/y.npy" "$work/s.npy" | wc -c)" \
        --labels y.npy --scores s.npy
    measure "argmax of $classes classes" "$(cat "$work/y.npy" "$work/s.npy" | wc -c)" \
        --labels y.npy --scores s.npy --metrics accuracy
done

seconds=$(left)
if [ "$seconds" -gt 30 ]; then
    say "in memory, without files"
    "$tallyho" bench --device "$device" --seconds "$((seconds / 2))" -o "$folder/bench.md"
fi
say "done; the table is in $table"
