#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2317 # called by within, and by trap
#
# The start scripts of Debian's packages of Tomcat, ZooKeeper, Maven and Ant, with java as Debian has it and with
# jvisor in its place in the two ways of a user: a link called java in front on PATH, and in the place of
# HOME/bin/java with java.real beside it. What each prints, serves, builds and how it ends must be the same.
#
# Each way has a copy of build/lab/bookworm of its own (an overlay, that root stays as it is), all is in
# namespaces of its own, also of the network: so the packages' own ports are free, only this test reaches them,
# and nothing outlives it.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/run/lib.sh" || exit 1

top_srcdir=$(readlink -f "$top_srcdir")
top_builddir=$(readlink -f "$top_builddir")
LAB=$(readlink -m "${LAB:-$top_srcdir/build/lab}")
export LAB top_srcdir top_builddir
base=$LAB/bookworm

if [ -z "${STARTSCRIPTS_IN-}" ]; then
	said=$("$top_srcdir/tests/lab/root" bookworm bookworm openjdk-17-jdk-headless tomcat10 zookeeper maven ant \
		junit4 libmaven-compiler-plugin-java libmaven-jar-plugin-java libmaven-resources-plugin-java \
		libsurefire-java curl iproute2 procps util-linux 2>&1) || skip_all "$(tail -n 1 <<<"$said")"
	STARTSCRIPTS_IN=$(mktemp -d "$LAB/startscripts.XXXXXX") || exit 1
	trap 'rm -rf --one-file-system "$STARTSCRIPTS_IN"' EXIT
	trap 'kill -KILL "$inside"; exit 1' INT TERM HUP
	export STARTSCRIPTS_IN TMPDIR=$STARTSCRIPTS_IN
	# In the background, so that a signal to us is not held up.
	unshare --mount-proc --propagation private --pid --net --fork --kill-child -- bash "$0" &
	inside=$!
	wait "$inside"
	exit
fi

lib_start
ways='plain path takeover'
# Only then may anything be removed.
unmounted() {
	local way
	for way in $ways; do
		umount --recursive --lazy "$T/$way/root" 2>/dev/null
	done
	lib_cleanup
}
trap unmounted EXIT

# --- The ways ---

# Sets $in, a command that goes into the way's root with what a login gives, and ends in exec.
login() { # WAY USER
	in=(chroot "$T/$1/root" setpriv --reuid "$2" --regid "$2" --init-groups env -i
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
		HOME="/home/$2" USER="$2")
}

make_project() { # FOLDER: one class and its test, for Maven and for Ant
	mkdir -p "$1/src/main/java" "$1/src/test/java"
	cat >"$1/src/main/java/App.java" <<-'END'
		public class App {
		    static String greeting() { return "built and run"; }
		    public static void main(String[] args) { System.out.println(greeting()); }
		}
	END
	cat >"$1/src/test/java/AppTest.java" <<-'END'
		public class AppTest {
		    @org.junit.Test public void greets() {
		        System.err.println("a test says: " + App.greeting());
		        org.junit.Assert.assertEquals("built and run", App.greeting());
		    }
		}
	END
	cat >"$1/pom.xml" <<-'END'
		<project xmlns="http://maven.apache.org/POM/4.0.0">
		  <modelVersion>4.0.0</modelVersion>
		  <groupId>org.example</groupId> <artifactId>app</artifactId> <version>1</version>
		  <properties>
		    <maven.compiler.source>11</maven.compiler.source>
		    <maven.compiler.target>11</maven.compiler.target>
		    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
		  </properties>
		  <dependencies>
		    <dependency>
		      <groupId>junit</groupId> <artifactId>junit</artifactId> <version>4.x</version>
		      <scope>test</scope>
		    </dependency>
		  </dependencies>
		</project>
	END
	cat >"$1/build.xml" <<-'END'
		<project name="app" default="all">
		  <target name="all">
		    <mkdir dir="out"/>
		    <javac srcdir="src/main/java" destdir="out" includeantruntime="false" release="11"/>
		    <jar destfile="app.jar" basedir="out">
		      <manifest><attribute name="Main-Class" value="App"/></manifest>
		    </jar>
		    <java jar="app.jar" fork="true" failonerror="true"/>
		  </target>
		  <target name="broken"><fail message="as asked"/></target>
		</project>
	END
}

