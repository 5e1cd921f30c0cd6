#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One JDK against jvisor: random command lines (cases.py), first the golden ones of cases.json.

For each case plain java is the truth. Against it stand, in this order:
  - what `jvisorctl explain --json` says of the line: main class, arguments, properties, value and origin of each
    managed flag, or that java refuses it or only prints something;
  - profile off: a program in java's place has to receive every byte of arguments and environment, and of every
    twentieth case the real JVM has to answer as before;
  - a random policy: the JVM has to have the flags that the policy, the user's settings and the plan say, and the
    program all that it had before. It is started again only where the plan changes something, and in every twentieth.
Results are TAP: one for each golden case, one for each hundred of the random ones. A failure prints the case; give
it again by --case.
"""

import argparse
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True  # nothing is to be left in the sources
import cases  # noqa: E402

TABLE = re.compile(r"^ *(bool|int|uint|intx|uintx|uint64_t|size_t|double|ccstr|ccstrlist) +(\w+) +(:?=) ?(.*)$")
MORE = re.compile(r"^ +(\w+) +\+= (.*)$")
TAIL = re.compile(r" *\{[^{}]*\}(?: *\{([^{}]*)\})? *$")
ORIGINS = {
    "default": {"default", "ergonomic"},
    "-XX:Flags file": {"config file"},
    "JAVA_TOOL_OPTIONS": {"environment"},
    "_JAVA_OPTIONS": {"environment"},
    "JDK_JAVA_OPTIONS": {"command line"},
    "command line": {"command line"},
}
SETTINGS = "policy.profile=%s;crash.error_file=no;crash.core=yes;java.supervise=no;collect.on="
MINIMAL = SETTINGS % "minimal"
# What other profiles say of flags by keys of their own.
KEYED = ("ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError", "HeapDumpOnOutOfMemoryError", "HeapDumpGzipLevel")
# The last is said or not by the limit on cores, which a policy may raise.
SKIPPED = re.compile(r"^(NOTE: )?Picked up |^jvisor: |^OpenJDK 64-Bit Server VM warning: CreateCoredumpOnCrash")


class Answer:
    """What a JVM said: its status, stderr, flags (of PrintCommandLineFlags only those that are set) and what reached
    the program."""

    def __init__(self, done, defaults=None):
        self.status = done.returncode
        out = done.stdout.decode("utf-8", "surrogateescape")
        err = done.stderr.decode("utf-8", "surrogateescape")
        self.stderr = [line for line in err.split("\n") if not SKIPPED.match(line)]
        self.flags, self.origins, self.args, self.properties = {}, {}, None, {}
        rest, name, at = [], None, None
        for line in out.split("\n"):
            if line.startswith("-XX:") and not self.flags:
                self.flags = dict(defaults or {})
                self.command_line(line)
                continue
            row = TABLE.match(line) if at is None else None
            more = MORE.match(line) if at is None and not row else None
            if row:
                name = row.group(2)
                self.flags[name] = ""
                self.add(name, row.group(4))
            elif more and more.group(1) == name:
                self.flags[name] += "\n"
                self.add(name, more.group(2))
            elif line == "probe":
                self.args = []
                at = "probe"
            elif at and line.startswith("arg "):
                self.args.append(plain(line[4:]))
            elif at and line.startswith("property "):
                key, value = line[9:].split("=", 1)
                self.properties[plain(key)] = plain(value)
            else:
                rest.append(line)
        self.stdout = rest

    def command_line(self, line):
        """A list is printed as one option a command."""
        seen = set()
        for option in re.split(r" +-XX:(?=[+-]?\w+[ =]|[+-]\w+$)", " " + line)[1:]:
            if option[0] in "+-":
                self.flags[option[1:].rstrip(" ")] = "true" if option[0] == "+" else "false"
                continue
            name, _, value = option.partition("=")
            value = value.rstrip(" ")
            self.flags[name] = self.flags[name] + "\n" + value if name in seen else value
            seen.add(name)

    def add(self, name, text):
        tail = TAIL.search(text)
        if tail:
            text = text[:tail.start()]
            self.origins[name] = {o.strip() for o in (tail.group(1) or "").split(",")}
        self.flags[name] += text.rstrip(" ")

    def ran(self):
        return self.args is not None

    def command(self):
        """Main and arguments, as the JVM knows them."""
        return self.properties.get("sun.java.command")


def unquoted(case):
    """Every word of the case, without what may stand in the middle of one."""
    text = "\n".join(case["argv"] + list(case["env"].values()) + list(case["files"].values()))
    return re.sub(r"\\\n[ \t]*|[\\'\"]", "", text)


def plain(text):
    return re.sub(r"\\u(....)", lambda m: chr(int(m.group(1), 16)), text)


class Lab:
    """One worker's folder, in which its cases run one after the other."""

    def __init__(self, options, folder):
        self.o = options
        self.folder = folder
        os.makedirs(folder)
        os.symlink(options.classes, folder + "/classes")
        os.mkdir(folder + "/empty")
        shutil.copy(options.source, folder + "/Probe.java")
        with zipfile.ZipFile(folder + "/probe.jar", "w") as jar:
            jar.writestr("META-INF/MANIFEST.MF", "Main-Class: probe.Probe\n")
            jar.write(options.classes + "/probe/Probe.class", "probe/Probe.class")
        with open(folder + "/none.ini", "w", encoding="utf-8"):
            pass
        self.fixed = set(os.listdir(folder))
        table = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+PrintFlagsFinal"] + [w for w in cases.BASE if w != cases.PRINT] + [cases.MAIN]
        self.defaults = Answer(self.run([self.o.java] + table, {})).flags

    def environment(self, env):
        known = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": self.folder, "CLASSPATH": "classes"}
        known.update(env)
        return known

    def run(self, argv, env, **more):
        known = self.environment(env)
        known.update(more)
        try:
            done = subprocess.run(argv, env=known, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=120, close_fds=False, check=False)
        except subprocess.TimeoutExpired as e:
            done = subprocess.CompletedProcess(argv, "no end", e.stdout or b"", e.stderr or b"")
        return done

    def clean(self):
        for name in os.listdir(self.folder):
            if name not in self.fixed:
                path = self.folder + "/" + name
                shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)

    def java(self, case):
        return self.answer(self.run([self.o.java] + case["argv"], case["env"]))

    def answer(self, done):
        return Answer(done, self.defaults)

    def jvisor(self, case, settings, policy="none.ini", java=None):
        return self.run([self.o.jvisor] + case["argv"], case["env"], JVISOR_JAVA=java or self.o.java,
                        JVISOR_SET=settings, JVISOR_POLICY=policy)

    def explain(self, case, settings, policy="none.ini"):
        done = self.run([self.o.jvisorctl, "explain", "--json", "--"] + case["argv"], case["env"],
                        JVISOR_JAVA=self.o.java, JVISOR_SET=settings, JVISOR_POLICY=policy)
        if done.returncode:
            raise Mismatch("explain ends with %s: %s" % (done.returncode, done.stderr.decode()))
        return json.loads(done.stdout)

    def check(self, case, origins, thorough):
        self.clean()
        if origins:
            case = with_origins(case)
        for name, text in case["files"].items():
            with open(self.folder + "/" + name, "w", encoding="utf-8", newline="") as f:
                f.write(text)
        self.text = json.dumps(case)
        self.dry = "--dry-run" in unquoted(case)
        truth = self.java(case)
        told = self.explain(case, MINIMAL)
        compare_told(truth, told, self)
        self.check_off(case)
        if thorough:
            compare_same(truth, self.answer(self.jvisor(case, "policy.profile=off")), "profile off")
        self.check_policy(case, truth, told, thorough)
        return "ran" if truth.ran() else "prints" if truth.status == 0 else "refused"

    def check_off(self, case):
        words, env = words_of(self.jvisor(case, "policy.profile=off", java=self.o.words))
        equal("what reaches java with profile off", words, [w.encode() for w in case["argv"]])
        wanted = dict(self.environment(case["env"]))
        equal("the environment of java with profile off", env, {k.encode(): v.encode() for k, v in wanted.items()})

    def check_policy(self, case, truth, told, thorough):
        path = self.folder + "/policy.ini"
        with open(path, "w", encoding="utf-8") as f:
            f.write(case["policy"])
        settings = SETTINGS % case["profile"]
        plan = self.explain(case, settings, path)
        touched = [e for e in plan["edits"] if e["kind"] != "note"]
        if touched or thorough:
            answer = self.answer(self.jvisor(case, settings, path))
        else:  # word for word what plain java was given, so it would say the same again
            equal("the arguments of a plan without edits", plan["argv"][1:], case["argv"])
            answer = truth
        if not truth.ran():
            if not touched:
                compare_same(truth, answer, "refused or printed under a policy")
            elif answer.ran() and not {e["kind"] for e in touched} & {"remove", "replace", "remove_from_variable"}:
                raise Mismatch("java did not run this line, under a policy that takes nothing off it does")
            return
        if not answer.ran():
            raise Mismatch("java runs this line, under the policy it does not: %s %s" % (answer.stderr, answer.stdout[-5:]))
        equal("the program's arguments under a policy", answer.args, truth.args)
        equal("the system properties under a policy", answer.properties, truth.properties)
        for name in steady(truth.flags):
            if case["profile"] != "minimal" and name in KEYED and name not in case["rules"]:
                continue
            self.check_flag(name, case["rules"], answer.flags.get(name), truth, told)
        shown = effective(plan)
        for name, (value, _, _) in shown.items():
            if name in cases.LISTS:  # ours is shown first, wherever it stands
                equal("%s as the plan says" % name, sorted(answer.flags[name].split("\n")), sorted(value.split("\n")))
            elif name in answer.flags:
                equal("%s as the plan says" % name, same_number(answer.flags[name]), same_number(value))

    def check_flag(self, name, rules, got, truth, told):
        # Where the policy takes off the word that had switched it off, only the plan can say what holds.
        if any(name == other and rules.get(one, ("",))[0] in ("force", "forbid") for one, other in cases.CLEARS):
            return
        rule, value = rules.get(name, (None, None))
        settings = [f for f in told["flags"] if f["name"] == name]
        if name in cases.LISTS and rule in ("default", "force") and not (settings and settings[-1]["value"] == value):
            commands, wanted = got.split("\n"), truth.flags[name]
            without = ["\n".join(commands[:i] + commands[i + 1:]) for i, c in enumerate(commands) if c == value]
            if not without:
                raise Mismatch("%s under the policy: %r lacks %r" % (name, got, value))
            got = wanted if wanted in without else without[0]
        else:
            wanted = self.expected(name, rules, truth, settings)
        equal("%s under the policy" % name, same_number(got), same_number(wanted))

    def expected(self, name, rules, truth, settings):
        rule, value = rules.get(name, (None, None))
        value = {"yes": "true", "no": "false"}.get(value, value)
        for one, other in cases.CLEARS:
            if name == other and tuple(rules.get(one, ())) == ("force", "yes"):
                return "false"
            if name == one and rule == "default" and value == "true" and truth.flags[other] == "true":
                return truth.flags[name]
        if rule == "forbid":
            return self.defaults[name]
        if name in cases.LISTS and rule != "forbid":
            return truth.flags[name]
        if rule == "force" or (rule == "default" and not settings):
            return value
        return truth.flags[name]


