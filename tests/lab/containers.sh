#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The static jvisor as PID 1 of real containers (runc): a glibc image with a real JDK, a musl image, one with
# nothing in it but two files; and what orchestrators do to them. Not inside the lab's root, but beside it.
# shellcheck disable=SC2317 # functions are called by traps and eventually
. "${top_srcdir:-$(dirname "$0")/../..}/tests/run/lib.sh" || exit 1
top_srcdir=$(readlink -f "$top_srcdir")
top_builddir=$(readlink -f "$top_builddir")
export top_srcdir top_builddir
: "${LAB:=$top_srcdir/build/lab}"

PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" -eq 0 ] || skip_all 'containers are made by root here'
for tool in runc python3 debootstrap; do
	command -v $tool >/dev/null || skip_all "$tool is missing"
done
if [ -z "${IN_MOUNTS-}" ]; then
	unshare --mount --propagation private true 2>/dev/null || skip_all 'no mount namespace is to be had here'
	IN_MOUNTS=1 exec unshare --mount --propagation private -- bash "$(readlink -f "$0")" "$@"
fi

# The static build is a folder of its own in the build folder.
static=$top_builddir/tests/lab/static
static_build() {
	mkdir -p "$static" && cd "$static" || return
	[ -e Makefile ] || "$top_srcdir/configure" -q --enable-static CC="${CC:-gcc}" || return
	make -s -j2 jvisor || return
	strip -o stripped jvisor
}
mkdir -p "$LAB" "$top_builddir/tests/lab"
(static_build) >"$static.log" 2>&1 || skip_all "no static jvisor: $(tail -n 1 "$static.log")"
"$top_srcdir/tests/lab/root" bookworm bookworm openjdk-17-jre-headless >"$LAB/bookworm.log" 2>&1 ||
	skip_all "no glibc image: $(tail -n 1 "$LAB/bookworm.log")"