make_way() { # WAY: its root, with the pages, the project and the user that builds it
	local root=$T/$1/root pages
	mkdir -p "$T/$1/upper" "$T/$1/work" "$root"
	mount -t overlay overlay -o "lowerdir=$base,upperdir=$T/$1/upper,workdir=$T/$1/work" "$root" &&
		mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" &&
		mount --rbind /sys "$root/sys" || return # whose cgroup a kill was in must show
	pages=$root/var/lib/tomcat10/webapps/ROOT
	echo 'a page at rest' >"$pages/page.html"
	# shellcheck disable=SC2016 # it is Java's
	echo '<%= Integer.parseInt(request.getParameter("a")) * 3 %>' >"$pages/three.jsp"
	echo '<% java.util.List<byte[]> all = new java.util.ArrayList<>();
		for (boolean on = true; on; all.add(new byte[1 << 20])); %>' >"$pages/leak.jsp"
	chroot "$root" useradd --create-home dev
	make_project "$root/home/dev/app"
	chroot "$root" chown -R dev: /home/dev
}

# As the package does: the programs, and a store where each user has a folder.
install_jvisor() { # ROOT
	install -m 755 "$JVISOR" "$1/usr/bin/jvisor"
	ln -s jvisor "$1/usr/bin/jvisorctl"
	install -d -m 1777 "$1/var/lib/jvisor"
}

make_path() {
	local root=$T/path/root
	install_jvisor "$root"
	ln -s /usr/bin/jvisor "$root/usr/local/bin/java"
	# Scripts that do not ask PATH have a file to be told in.
	echo 'JAVA_HOME=/usr/local' >>"$root/etc/default/tomcat10"
	sed -i 's|^JAVA=.*|JAVA=/usr/local/bin/java|' "$root/etc/zookeeper/conf_example/environment"
}

make_takeover() {
	local root=$T/takeover/root bin
	install_jvisor "$root"
	bin=$(echo "$root"/usr/lib/jvm/java-17-openjdk-*/bin)
	mv "$bin/java" "$bin/java.real"
	cp "$root/usr/bin/jvisor" "$bin/java"
}

# --- What is done in each ---

