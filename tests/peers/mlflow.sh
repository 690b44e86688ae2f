#!/usr/bin/env bash
# Publishes a night to a real MLflow server and reads it back by MLflow's own
# client. Needs Python 3.10 or later and some minutes for `pip install`; run by
# hand:
#
#   tests/peers/mlflow.sh [VERSION]
#
# The last output stands at the end of read_back.py. VENV names a virtual environment
# with MLflow, to be used in place of a fresh one.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT

if [ -z "${VENV-}" ]; then
  VENV=$folder/venv
  python3 -m venv "$VENV"
  "$VENV/bin/pip" install --quiet "mlflow${1:+==$1}"
fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export MLFLOW_TRACKING_URI=http://127.0.0.1:$port
"$VENV/bin/mlflow" server --host 127.0.0.1 --port "$port" --workers 1 \
  --backend-store-uri "sqlite:///$folder/mlflow.db" \
  --artifacts-destination "$folder/artifacts" >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 120); do
  ! "$VENV/bin/python" -c "import urllib.request as r; r.urlopen('$MLFLOW_TRACKING_URI/health')" 2>/dev/null || break
  sleep 1
done

TALLYHO_MLFLOW_URL=$MLFLOW_TRACKING_URI cargo test --locked --test peers -- an_mlflow_server
"$VENV/bin/python" tests/peers/read_back.py || { tail -50 "$folder/log"; exit 1; }