lib_start
STORE=$T/incidents
runc_root=$T/runc
group=/jvisor-test-$$
remove_containers() {
	local id folder
	for id in $(runc --root "$runc_root" list -q 2>/dev/null); do
		runc --root "$runc_root" delete --force "$id" >/dev/null 2>&1
	done
	umount "$T"/image/*/root 2>/dev/null
	for folder in /sys/fs/cgroup/*"$group"; do
		if [ -d "$folder" ]; then rmdir "$folder"/* "$folder"; fi
	done 2>/dev/null
}
trap 'remove_containers; lib_cleanup' EXIT

# image NAME [LOWER]: an empty folder, or what is written over LOWER; prints its root
image() {
	local at=$T/image/$1
	mkdir -p "$at/root" "$at/upper" "$at/work"
	[ -z "${2-}" ] ||
		mount -t overlay overlay -o "lowerdir=$2,upperdir=$at/upper,workdir=$at/work" "$at/root" || return
	mkdir -p "$at/root"/{proc,sys,dev,tmp,app,etc/jvisor}
	chmod 1777 "$at/root/tmp"
	echo "$at/root"
}
copy() { # FROM... TO: as a Dockerfile does
	mkdir -p "$(dirname "${!#}")"
	cp "$@"
}
volume() { # a new, empty one for the incidents
	rm -rf "$STORE"
	mkdir -m "${1:-755}" "$STORE"
	volume=(--mount "$STORE:/incidents" --env 'JVISOR_SET=collect.dir=/incidents')
}

n=0
made() { # IMAGE [OPTION...] -- COMMAND...: prepares, sets id
	local rootfs=$T/image/$1/root
	n=$((n + 1))
	id=jvisor-$$-$n
	shift
	"$top_srcdir/tests/lab/bundle" "$T/$id" "$rootfs" "$group/$id" "$@"
}
# The status is what an orchestrator reads.
contained() {
	made "$@"
	timeout -k 1 60 runc --root "$runc_root" run --bundle "$T/$id" "$id" >"$out" 2>"$err" </dev/null
	status=$?
}
is_running() { runc --root "$runc_root" state "$1" | grep -q '"status": "running"'; }
started() { # the same in the background; $T/ID.{out,err,status}
	made "$@"
	(
		runc --root "$runc_root" run --bundle "$T/$id" "$id" >"$T/$id.out" 2>"$T/$id.err" </dev/null
		echo $? >"$T/$id.status"
	) &
	eventually is_running "$id"
}
signal() { runc --root "$runc_root" kill "$@"; } # [--all] ID SIGNAL
ended_with() { # ID: waits
	eventually test -s "$T/$1.status"
	cat "$T/$1.status"
}
jvm_in() { # ID: the JVM's pid, as seen from here
	runc --root "$runc_root" ps --format json "$1" 2>/dev/null | tr -d '[]' | tr ',' '\n' | sed 1d
}
has_jvm() { [ -n "$(jvm_in "$1")" ]; }

jvisor=$static/stripped
sources=("$top_srcdir/tests/helpers/fakejvm.c" "$top_srcdir/tests/helpers/remains.c")
fake() { # COMPILER OPTION... FILE
	"$@" -w -std=gnu11 -D_GNU_SOURCE -I"$top_srcdir" "${sources[@]}"
}

# --- the images: one with a real JDK, one whose java is dynamically linked with musl, one with nothing else
glibc=$(image glibc "$LAB/bookworm")
copy "$jvisor" "$glibc/usr/local/bin/jvisor"
copy "$jvisor" "$glibc/opt/plain/java" # COPY jvisor /usr/bin/java
cp --remove-destination "$jvisor" "$glibc/usr/bin/java"
javac -source 8 -target 8 -nowarn -Xlint:-options -d "$glibc/app" "$top_srcdir"/tests/java/*.java 2>"$out" ||
	skip_all "javac does not compile: $(tail -n 1 "$out")"
home=/usr/lib/jvm/java-17-openjdk-$(dpkg --print-architecture)
jdk=(--env "JAVA_HOME=$home")

scratch=$(image scratch)
copy "$jvisor" "$scratch/jvisor"
fake gcc -static -o "$T/fake-static" 2>"$out" || diag "$(cat "$out")"
make_jdk "$scratch/jdk"
copy "$T/fake-static" "$scratch/jdk/bin/java"
is "$(cd "$scratch" && find . -type f -executable | sort | xargs)" './jdk/bin/java ./jvisor' \
	'an image from scratch has two programs'
fake_jdk=(--env JAVA_HOME=/jdk)

# --- as PID 1 in each
volume
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.exit=7 Main
is "$status" 7 'scratch: a program runs, its status is the container'"'"'s'
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.oom Main
is "$status" 3 'scratch: memory exhausted is 3'
is "$(field "$(incident)" kind),$(field "$(incident)" status)" oom,complete 'scratch: filed, wholly'
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.crash Main
is "$status" 134 'scratch: a crash is 134'
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.signal=9 Main
is "$status" 137 'scratch: killed is 137'
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor --jvisor-set=hooks.dir=nonsense Main
is "$status" 78 'scratch: a policy that is refused is 78'
contained scratch "${volume[@]}" -- /jvisor Main
is "$status" 127 'scratch: without a java it is 127'
started scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.wait Main
eventually has_jvm "$id"
signal "$id" TERM
is "$(ended_with "$id")" 143 'scratch: stopped is 143'

if command -v musl-gcc >/dev/null; then
	musl=$(image musl)
	copy "$jvisor" "$musl/usr/bin/jvisor"
	copy "$(readlink -f /lib/ld-musl-*.so.1)" "$musl/$(echo /lib/ld-musl-*.so.1)"
	fake musl-gcc -o "$T/fake-musl" 2>"$out" || diag "$(cat "$out")"
	make_jdk "$musl/jdk"
	copy "$T/fake-musl" "$musl/jdk/bin/java"
	volume
	contained musl "${volume[@]}" "${fake_jdk[@]}" -- jvisor -Dfake.crash Main
	is "$status" 134 'musl: a crash is 134'
	is "$(field "$(incident)" kind),$(field "$(incident)" status)" crash,complete 'musl: filed, wholly'
	like "$(incident)/report.txt" 'libfake.so' 'musl: with the frame'
else
	skip 'in a musl image' 'musl-gcc is missing'
fi

ln -s jvisor "$glibc/usr/local/bin/jvisorctl"
volume
contained glibc "${volume[@]}" "${jdk[@]}" -- jvisor -cp /app Hello
is "$status,$(cat "$err")" '0,and goodbye' 'glibc: a real JVM runs'
contained glibc "${volume[@]}" "${jdk[@]}" -- java -cp /app Hello
is "$status,$(cat "$err")" '0,and goodbye' 'glibc: and in the place of /usr/bin/java'
contained glibc "${volume[@]}" "${jdk[@]}" -- java -cp /app Crash
is "$status" 134 'glibc: its crash is 134'
is "$(field "$(incident)" kind),$(field "$(incident)" confidence)" crash,confirmed 'glibc: filed as one'
contained glibc "${volume[@]}" -- jvisorctl --dir /incidents list
like "$out" '^2.*-crash-.*libjvm.so' 'glibc: jvisorctl lists it'

# --- the limit is hit: by the heap within it, by a heap over it, by native memory
volume
log=$T/termination-log
: >"$log"
contained glibc "${volume[@]}" "${jdk[@]}" --memory $((256 << 20)) --mount "$log:/dev/termination-log" -- \
	jvisor -Xmx48m -cp /app Leak
is "$status" 3 'the heap is full: 3'
is "$(field "$(incident)" kind)" oom 'an incident of kind oom'
is "$(head -n 1 "$log")" "$(field "$(incident)" verdict)" 'the termination log has its sentence'
is "$(tail -n 1 "$log")" "incident $(basename "$(incident)") in /incidents" 'and its name'
contained glibc "${volume[@]}" "${jdk[@]}" --memory $((160 << 20)) --mount "$log:/dev/termination-log" -- \
	jvisor -Xmx1g -XX:+AlwaysPreTouch -Xms1g -cp /app Hello
is "$status" 137 'a heap over the limit is killed by the kernel: 137'
is "$(field "$(incident)" kind),$(field "$(incident)" confidence)" oom-killer,confirmed 'which is told apart'
is "$(head -n 1 "$log")" "$(field "$(incident)" verdict)" 'the termination log was written anew'
contained glibc "${volume[@]}" "${jdk[@]}" --memory $((200 << 20)) -- jvisor -Xmx64m -cp /app Native
is "$status" 137 'native memory over the limit: 137'
is "$(field "$(incident)" kind)" oom-killer 'and so it is'

# --- what orchestrators ask of an image
volume 777
contained scratch --read-only --tmpfs /tmp "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.crash Main
is "$status,$(field "$(incident)" status)" 134,complete 'a root that is read-only'
contained scratch --read-only --tmpfs /tmp "${fake_jdk[@]}" -- /jvisor -Dfake.oom Main
is "$status" 3 'with nothing but a tmpfs to write to'
volume 775
contained glibc --user 12345:0 --caps '' --read-only --tmpfs /tmp "${volume[@]}" "${jdk[@]}" -- \
	jvisor -Xmx32m -cp /app Leak
is "$status,$(field "$(incident)" kind)" 3,oom 'a uid that no passwd file knows, without any capability'
is "$(stat -c %u "$(incident)")" 12345 'owns its incidents'
contained scratch --proc hidepid --user 12345:12345 --caps '' --tmpfs /tmp "${fake_jdk[@]}" \
	--env JVISOR_SET=collect.dir=/tmp/incidents -- /jvisor -Dfake.crash Main
is "$status" 134 'a /proc that hides others'
like "$err" 'incident .*-crash-' 'and the crash is filed'
contained glibc --mount "$STORE:/incidents" "${jdk[@]}" \
	--env 'JVISOR_SET=collect.dir=/incidents;process.user=4321;process.ambient_caps=net_bind_service' -- \
	jvisor -cp /app Bind 80 80
like "$out" '^bound 80 as' 'port 80 for an ordinary user, with what Docker gives to root'

# Rootless: root of a user namespace, and other users in it.
volume
chmod 711 "$T" "$T/image" "$T/image/scratch"
chown 100000:100000 "$STORE"
contained scratch --map 100000 --tmpfs /tmp "${fake_jdk[@]}" --mount "$STORE:/incidents" \
	--env 'JVISOR_SET=collect.dir=/incidents;process.user=4321;process.ambient_caps=net_bind_service' -- \
	/jvisor -Dfake.perf=never -Dfake.crash Main
is "$status" 134 'a user namespace: a JVM of another user' || diag "$(cat "$err")"
is "$(field "$(incident)" kind),$(field "$(incident)" status)" crash,complete 'and its crash is filed'
is "$(stat -c %u "$(incident)")" 100000 'by root of the namespace'

# Without any /proc, where runc itself does not run.
volume
mkdir -p "$scratch/incidents"
mknod -m 666 "$scratch/dev/null" c 1 3
mount --bind "$STORE" "$scratch/incidents"
bare() { # COMMAND...
	unshare --pid --fork --kill-child -- env -i JAVA_HOME=/jdk JVISOR_SET=collect.dir=/incidents \
		"$(command -v chroot)" "$scratch" "$@" >"$out" 2>"$err" </dev/null
	status=$?
}
bare /jvisor -Dfake.perf=never -Dfake.exit=5 Main
is "$status" 5 'no /proc at all: the program runs'
bare /jvisor -Dfake.perf=never -Dfake.crash Main
is "$status,$(field "$(incident)" kind)" 134,crash 'and its crash is filed' || diag "$(cat "$err")"
umount "$scratch/incidents"

# Behind a tiny init, which ends the container when its child has ended.
if command -v tini-static >/dev/null; then
	copy "$(command -v tini-static)" "$scratch/tini"
	volume
	contained scratch "${volume[@]}" "${fake_jdk[@]}" --env container=oci -- /tini -- /jvisor -Dfake.crash Main
	is "$status,$(field "$(incident)" status)" 134,complete 'as the child of tini it waits for the digest too'
else
	skip 'as the child of tini' 'tini is missing'
fi

# --- two that share a volume
volume
started scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.wait Main
first=$id
eventually has_jvm "$first"
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.crash Main
is "$(incident_count)" 1 'a second container files its own death, not the life of the first'
signal "$first" KILL
is "$(ended_with "$first")" 137 'the first is killed outright'
is "$(incident_count)" 1 'which nobody can file then'
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.exit=0 -Dfake.sleep=500 Main
ok 'the next start files it' eventually test "$(incident_count)" -eq 2
filed=$(grep -l '"kind": *"killed"' "$STORE"/*/incident.json)
is "$(field "$(dirname "$filed")" confidence)" presumed 'as killed, presumed' || head -n 20 "$STORE"/*/incident.json

volume
started scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.sleep=200 -Dfake.crash Main
first=$id
contained scratch "${volume[@]}" "${fake_jdk[@]}" -- /jvisor -Dfake.sleep=200 -Dfake.crash Main
is "$status,$(ended_with "$first")" 134,134 'two that crash at a time'
is "$(cat "$STORE"/*/incident.json | grep -c '"status": "complete"')" 2 'are two incidents'