within() { # SECONDS COMMAND...: until it succeeds
	local end=$((SECONDS + $1))
	shift
	while [ "$SECONDS" -lt "$end" ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

# did NAME USER COMMAND...: to its end, in $way
did() {
	local name=$1
	login "$way" "$2"
	shift 2
	timeout -k 5 120 "$HELPERS/waiter" -n -s "$T/$way/$name.status" "${in[@]}" "$@" \
		>"$T/$way/$name.out" 2>"$T/$way/$name.err" </dev/null
}

# began NAME USER COMMAND...: in the background; pid_of has the pid, that of what the script at last executes
began() {
	local name=$1
	login "$way" "$2"
	shift 2
	start_command "$way/$name" "${in[@]}" "$@"
}

over() { # NAME: what began has ended
	within 60 test -s "$T/$way/$1.status"
}

jvm_below() { # PID: java, be it below jvisor or that process itself
	local child
	child=$(ps -o pid= --ppid "$1")
	echo "${child:-$1}"
}

port=8080
get() { # PATH: the answer's body, then its status
	chroot "$T/$way/root" curl -s -m 60 -w '\n%{http_code} %{content_type}\n' "http://127.0.0.1:$port$1"
}

served() { # NAME: a page at rest, one that Java makes, one that is not there
	within 60 get /page.html || diag "$way: $1: no page is served"
	{
		get /page.html
		get '/three.jsp?a=14'
		get /nothing | grep -v '<' # Tomcat's version is in the page
	} >"$T/$way/$1.served"
}

catalina=(CATALINA_HOME=/usr/share/tomcat10 CATALINA_BASE=/var/lib/tomcat10 CATALINA_TMPDIR=/tmp
	JAVA_OPTS=-Djava.awt.headless=true)

# What the unit lets Tomcat write to: ProtectSystem=strict, ReadWritePaths, CacheDirectory, PrivateTmp.
# shellcheck disable=SC2016 # for a shell of its own, whose $0 is the root
protect='
	mount --rbind "$0" "$0" && cd "$0" || exit
	for folder in var/log/tomcat10 var/cache/tomcat10 var/lib/tomcat10/webapps etc/tomcat10/Catalina; do
		mount --bind "$0/$folder" "$0/$folder" || exit
	done
	mount -t tmpfs -o mode=1777 tmp "$0/tmp" && mount -t tmpfs -o mode=1777 tmp "$0/var/tmp" &&
		mount -o remount,bind,ro "$0" && exec "$@"'

# As the unit starts it, to listen where only its capability lets it; stopped as systemd does.
tomcat_unit() {
	local root=$T/$way/root port=80
	sed -i 's/<Connector port="8080"/<Connector port="80"/' "$root/etc/tomcat10/server.xml"
	start_command "$way/unit" unshare --mount --propagation private sh -c "$protect" "$root" \
		chroot "$root" setpriv --reuid tomcat --regid tomcat --init-groups --no-new-privs \
		--inh-caps -all,+net_bind_service --ambient-caps +net_bind_service env -i LANG=C.UTF-8 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin USER=tomcat HOME=/var/lib/tomcat \
		"${catalina[@]}" /bin/sh /usr/libexec/tomcat10/tomcat-start.sh
	served unit
	kill -TERM "$(pid_of "$way/unit")"
	over unit
}

# In the foreground; it ends by itself, asked by a second java through the shutdown port.
tomcat_run() {
	sed -i -e 's/<Server port="-1"/<Server port="8005"/' -e 's/<Connector port="80"/<Connector port="8080"/' \
		"$T/$way/root/etc/tomcat10/server.xml"
	began run tomcat "${catalina[@]}" /usr/share/tomcat10/bin/catalina.sh run
	served run
	did run-stop tomcat "${catalina[@]}" /usr/share/tomcat10/bin/catalina.sh stop
	over run
}

# In the background, with a pidfile.
tomcat_start() {
	local with=("${catalina[@]}" CATALINA_PID=/tmp/tomcat.pid CATALINA_OUT=/tmp/catalina.out)
	did start tomcat "${with[@]}" /usr/share/tomcat10/bin/catalina.sh start
	served start
	did again tomcat "${with[@]}" /usr/share/tomcat10/bin/catalina.sh start
	did stop tomcat "${with[@]}" /usr/share/tomcat10/bin/catalina.sh stop 30
	cp "$T/$way/root/tmp/catalina.out" "$T/$way/start.log"
	did configtest tomcat "${catalina[@]}" /usr/share/tomcat10/bin/catalina.sh configtest
	did version tomcat "${catalina[@]}" /usr/share/tomcat10/bin/catalina.sh version
}

zk=/usr/share/zookeeper/bin
zookeeper() {
	local cli=("$zk/zkCli.sh" -server 127.0.0.1:2181)
	began foreground zookeeper $zk/zkServer.sh start-foreground
	within 60 did status zookeeper $zk/zkServer.sh status
	did create zookeeper "${cli[@]}" create /jvisor 'a value of two  blanks'
	did get zookeeper "${cli[@]}" get /jvisor
	did get-none zookeeper "${cli[@]}" get /nothing
	did typed zookeeper sh -c "printf 'ls /\\nquit\\n' | ${cli[*]}"
	kill -TERM "$(pid_of "$way/foreground")"
	over foreground
	did daemon zookeeper $zk/zkServer.sh start
	within 60 did daemon-status zookeeper $zk/zkServer.sh status
	did daemon-get zookeeper "${cli[@]}" get /jvisor
	did daemon-stop zookeeper $zk/zkServer.sh stop
}

builds() {
	did maven dev sh -c 'cd ~/app && exec mvn -o -B -Dmaven.repo.local=/usr/share/maven-repo package'
	did maven-runs dev java -cp /home/dev/app/target/app-1.jar App
	did maven-broken dev sh -c 'cd ~/app && exec mvn -o -B no-such-phase'
	did ant dev sh -c 'cd ~/app && exec ant'
	did ant-runs dev java -jar /home/dev/app/app.jar
	did ant-broken dev sh -c 'cd ~/app && exec ant broken'
}

# A server that does nothing any more is killed by the script: also what it takes for the server is gone then.
tomcat_force() {
	local with=("${catalina[@]}" CATALINA_PID=/tmp/tomcat.pid CATALINA_OUT=/tmp/catalina.out) jvm
	did start-hung tomcat "${with[@]}" /usr/share/tomcat10/bin/catalina.sh start
	within 60 get /page.html
	jvm=$(jvm_below "$(cat "$T/$way/root/tmp/tomcat.pid")")
	kill -STOP "$jvm"
	did force tomcat "${with[@]}" timeout -k 1 60 /usr/share/tomcat10/bin/catalina.sh stop 1 -force
	within 10 gone "$jvm" || diag "$way: the server that was killed is still there"
}

# --- What must come of it ---

# All that a step left as one text, without what is of the moment (times, pids) and without what jvisor added to
# the command line, where Tomcat logs it. Left to chance are Tomcat's last words at a TERM, its word on a slow start,
# and where among zkCli's lines it tells of its connection.
normal() { # WAY STEP
	local part
	for part in status out err served log; do
		[ ! -e "$T/$1/$2.$part" ] || sed -E \
			-e '/Command line argument: -XX:(\+ExitOnOutOfMemoryError|ErrorFile=.*\/hs_err_pid%p\.log)$/d' \
			-e '/^(WATCHER::|WatchedEvent .*)?$/d' -e '/VersionLoggerListener log$/d' -e '/ INFO \[Thread-[0-9]+\] /d' \
			-e '/createSecureRandom .* took /d' -e '/^tomcat +[0-9]+ +1 /d' \
			-e 's/^[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4} [0-9:.]+ /TIME /' \
			-e 's/^[A-Z][a-z]{2} [0-9]{2}, [0-9]{4} [0-9:]+ [AP]M /TIME /' \
			-e 's/in \[[0-9,]+\] (ms|milliseconds)/in [N] ms/' -e 's/PID:? [0-9]+/PID N/' \
			-e 's/(Total time:|Finished at:|Time elapsed:) +[0-9].*/\1 N/' -e "s/^/$part: /" "$T/$1/$2.$part"
	done
}

# What each step must say of the one line of "STEP|STATUS|PATTERN|WHAT", whoever is java.
table='
unit|exit 143|^served: 42|Tomcat started and caged as by its unit serves, and is ended by TERM
run|exit 0|^served: a page at rest|catalina.sh run serves, and ends by itself
run-stop|exit 0||catalina.sh stop asks it to
start|exit 0|^out: Tomcat started|catalina.sh start goes on at once
again|exit 1|^out: Tomcat appears to still be running|a second start is refused by the pidfile
stop|exit 0|^out: Tomcat stopped|catalina.sh stop waits for the end
configtest|exit 0|Server initialization|catalina.sh configtest
version|exit 0|^out: Server version|catalina.sh version
force|exit 0|^out: The Tomcat process has been killed|catalina.sh stop -force kills a server that hangs
foreground|exit 143||zkServer.sh start-foreground is ended by TERM
status|exit 0|^out: Mode: standalone|zkServer.sh status
create|exit 0|^err: Created /jvisor|zkCli.sh writes a znode
get|exit 0|^out: a value of two  blanks|zkCli.sh reads it back
get-none|exit 1|^err: Node does not exist|zkCli.sh asks for one that is not there
typed|exit 0|^out: \[.*jvisor.*\]|zkCli.sh takes commands from its input
daemon|exit 0|STARTED|zkServer.sh start goes on at once
daemon-status|exit 0|^out: Mode: standalone|and the server answers
daemon-get|exit 0|^out: a value of two  blanks|the znode was kept
daemon-stop|exit 0|STOPPED|zkServer.sh stop
maven|exit 0|^out: .*Tests run: 1, Failures: 0|mvn package: compiled, tested in a JVM of its own, packed
maven-runs|exit 0|^out: built and run|what it built runs
maven-broken|exit 1|BUILD FAILURE|mvn with a phase that is none
ant|exit 0|^out: .*\[java\] built and run|ant: compiled, packed, run in a JVM of its own
ant-runs|exit 0|^out: built and run|what it built runs
ant-broken|exit 1|^err: BUILD FAILED|ant with a target that fails
'

checked() { # WAY: the table, and that all is as by java
	local step status pattern what
	while IFS='|' read -r step status pattern what; do
		[ -n "$step" ] || continue
		normal "$1" "$step" >"$T/$1/$step.text"
		is "$(head -n 1 "$T/$1/$step.text")" "status: $status" "$1: $what: $status"
		like "$T/$1/$step.text" "${pattern:-.}" "$1: $what: says it"
		[ "$1" = plain ] || same "$T/$1/$step.text" "$T/plain/$step.text" "$1: $what: all as by java"
	done <<<"$table"
}

# Zombies are the first process's to take: this script.
nothing_runs() {
	# shellcheck disable=SC2009 # pgrep finds zombies too
	! ps -eo stat=,comm= | grep -E '^[^Z][^ ]* +(java|jvisor)'
}

for way in $ways; do
	make_way "$way" || skip_all 'no overlay is to be had here'
done
make_path
make_takeover
ip link set lo up

for way in $ways; do
	builds & # they wait for long, and share nothing with the servers
	building=$!
	tomcat_unit
	tomcat_run
	tomcat_start
	tomcat_force
	zookeeper
	wait "$building"
	checked "$way"
	ok "$way: nothing runs any more" within 20 nothing_runs
done

# --- What jvisor is there for: way is takeover, with no policy at all ---

listed() { # USER KIND
	did "list-$1" "$1" jvisorctl list
	grep -q "	$2	complete	" "$T/$way/list-$1.out"
}

incident_of() { # USER KIND
	ok "jvisorctl list has it: $2" within 20 listed "$@" || diag "$(cat "$T/$way/list-$1."*)"
}

for user in tomcat zookeeper dev; do
	store=$(chroot "$T/$way/root" id -u "$user")
	is "$(ls -A "$T/$way/root/var/lib/jvisor/$store")" .run "jvisor ran for $user, and there is no incident"
done

# The unit restarts it only on-abort; what systemd sees is told by the status.
began oom tomcat CATALINA_OPTS=-Xmx48m "${catalina[@]}" /bin/sh /usr/libexec/tomcat10/tomcat-start.sh
served oom
get /leak.jsp >/dev/null
over oom
is "$(cat "$T/$way/oom.status")" 'exit 3' 'a page that needs all memory ends Tomcat: exit 3'
like "$T/$way/oom.err" '^jvisor: error: Bootstrap ran out of memory: the Java heap is full' 'and jvisor says why'
incident_of tomcat oom
incident_of tomcat killed # of the one that catalina.sh killed, filed by this start

began killed tomcat "${catalina[@]}" /bin/sh /usr/libexec/tomcat10/tomcat-start.sh
served killed
kill -KILL "$(jvm_below "$(pid_of "$way/killed")")"
over killed
is "$(cat "$T/$way/killed.status")" 'signal 9' 'the JVM of Tomcat is killed: so is what the unit started'
did list tomcat jvisorctl list
is "$(grep -c '	killed	' "$T/$way/list.out")" 2 'and there is one incident more'

# ZooKeeper brings its own way to end: -XX:OnOutOfMemoryError='kill -9 %p'.
for way in plain takeover; do
	began oom zookeeper env -C /tmp JVMFLAGS=-Xmx6m $zk/zkServer.sh start-foreground
	over oom
	is "$(cat "$T/$way/oom.status")" 'signal 9' "$way: ZooKeeper out of memory is ended by its own command"
	like "$T/$way/oom.out" 'Executing /bin/sh -c "kill -9 [0-9]+"' "$way: which the JVM ran"
done
incident_of zookeeper oom
ok 'with the heap dump that ZooKeeper asks for' test -s "$(
	echo "$T/$way/root/var/lib/jvisor/"*/*-oom-*/heap.hprof*)"

# As Debian's alternative for java, which hides the JDK's own from PATH: its home is told by the policy.
way=path
chroot "$T/path/root" update-alternatives --quiet --install /usr/bin/java java /usr/bin/jvisor 9999 2>/dev/null
rm "$T/path/root/usr/local/bin/java"
did alternative dev sh -c 'cd ~/app && exec ant'
is "$(cat "$T/path/alternative.status")" 'exit 127' 'the alternative for java finds no other java by itself'
like "$T/path/alternative.err" '\[java\] home of the policy' 'and says where it can be told'
mkdir "$T/path/root/etc/jvisor"
jdk=$(echo "$T"/path/root/usr/lib/jvm/java-17-openjdk-*)
printf '[java]\nhome = /usr/lib/jvm/%s\n' "${jdk##*/}" >"$T/path/root/etc/jvisor/policy.ini"
did alternative dev sh -c 'cd ~/app && exec ant'
is "$(cat "$T/path/alternative.status")" 'exit 0' 'told that, it is used'

lib_end
