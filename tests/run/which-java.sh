#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Which java is run, in the order of the contract, and never ourselves.
. "${top_srcdir:-.}/tests/run/lib.sh" || exit 1
lib_start

for home in one two three four; do
	make_jdk "$T/$home"
done
mkdir "$T/r" "$T/bin" "$T/empty" "$T/self" "$T/folder"
ln -s "$JVISOR" "$T/bin/java"
ln -s "$JVISOR" "$T/self/jvisor"
tools=$PATH
unset JVISOR_JAVA

# found NAME EXPECTED COMMAND...: which fake JVM was run (its folder's name)
found() {
	local name=$1 expected=$2 exe
	shift 2
	rm -f "$T/r/state"
	timeout --foreground -k 1 10 "$@" -Dfake.report="$T/r" Main >"$out" 2>"$err" </dev/null
	exe=$(state "$T/r" exe 2>/dev/null)
	is "${exe#"$T/"}" "$expected" "$name" || diag "$(cat "$err")"
}

settings java.path="$T/two/bin/java" java.home="$T/three"
export JAVA_HOME=$T/four PATH=$T/four/bin:$tools
found 'JVISOR_JAVA is before all' one/bin/java env JVISOR_JAVA="$T/one/bin/java" "$JVISOR"
found '[java] path is before [java] home' two/bin/java "$JVISOR"
settings java.home="$T/three"
found '[java] home is before the environment' three/bin/java "$JVISOR"
settings
export JAVA_HOME=$T/one PATH=$T/two/bin:$tools
found 'called jvisor, JAVA_HOME is before PATH' one/bin/java "$JVISOR"
found 'called java, PATH is before JAVA_HOME' two/bin/java "$T/bin/java"
unset JAVA_HOME
found 'called jvisor without JAVA_HOME it is PATH' two/bin/java "$JVISOR"
export PATH=$T/bin:$T/two/bin:$tools
found 'the next java on PATH, not the link to ourselves' two/bin/java "$T/bin/java"
found 'also where a shell finds us by the name alone' two/bin/java env java
export JAVA_HOME=$T/jvisorhome PATH=$T/two/bin:$tools
mkdir -p "$JAVA_HOME/bin"
ln -s "$JVISOR" "$JAVA_HOME/bin/java"
found 'a JAVA_HOME whose java is ourselves is passed over' two/bin/java "$JVISOR"
ln -s "$T/self/jvisor" "$T/empty/java"
export PATH=$T/empty:$T/one/bin:$tools
found 'links to links are seen through' one/bin/java "$T/bin/java"

make_jdk "$T/taken"
mv "$T/taken/bin/java" "$T/taken/bin/java.real"
cp "$JVISOR" "$T/taken/bin/java"
settings java.path="$T/two/bin/java"
found 'java.real beside us is before [java] path' taken/bin/java.real "$T/taken/bin/java"
settings
export JAVA_HOME=$T/taken PATH=$T/taken/bin:$tools
found 'also by PATH' taken/bin/java.real env java
found 'also where jvisor is called, and finds that java' taken/bin/java.real "$JVISOR"
make_jdk "$T/linked"
mv "$T/linked/bin/java" "$T/linked/bin/java.real"
ln -s "$T/self/jvisor" "$T/linked/bin/java"
mkdir "$T/chain"
ln -s "$T/linked/bin/java" "$T/chain/java"
found 'a link to us in the place of a java is as good as a copy' linked/bin/java.real "$T/linked/bin/java"
found 'also through more links' linked/bin/java.real "$T/chain/java"
export JAVA_HOME=$T/linked PATH=$T/chain:$tools
found 'also by PATH, through links' linked/bin/java.real env java
unset JAVA_HOME

# refused NAME STATUS COMMAND...: on a PATH that has env and no java
mkdir "$T/tools"
ln -s "$(type -P env)" "$T/tools/env"
export PATH=$tools
refused() {
	local name=$1 expected=$2
	shift 2
	timeout --foreground -k 1 10 env PATH="$T/tools" "$@" -Dfake.report="$T/r" Main \
		>"$out" 2>"$err" </dev/null
	is $? "$expected" "$name: status $expected"
	like "$err" '^jvisor: .*(java|JAVA)' 'with a sentence'
}

refused 'no java anywhere' 127 "$JVISOR"
refused 'JVISOR_JAVA names nothing' 127 env JVISOR_JAVA="$T/nothing" "$JVISOR"
refused 'JVISOR_JAVA is ourselves' 127 env JVISOR_JAVA="$JVISOR" "$JVISOR"
cp "$T/one/release" "$T/notes"
chmod 644 "$T/notes"
refused 'JVISOR_JAVA is not executable' 126 env JVISOR_JAVA="$T/notes" "$JVISOR"
refused 'JVISOR_JAVA is a folder' 126 env JVISOR_JAVA="$T/folder" "$JVISOR"

lib_end