class Mismatch(Exception):
    pass


def equal(what, got, wanted):
    if got != wanted:
        if isinstance(got, dict):
            keys = [k for k in set(got) | set(wanted) if got.get(k) != wanted.get(k)]
            got, wanted = {k: got.get(k) for k in keys}, {k: wanted.get(k) for k in keys}
        raise Mismatch("%s: got %r, wanted %r" % (what, got, wanted))


def words_of(done):
    words = done.stdout.split(b"\0")
    if not words[0].isdigit():
        raise Mismatch("jvisor does not start what stands in java's place: %s" % done.stderr)
    n = int(words[0])
    return words[1:n + 1], dict(w.split(b"=", 1) for w in words[n + 1:] if w)


def with_origins(case, back=False):
    """The same with the JVM's whole table of flags, which also says who set them."""
    old, new = cases.PRINT, "-XX:+PrintFlagsFinal"
    if back:
        old, new = new, old
    argv = [new if word == old else word for word in case["argv"]]
    files = {name: text.replace(old, new, 1) if name.startswith("base") else text for name, text in case["files"].items()}
    return dict(case, argv=argv, files=files)


def same_number(text):
    """A fraction is printed with all its digits, a number may have been written in another way: 1k, 0x400."""
    number = re.match(r"^(-?\d+|0x[0-9a-fA-F]+)([kKmMgG]?)$", text or "")
    if number:
        return float(int(number.group(1), 0 if "x" in text else 10) << 10 * " kmg".index(number.group(2).lower() or " "))
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def effective(told):
    """name: value, origin, where; of a list all values, and the last one's origin."""
    out = {}
    for flag in told["flags"]:
        name, value = flag["name"], flag.get("value", "")
        if name in cases.LISTS and name in out:
            value = out[name][0] + "\n" + value
        out[name] = (value, flag["origin"], flag.get("where"))
    return out


