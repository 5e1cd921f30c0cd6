#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The sample hooks, run as jvisor runs them: against a small HTTP server on this machine that writes
# down what it is asked, and a remote of rclone that is a folder.

# shellcheck source=tests/run/lib.sh
. "$(dirname "$0")/lib.sh"

for tool in curl rclone python3; do
	command -v $tool >/dev/null || skip_all "$tool is missing"
done

samples=$(cd "$top_srcdir" && pwd)/hooks/samples
T=$(mktemp -d "${TMPDIR:-/tmp}/jvisor-test.XXXXXX") || exit 1
trap lib_cleanup EXIT
trap 'exit 1' INT TERM HUP
out=$T/out
err=$T/err

cat >"$T/server.py" <<'PYTHON'
import http.server, json, os, sys

folder = sys.argv[1]

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        size = int(self.headers.get("Content-Length") or 0)
        request = {
            "method": self.command,
            "path": self.path,
            "headers": {k.lower(): v for k, v in self.headers.items()},
            "body": self.rfile.read(size).decode("utf-8", "replace"),
        }
        with open(folder + "/request", "w") as f:
            json.dump(request, f)
        status = 404 if "unknown" in self.path else 500 if "broken" in self.path else 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_POST = do_DELETE = answer

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(folder + "/port.new", "w") as f:
    f.write(str(server.server_address[1]))
os.rename(folder + "/port.new", folder + "/port")
server.serve_forever()
PYTHON
python3 "$T/server.py" "$T" 2>"$T/server.err" &
started+=($!)
if ! eventually test -s "$T/port"; then
	diag "$(cat "$T/server.err")"
	echo 'Bail out! the HTTP server does not start'
	exit 1
fi
port=$(cat "$T/port")

# The environment that jvisor gives, and no other.
hook() { # SCRIPT NAME=VALUE...
	local script=$samples/$1
	shift
	rm -f "$T/request"
	env -i PATH="$PATH" TMPDIR="$T" HOME="$T" JVISOR_EVENT=oom JVISOR_PID=42 "$@" \
		"$script" oom 42 >"$out" 2>"$err" </dev/null
	status=$?
}

asked() { # EXPRESSION over r, the request, and b, its body as JSON
	python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
try:
    b = json.loads(r["body"])
except ValueError:
    b = None
print(eval(sys.argv[2]))' "$T/request" "$1" 2>&1
}

# consul-deregister.sh
hook consul-deregister.sh CONSUL_HTTP_ADDR="127.0.0.1:$port" SERVICE_ID='web/1 ä' \
	CONSUL_HTTP_TOKEN='to"k\en' http_proxy=http://127.0.0.1:1
is "$status" 0 'consul: the service is deregistered'
is "$(asked 'r["method"] + " " + r["path"]')" \
	'PUT /v1/agent/service/deregister/%77%65%62%2f%31%20%c3%a4' \
	'consul: by PUT, the id as one part of the path'
is "$(asked 'r["headers"]["x-consul-token"]')" 'to"k\en' 'consul: the token is sent as it is'
like "$out" '^deregistered web/1' 'consul: and says so'

printf 'from-file\n' >"$T/token"
hook consul-deregister.sh CONSUL_HTTP_ADDR="http://127.0.0.1:$port/" SERVICE_ID=web \
	CONSUL_HTTP_TOKEN_FILE="$T/token" CONSUL_NAMESPACE=team
is "$(asked 'r["headers"]["x-consul-token"] + " " + r["path"]')" \
	'from-file /v1/agent/service/deregister/%77%65%62?ns=%74%65%61%6d' \
	'consul: the token may be in a file'
hook consul-deregister.sh CONSUL_HTTP_ADDR="127.0.0.1:$port/unknown" SERVICE_ID=web
is "$status $(asked '"x-consul-token" in r["headers"]')" '0 False' \
	'consul: an unknown service is as good as deregistered, no token needed'
hook consul-deregister.sh CONSUL_HTTP_ADDR="127.0.0.1:$port/broken" SERVICE_ID=web
is "$status" 1 'consul: a refusal is a failure'
like "$err" 'HTTP status 500' 'consul: told with the status'
hook consul-deregister.sh CONSUL_HTTP_ADDR=127.0.0.1:1 SERVICE_ID=web
ok 'consul: nobody there is a failure' test "$status" -ne 0
hook consul-deregister.sh
is "$status" 1 'consul: without an id nothing is asked'
like "$err" 'SERVICE_ID is not set' 'consul: and the reason is told'

