#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The examples for containers, as far as they can be checked without Docker and Kubernetes: they parse, what they name
# is there, their policies are good, and their times fit together.
# shellcheck disable=SC2016,SC1003,SC2013 # texts of other languages; words are wanted
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
lib_start
examples=$top_srcdir/conf/examples

good() { # FILE NAME: a policy that check has nothing against
	"$JVISORCTL" check "$1" >"$out" 2>&1
	is "$?,$(grep -c ': warning' "$out")" 0,0 "$2" || diag "$(cat "$out")"
}
good "$examples/policy.ini" 'policy.ini: check finds nothing'

# --- Dockerfile: what is copied is there, what is installed is what the README says
missing=
while read -r _ from _; do
	case $from in
	--from=* | '${JAR}') ;;
	*) [ -e "$top_srcdir/$from" ] || missing="$missing $from" ;;
	esac
done < <(grep '^COPY' "$examples/Dockerfile")
is "$missing" '' 'Dockerfile: every file that is copied is there'
tr -s ' \\\t\n' '\n' <"$top_srcdir/README" | sort -u >"$T/readme"
for package in $(sed -n '/^RUN apt-get/,/[^\\]$/p' "$examples/Dockerfile" | tr -d '\\' | sed 's/.*recommends//'); do
	grep -qx -- "$package" "$T/readme" || missing="$missing $package"
done
is "$missing" ' libc6-dev' 'Dockerfile: it installs what the README names, and what that brings along'
for option in $(grep -o -- '--enable-[a-z]*' "$examples/Dockerfile"); do
	ok "Dockerfile: configure knows $option" grep -q "JVISOR_SWITCH(\[${option#--enable-}\]" "$top_srcdir/configure.ac"
done

if ! python3 -c 'import yaml' 2>/dev/null; then
	skip 'compose.yaml and kubernetes.yaml' 'python3-yaml is missing'
	lib_end
fi
python3 - "$examples" "$T" >"$out" 2>"$err" <<'END'
import os
import sys
import yaml

examples, out = sys.argv[1:]


def seconds(text):
    return int(str(text).rstrip("s"))


compose = yaml.safe_load(open(os.path.join(examples, "compose.yaml")))
service = compose["services"]["orders"]
build = os.path.normpath(os.path.join(examples, service["build"]["context"]))
print("compose dockerfile", os.path.exists(os.path.join(build, service["build"]["dockerfile"])))
print("compose volumes", sorted(v.split(":")[0] for v in service["volumes"]) == sorted(compose["volumes"]))
print("compose incidents", "/incidents" in [v.split(":")[1] for v in service["volumes"]])
print("compose grace", seconds(service["stop_grace_period"]) >= 10 + 25)
open(os.path.join(out, "set"), "w").write(service["environment"]["JVISOR_SET"])

config, stateful = yaml.safe_load_all(open(os.path.join(examples, "kubernetes.yaml")))
pod = stateful["spec"]["template"]["spec"]
container = pod["containers"][0]
mounts = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
volumes = [v["name"] for v in pod["volumes"]]
volumes += [v["metadata"]["name"] for v in stateful["spec"]["volumeClaimTemplates"]]
print("kubernetes selector", stateful["spec"]["selector"]["matchLabels"] == stateful["spec"]["template"]["metadata"]["labels"])
print("kubernetes volumes", sorted(mounts) == sorted(volumes))
print("kubernetes policy", mounts["policy"] == "/etc/jvisor/policy.d" and config["metadata"]["name"] in str(pod["volumes"]))
print("kubernetes incidents", mounts["incidents"] == "/incidents")
print("kubernetes message", container["terminationMessagePath"] == "/dev/termination-log")
print("kubernetes preStop", "lifecycle" not in container)
print("kubernetes grace", pod["terminationGracePeriodSeconds"] >= 10 + 25)
for name, text in config["data"].items():
    assert name.endswith(".ini")
    open(os.path.join(out, "configmap.ini"), "w").write(text)
END
is "$?,$(cat "$err")" 0, 'compose.yaml and kubernetes.yaml parse'
while read -r file what good; do
	is "$good" True "$file.yaml: $what"
done <"$out"
good "$T/configmap.ini" 'kubernetes.yaml: check finds nothing in its policy'
same <(grep -v '^#' "$T/configmap.ini" | grep .) <(grep -v '^#' "$examples/policy.ini" | grep .) \
	'and it is the policy of the image'
JVISOR_POLICY=$examples/policy.ini JVISOR_SET=$(cat "$T/set") run --jvisor-explain Main
is "$status,$(grep -c warning "$err")" 0,0 'compose.yaml: what it sets is a key'
lib_end