def steady(flags):
    """Without an address that is another one each time, and what the JVM finds out about the clock."""
    return {name: value for name, value in flags.items()
            if name not in ("SharedBaseAddress", "UseFastUnorderedTimeStamps")}


def compare_same(truth, answer, what):
    equal(what + ": the exit status", answer.status, truth.status)
    equal(what + ": the arguments", answer.args, truth.args)
    equal(what + ": the system properties", answer.properties, truth.properties)
    equal(what + ": the flags", steady(answer.flags), steady(truth.flags))
    equal(what + ": stderr", answer.stderr, truth.stderr)
    if not truth.ran() and len(truth.stdout) < 200:
        equal(what + ": stdout", len(answer.stdout), len(truth.stdout))


def compare_told(truth, told, lab):
    """What explain says of a line against what java did with it."""
    why = told.get("straight_why") or ""
    if "refuse" in why:
        if truth.ran() or truth.status != 1:
            raise Mismatch("explain says that java refuses this line; it ends with %s" % truth.status)
        return
    if "only prints" in why:
        if truth.ran():
            raise Mismatch("explain says that java only prints something; it runs the program")
        return
    if not truth.ran():
        if truth.status == 0 and not lab.dry:
            raise Mismatch("java prints and ends with 0: %s; explain does not say so: %s" % (
                (truth.stdout + truth.stderr)[:3], why))
        return
    program = told["program"]
    equal("the arguments", program["arguments"], truth.args)
    name = program["name"]
    if program["kind"] == "source":
        name = "jdk.compiler/com.sun.tools.javac.launcher.Main " + name
    equal("the main class", " ".join([name] + truth.args), truth.command())
    known = {}
    for word in told["properties"]:
        key, _, value = word[2:].partition("=")
        known[key] = value
    for key in ("p1", "p2", "p3", "p4", "p5"):
        equal("property " + key, known.get(key), truth.properties.get(key))
    shown = effective(told)
    for name in truth.flags:
        value, origin, where = shown.get(name, (None, "default", None))
        real = truth.origins.get(name, {""})
        if value is None:
            said = truth.flags[name] != lab.defaults.get(name)
            if said and "default" not in real and "ergonomic" not in real and name in lab.known:
                raise Mismatch("%s is set (%s, %s), explain does not say so" % (name, truth.flags[name], real))
            continue
        equal("%s from %s" % (name, where), same_number(value), same_number(truth.flags[name]))
        # To switch one of these on is always the command line's doing, says the JVM.
        special = any(name in pair for pair in cases.CLEARS)
        if name in cases.LISTS and re.search(name + r":?=([\s\"'\\]|$)", lab.text):
            continue  # an empty command adds nothing, but it counts as the last one who set the list
        if real != {""} and not special and not real & ORIGINS[origin]:
            raise Mismatch("%s: origin %s, the JVM says %s" % (name, origin, real))