# webhook-notify.sh
url="http://127.0.0.1:$port/hook?secret=x"
message=$(printf 'quote " back \\ tab \t line\nbreak ü bad \377 end')
hook webhook-notify.sh JVISOR_WEBHOOK_URL="$url" JVISOR_KIND=oom JVISOR_OOM_KIND=heap \
	JVISOR_MESSAGE="$message" JVISOR_EXIT_CODE=3 JVISOR_APP=Leak JVISOR_SIGNAL= \
	JVISOR_WEBHOOK_TOKEN='s3"cret'
is "$status" 0 'webhook: the event is told'
is "$(asked 'r["method"] + " " + r["path"] + " " + r["headers"]["content-type"]')" \
	'POST /hook?secret=x application/json' 'webhook: by POST of JSON'
is "$(asked 'r["headers"]["authorization"]')" 'Bearer s3"cret' 'webhook: with the token'
is "$(asked 'b["incident"]["message"].replace("\ufffd", "")')" \
	'quote " back \ tab   line break ü bad  end' 'webhook: a hostile message stays a text'
is "$(asked 'b["event"], b["incident"]["kind"], b["incident"]["exit_code"], "signal" in b["incident"]')" \
	"('oom', 'oom', '3', False)" 'webhook: what is known is in it, what is not is left out'
is "$(asked 'b["text"].startswith("Leak on ") and ": oom: quote" in b["text"]')" True \
	'webhook: a sentence to show'

mkdir "$T/incident"
printf '{"id": "i-1", "kind": "oom", "verdict": "It leaks."}\n' >"$T/incident/incident.json"
printf '\nThe Java heap\nwas full.\n\nmore\n' >"$T/incident/report.txt"
hook webhook-notify.sh JVISOR_WEBHOOK_URL="$url" JVISOR_INCIDENT_DIR="$T/incident" \
	JVISOR_REPORT="$T/incident/report.txt" JVISOR_APP=Leak
is "$(asked 'b["incident"]["verdict"], b["text"].split(": ")[1]')" \
	"('It leaks.', 'The Java heap was full.')" 'webhook: the incident is in it where there is one'
hook webhook-notify.sh JVISOR_WEBHOOK_URL="$url" JVISOR_KIND=crash JVISOR_WEBHOOK_TEXT_ONLY=yes
is "$(asked 'list(b)')" "['text']" 'webhook: text alone for a chat'
hook webhook-notify.sh JVISOR_WEBHOOK_URL="$url/broken"
is "$status" 1 'webhook: a refusal is a failure'
hook webhook-notify.sh
is "$status" 1 'webhook: without a URL nothing is told'
is "$(find "$T" -name 'tmp.*')" '' 'webhook: nothing is left behind'

# upload-rclone.sh
mkdir "$T/incident/hooks" "$T/remote"
printf 'log\n' >"$T/incident/hs_err.log"
printf 'mine\n' >"$T/incident/hooks/50-upload.log"
upload=(JVISOR_RCLONE_REMOTE=x:"$T/remote" RCLONE_CONFIG_X_TYPE=local JVISOR_INCIDENT=i-1
	JVISOR_INCIDENT_DIR="$T/incident" RCLONE_CONFIG="$T/rclone.conf")
: >"$T/rclone.conf"
there=$T/remote/$(uname -n)/i-1
hook upload-rclone.sh "${upload[@]}"
is "$status" 0 'upload: the incident is copied'
is "$(cd "$there" && find . -type f | sort | tr '\n' ' ')" \
	'./hs_err.log ./incident.json ./report.txt ' 'upload: all but what hooks still write'
same "$T/incident/incident.json" "$there/incident.json" 'upload: byte for byte'
like "$out" "^copied i-1 to x:$T/remote/" 'upload: and says where'
printf '{"id": "i-1", "status": "complete"}\n' >"$T/incident/incident.json"
printf 'core\n' >"$T/incident/core.gz"
hook upload-rclone.sh "${upload[@]}"
is "$status" 0 'upload: may be run again'
ok 'upload: what was missing is there' test -s "$there/core.gz"
same "$T/incident/incident.json" "$there/incident.json" 'upload: the index is the newer one'
printf 'other\n' >"$there/hs_err.log"
hook upload-rclone.sh "${upload[@]}"
ok 'upload: evidence that is there is never changed' test "$status" -ne 0
is "$(cat "$there/hs_err.log")" other 'upload: not even then'
hook upload-rclone.sh JVISOR_RCLONE_REMOTE=x:y
is "$status" 1 'upload: without an incident nothing is copied'
hook upload-rclone.sh
is "$status" 1 'upload: without a remote nothing is copied'

lib_end