# As memory.oom.group does since Kubernetes 1.28: everything in the cgroup at once.
volume
started glibc "${volume[@]}" "${jdk[@]}" -- jvisor -cp /app Sleeper 60
eventually has_jvm "$id"
signal --all "$id" KILL
is "$(ended_with "$id")" 137 'JVM and jvisor are killed together'
contained glibc "${volume[@]}" "${jdk[@]}" -- jvisor -cp /app Sleeper 1
is "$(incident_count)" 1 'and the next start files it'
like "$(incident)/report.txt" 'Sleeper' 'with its name'

# --- a stop during a heap dump, with 30 seconds of grace
volume
printf '%s\n' '[policy]' 'profile = container' '[oom]' 'heap_dump = yes' '[hook slow]' 'event = oom' 'run = sleep 3' \
	>"$glibc/etc/jvisor/policy.ini"
started glibc "${volume[@]}" "${jdk[@]}" --memory $((1 << 30)) -- jvisor -Xmx200m -cp /app Leak
dumping() { find "$STORE/.run" -name '*.hprof' | grep -q .; }
eventually dumping
signal "$id" TERM
code=$(ended_with "$id")
ok 'a stop during a dump ends in time' test -n "$code"
is "$code" 3 'and the JVM that was ending by itself has its own status'
is "$(field "$(incident)" kind),$(field "$(incident)" status)" oom,complete 'its incident is whole'
ok 'so is the dump' test -s "$(incident)/heap.hprof.gz"
lib_end