def golden(path, feature):
    with open(path, encoding="utf-8") as f:
        for case in json.load(f):
            if case.get("first", 0) <= feature <= case.get("last", 999):
                case.setdefault("env", {})
                case.setdefault("files", {})
                case.setdefault("policy", "")
                case.setdefault("rules", {})
                case.setdefault("profile", "minimal")
                # "BASE" where it is not to stand in front
                at = case["argv"].index("BASE") if "BASE" in case["argv"] else -1
                case["argv"] = case["argv"][:max(at, 0)] + cases.BASE + case["argv"][at + 1:]
                yield case


lab = None


def begin(options):
    global lab
    lab = Lab(options, "%s/%d" % (options.folder, os.getpid()))
    lab.known = set(cases.SWITCHES) | set(cases.VALUES)


def one(job):
    number, case = job
    case = case or cases.case_of(lab.o.seed, lab.o.feature, number)
    try:
        return number, lab.check(case, number % 4 == 0, number % 20 == 0), None, None
    except Mismatch as e:
        return number, "failed", str(e), case
    except Exception as e:  # so that one case does not end the run
        return number, "failed", "%s: %s" % (type(e).__name__, e), case


def tell(ok, n, name, lines):
    print("%s %d - %s" % ("ok" if ok else "not ok", n, name))
    for line in lines:
        print("# " + line.replace("\n", "\\n"))
    sys.stdout.flush()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--java", required=True)
    p.add_argument("--feature", type=int, required=True)
    p.add_argument("--jvisor", required=True)
    p.add_argument("--jvisorctl", required=True)
    p.add_argument("--words", required=True, help="tests/helpers/words")
    p.add_argument("--classes", required=True, help="where tests/java was compiled to")
    p.add_argument("--source", required=True, help="Probe.java")
    p.add_argument("--golden", default=os.path.join(os.path.dirname(os.path.realpath(__file__)), "cases.json"))
    p.add_argument("--count", type=int, default=2000)
    p.add_argument("--seed", default="1")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--case", type=int, help="only this one, and print it")
    o = p.parse_args()
    o.classes, o.words = os.path.realpath(o.classes), os.path.realpath(o.words)
    o.folder = tempfile.mkdtemp(prefix="jvisor-differential.")
    n, kinds = 1, {}
    try:
        if o.case is not None:
            begin(o)
            case = cases.case_of(o.seed, o.feature, o.case)
            print(json.dumps(case, indent=1, ensure_ascii=False))
            print(one((o.case, case))[1:3])
            return
        begin(o)  # what is wrong with the folder or the JDK shows here, not in each worker
        named = list(golden(o.golden, o.feature))
        jobs = [(-i - 1, c) for i, c in enumerate(named)] + [(i, None) for i in range(o.count)]
        block, bad = 0, []
        with multiprocessing.Pool(o.jobs, begin, (o,)) as pool:
            for number, kind, what, case in pool.imap(one, jobs, 4):
                if number < 0:
                    name = "%d: golden: %s" % (o.feature, named[-number - 1]["name"])
                    tell(what is None, n, name, [] if what is None else [what, json.dumps(case)])
                    n += 1
                    continue
                kinds[kind] = kinds.get(kind, 0) + 1
                if what is not None:
                    bad += ["seed %s, case %d: %s" % (o.seed, number, what), json.dumps(case, ensure_ascii=False)]
                block += 1
                if block % 100 == 0 or block == o.count:
                    name = "%d: cases %d to %d of seed %s" % (o.feature, (block - 1) // 100 * 100, block - 1, o.seed)
                    tell(not bad, n, name, bad[:40])
                    n += 1
                    bad = []
        print("# %d: %s" % (o.feature, ", ".join("%d %s" % (v, k) for k, v in sorted(kinds.items()))))
    finally:
        shutil.rmtree(o.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
