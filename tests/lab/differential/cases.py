# SPDX-License-Identifier: Apache-2.0
"""Random command lines of java, over all channels that reach the JVM, in all the odd forms that it takes or refuses.

A case is a dictionary: argv (behind "java"), env, files (name: text; the case runs in their folder), policy. The
folder also has classes/ (tests/java), probe.jar and an empty folder. The same seed gives the same cases.
"""

import random

# What makes a JVM start quickly and tell its flags; run.py takes PrintFlagsFinal where it wants origins too.
PRINT = "-XX:+PrintCommandLineFlags"
BASE = [PRINT, "-Xint", "-XX:+UseSerialGC", "-Xmx24m"]
MAIN = "probe.Probe"

# Of the managed flags those that do no harm to a probe: name: values that are taken.
NUMBERS = ["0", "1", "7", "120", "2000"]
TEXTS = ["", "a", "/tmp/x y", "%p.log", "q'q", 'd"d', "#c", "x=y", "ä", "\\n", "a,b", "-v", "@x"]
COMMANDS = ["true", "echo a; echo b", "echo 'x'", 'echo "y"', "kill -9 %p", "", "#no", "echo  two"]
SWITCHES = [
    "HeapDumpOnOutOfMemoryError", "HeapDumpBeforeFullGC", "HeapDumpAfterFullGC", "ExitOnOutOfMemoryError",
    "CrashOnOutOfMemoryError", "ErrorFileToStdout", "ErrorFileToStderr", "CreateCoredumpOnCrash",
    "CreateMinidumpOnCrash", "SuppressFatalErrorMessage", "ShowMessageBoxOnError", "PerfDisableSharedMem",
    "DisableAttachMechanism", "UseGCOverheadLimit", "ExtensiveErrorReports", "UsePerfData",
]
VALUES = {
    # "%p" in HeapDumpPath is a pid to jvisor also where it is none to the JDK: not to be compared.
    "HeapDumpPath": [text for text in TEXTS if "%p" not in text],
    "ErrorFile": TEXTS, "OnError": COMMANDS, "OnOutOfMemoryError": COMMANDS,
    "HeapDumpGzipLevel": ["0", "1", "9"], "FullGCHeapDumpLimit": NUMBERS, "ErrorLogTimeout": NUMBERS,
    "MaxJavaStackTraceDepth": NUMBERS, "SelfDestructTimer": ["0", "100"], "NativeMemoryTracking": ["off", "summary"],
}
CLEARS = (("ErrorFileToStdout", "ErrorFileToStderr"), ("ErrorFileToStderr", "ErrorFileToStdout"))
LISTS = ("OnError", "OnOutOfMemoryError")
FIRST = {
    "HeapDumpGzipLevel": 17, "FullGCHeapDumpLimit": 25, "ErrorLogTimeout": 9, "CreateCoredumpOnCrash": 9,
    "ExtensiveErrorReports": 11,
}
BAD = [
    "-XX:+NoSuchFlag", "-XX:NoSuchFlag=1", "-Xnosuch", "-XX:ExitOnOutOfMemoryError", "-XX:+ErrorFile",
    "-XX:HeapDumpGzipLevel=10", "-XX:MaxJavaStackTraceDepth=abc", "-XX:+LogVMOutput", "-XX:heapdumppath=x",
    "-XX:ExitOnOutOfMemoryError=true", "-XX:", "-XX:+", "-XX:=x", "-XX:+HeapDumpGzipLevel", "-XX:OnError",
    "-XX:+ReadVMOptionsFile", "-XX:SelfDestructTimer=0.5", "-XX:ErrorLogTimeout=4294967296", "-J-Dx=1", "--no-such",
    "-XX:MaxJavaStackTraceDepth=1k", "-XX:MaxJavaStackTraceDepth=0x10", "-XX:HeapDumpGzipLevel=-1",
]
PROGRAM = ["", " ", "a", "b c", "-version", "-cp", "-XX:+ExitOnOutOfMemoryError", "@x", "@@x", "@args", "'", '"', "\\",
           "--", "-jar", "ä€", "*", "#c", "-Dp1=program", "--help", "a\nb", "\t", "--disable-@files", "$X"]
PRINTS = ["-version", "--version", "-fullversion", "--full-version", "-h", "-help", "-?", "--help", "-X", "--help-extra"]
PRINTS_LATER = ["--list-modules", "--validate-modules", "-d java.base", "--describe-module java.base",
                "--describe-module=java.base", "--dry-run"]
ALONE = [("-ea", 8), ("-esa", 8), ("-da", 8), ("-server", 8), ("-Xrs", 8), ("-Xbatch", 8), ("-Xdiag", 8),
         ("-Xshare:auto", 8), ("-XX:+UnlockDiagnosticVMOptions", 8), ("-showversion", 8), ("-ea:probe...", 8),
         ("-splash:none", 8), ("--show-version", 9), ("--enable-preview", 11), ("-client", 8)]
ALONE_ODD = ["-d64", "-jre-restrict-search", "-no-jre-restrict-search", "-verify", "-version:11", "-Xint=", "-X:",
             "--dry-run=x", "-cp=classes", "-p=empty", "--source=", "-splash:", "-XshowSettings:none", "--disable-@files"]
# Options with a value: name, value, first release, first release that takes it as the next word (0: none does).
SEPARATE = [
    ("-cp", "classes", 8, 8), ("-classpath", "classes:empty", 8, 8), ("--class-path", "classes", 9, 9),
    ("-p", "empty", 9, 9), ("--module-path", "empty", 9, 9), ("--upgrade-module-path", "empty", 9, 9),
    ("--add-modules", "java.base", 9, 9), ("--add-modules", "ALL-DEFAULT", 9, 9),
    ("--add-opens", "java.base/java.lang=ALL-UNNAMED", 9, 9),
    ("--add-exports", "java.base/sun.security.x509=ALL-UNNAMED", 9, 9),
    ("--add-reads", "java.base=ALL-UNNAMED", 9, 9), ("--patch-module", "java.base=empty", 9, 9),
    ("--enable-native-access", "ALL-UNNAMED", 17, 17), ("--illegal-native-access", "allow", 24, 28),
    ("--finalization", "enabled", 18, 28), ("--sun-misc-unsafe-memory-access", "allow", 23, 28),
    ("--enable-final-field-mutation", "ALL-UNNAMED", 26, 28), ("--illegal-final-field-mutation", "allow", 26, 28),
    ("--limit-modules", "java.base", 9, 9),
]
SHORT = ("-cp", "-classpath", "-p")


class Generator:
    def __init__(self, seed, feature):
        self.r = random.Random(seed)
        self.feature = feature
        self.files = {}
        self.env = {}

    def chance(self, percent):
        return self.r.random() * 100 < percent

    def pick(self, what):
        return self.r.choice(what)

    # Words.

    def known(self, names):
        return [n for n in names if FIRST.get(n, 0) <= self.feature]

    def flag(self):
        """One setting of a managed flag that this JVM takes."""
        if self.chance(50):
            return "-XX:%s%s" % (self.pick("+-"), self.pick(self.known(SWITCHES)))
        name = self.pick(self.known(VALUES))
        if self.chance(40):
            name = self.pick(LISTS)
        return "-XX:%s%s%s" % (name, ":=" if self.chance(4) else "=", self.pick(VALUES[name]))

    def prop(self):
        value = self.pick(["", "=", "=x", "=a b", "=a#b", "='q'", '="d"', "=\\t", "=ä", "==", "=@x", "=a\\ b", "= "])
        return "-Dp%d%s" % (self.r.randint(1, 5), value)

    def vm_word(self):
        kind = self.r.random()
        if kind < 0.62:
            return self.flag()
        if kind < 0.86:
            return self.prop()
        if kind < 0.93:
            return self.pick(["-ea", "-Xss512k", "-Xmx32m", "-XX:+UnlockDiagnosticVMOptions", "-Xbatch"])
        if kind < 0.96:
            return "-XX:%sIgnoreUnrecognizedVMOptions" % self.pick("++-")
        if kind < 0.98 and self.feature >= 9:
            return self.pick(["--add-modules=java.base", "--add-opens=java.base/java.lang=ALL-UNNAMED"])
        return self.pick(BAD) if self.chance(50) else self.prop()

    def vm_words(self, most):
        words = [self.vm_word() for _ in range(self.r.randint(1, most))]
        if self.chance(6):
            words.append("-XX:Flags=" + self.flags_file())
        return words

    # The same words in the quoting of each channel.

    def variable_word(self, word):
        if not word:
            return self.pick(["''", '""'])
        must = any(c in " \t\n'\"" for c in word)
        if not must and self.chance(70):
            return word
        at = self.r.randint(0, len(word))  # a quote may begin in the middle
        out, rest = word[:at], word[at:]
        if any(c in " \t\n'\"" for c in out):
            out, rest = "", word
        for piece in self.split_by_quotes(rest):
            quote = self.pick([q for q in "'\"" if q not in piece])
            out += quote + piece + quote
        return out

    def split_by_quotes(self, text):
        """Pieces of which none has both kinds of quotes; one at least."""
        pieces, piece = [], ""
        for c in text:
            if c in "'\"" and ("'" if c == '"' else '"') in piece:
                pieces.append(piece)
                piece = ""
            piece += c
        return pieces + [piece]

    def variable(self, words):
        out = self.pick(["", "", " ", "\t"])
        for word in words:
            out += self.variable_word(word) + self.pick([" ", " ", "  ", "\t", "\n", " \f", "\v"])
        if self.chance(3):
            out += self.pick(["'", '"', "-Dp1='x"])
        if self.feature == 8 and self.chance(4):
            out = out.ljust(self.pick([1021, 1022, 1023, 1024, 1025, 2000]))
        return out

    def argfile_word(self, word):
        special = any(c in " \t\n\r\f#'\"" for c in word)
        if word and not special and self.chance(60):
            return word
        if self.chance(2) and word:
            return word  # odd on purpose
        quote = self.pick("'\"")
        out = ""
        for c in word:
            if c == "\\" or c == quote:
                out += "\\" + c
            elif c == "\n":
                out += "\\n"
            elif c == "\t" and self.chance(50):
                out += "\\t"
            elif self.chance(3) and c not in "nrtf":
                out += "\\" + c
            elif self.chance(3):
                out += "\\\n" + self.pick(["", "  ", "\t"]) + c if c not in " \t" else c
            else:
                out += c
        text = quote + out + quote
        if self.chance(15) and word and not special and "\\" not in word:
            at = self.r.randint(0, len(word))
            text = word[:at] + quote + word[at:] + quote
        return text

    def argfile(self, words):
        out = self.pick(["", "", "# a comment\n", "\n\n", " \t", "#\r\n"])
        for word in words:
            if word.startswith("@") and self.chance(30):
                out += "@"
            out += self.argfile_word(word) + self.pick(["\n", "\n", " ", "\r\n", "\t", " # c\n", "\n#-Dp1=no\n", "\f"])
        if self.chance(12):
            out += self.pick(["'open", '"open end', "-Dp3=x#y", "-Dp2='a'#b\n", "#", "\\", "'a\\", "@nested", "-Dp4=a\\ b",
                              "-Dp1='no end\n-Dp2=next", '""', "-Dp5=\"a\\qb\"", "-Dp4=\"a#b\"c#d e"])
        elif self.chance(1):
            out += " \\\n"
        elif self.chance(40):
            out = out.rstrip()
        return self.file("args", out)

    def file(self, stem, text):
        name = "%s%d" % (stem, len(self.files))
        self.files[name] = text
        return name

    def flags_file(self):
        if self.chance(3):
            return self.pick(["missing", "empty", ""])
        out = ""
        for _ in range(self.r.randint(0, 4)):
            text = self.flag()[4:]
            if "=" in text:
                name, value = text.split("=", 1)
                if any(c in value for c in " #\t'\"") or not value or self.chance(30):
                    quote = "'" if '"' in value else '"'
                    value = quote + value + quote if self.chance(90) else value
                text = name + "=" + value
            if self.chance(3):
                text = self.pick(["-XX:+ExitOnOutOfMemoryError", "NoSuch=1", "+NoSuch", "ErrorFile", "=", "+",
                                  "ErrorFile=a'b c'd", "ErrorFile='open", "'ErrorFile=q'", "OnError=a;b"])
            out += text + self.pick(["\n", "\n", " ", " # c\n", "\r\n", "\t"])
        if self.chance(25):
            out = "# c\n" + out
        name = self.file("flags", out) if self.chance(85) else ".hotspotrc"
        self.files[name] = out
        return name

    def options_file(self):
        if self.chance(3):
            return self.pick(["missing", "empty", ""])
        words = self.vm_words(4)
        if self.chance(4):
            words.append(self.pick(["#c", "@args0", "-cp", "-XX:VMOptionsFile=options0", "Main", "-version", "-jar"]))
        return self.file("options", self.variable(words))

    def with_file(self, words):
        if self.chance(10):
            words.insert(self.r.randint(0, len(words)), "-XX:VMOptionsFile=" + self.options_file())
        return words

    # The line.

    def option(self):
        kind = self.r.random()
        if kind < 0.72:
            return [self.vm_word()]
        if kind < 0.82:
            return [self.pick(ALONE_ODD) if self.chance(4) else self.pick([o for o, f in ALONE if f <= self.feature])]
        odd = self.chance(3)
        name, value, first, separate = self.pick([o for o in SEPARATE if odd or o[2] <= self.feature])
        if self.chance(2):
            value = self.pick(["", "-x", "@empty", "--source 17"])
        if name in SHORT or odd or (separate <= self.feature and self.chance(60)):
            return [name, value] if not odd or self.chance(60) else [name]
        return [name + "=" + value]

    def main(self):
        kind = self.r.random()
        if kind < 0.62:
            return [self.pick([MAIN, MAIN, MAIN, "probe/Probe"])]
        if kind < 0.81:
            return ["-jar"] + (self.option() if self.chance(15) else []) + (["-jar"] if self.chance(4) else []) + ["probe.jar"]
        if kind < 0.90 and self.feature >= 9:
            path = self.pick([["-p", "probe.jar"], ["--module-path=probe.jar"], ["--module-path", "probe.jar"]])
            main = self.pick([["-m", "probe/probe.Probe"], ["--module", "probe/probe.Probe"], ["--module=probe/probe.Probe"]])
            return path + main
        if kind < 0.92:
            return [self.pick(PRINTS)] + ([MAIN] if self.chance(50) else [])
        if kind < 0.94:
            return self.pick(PRINTS_LATER).split(" ") + ([MAIN] if self.chance(60) else [])
        if kind < 0.945:
            return []
        if kind < 0.96:
            return [self.pick(["", " ", "no.Such", "-", "--", "-jar", "-m", "-cp", "missing.jar", "probe.jar"])]
        if kind < 0.963:
            return ["Probe.java"]
        if kind < 0.97:
            return ["-m"] + [self.pick(["probe", "no.such/x", "", "-x"])]
        return ["-cp", "classes", MAIN]

    def into_argfiles(self, words):
        """Some runs of words are told by an argument file instead."""
        out, i = [], 0
        while i < len(words):
            if self.chance(18 if self.feature > 8 else 0.5):
                n = self.r.randint(1, 4)
                out.append("@" + self.argfile(words[i:i + n]))
                i += n
            else:
                out.append(words[i])
                i += 1
        if self.chance(2 if self.feature > 8 else 0.5):
            out.insert(self.r.randint(0, len(out)), self.pick(["@missing", "@@x", "@", "@empty", "@@"]))
        return out

    def policy(self):
        lines, rules = [], {}
        names = self.known(SWITCHES) + self.known(VALUES)
        for _ in range(self.r.randint(0, 5)):
            rule = self.pick(["default", "force", "forbid"])
            name = self.pick([n for n in names if n not in ("CreateMinidumpOnCrash",)])
            if name in rules or any(name == a and b in rules for a, b in CLEARS):
                continue
            values = VALUES.get(name, ["yes", "no"])
            if name in LISTS:
                values = ["true", "echo policy", "kill -9 1"]
            elif name in ("HeapDumpPath", "ErrorFile"):
                values = ["/tmp/policy.x"]
            value = "" if rule == "forbid" else self.pick(values)
            rules[name] = (rule, value)
            lines.append("[flags%s]\n%s = %s" % ({"default": ""}.get(rule, " " + rule), name, value))
        return "\n".join(lines) + "\n", rules

    def case(self):
        words = []
        for _ in range(self.r.randint(0, 6)):
            words += self.option()
        words = self.with_file(words)
        if self.chance(8):
            words.append("-XX:Flags=" + self.flags_file())
        words += self.main()
        if self.chance(80):
            words += [self.pick(PROGRAM) for _ in range(self.r.randint(0, 3))]
        words = self.into_argfiles(words)
        if self.chance(45):
            self.env["JAVA_TOOL_OPTIONS"] = self.variable(self.with_file(self.vm_words(3)))
        if self.chance(30):
            self.env["_JAVA_OPTIONS"] = self.variable(self.with_file(self.vm_words(3)))
        if self.chance(45):
            self.env["JDK_JAVA_OPTIONS"] = self.variable(self.jdk_words())
        if self.chance(10):
            self.files.setdefault(".hotspotrc", "+ExitOnOutOfMemoryError\n")
        if self.chance(5):
            self.env["CLASSPATH"] = self.pick(["", ".", "empty"])
        policy, rules = self.policy()
        argv = BASE[:] + words if self.chance(55) else self.spread(words)
        if self.chance(2):
            name, value, _, _ = self.pick([o for o in SEPARATE if o[3] and o[3] <= self.feature])
            self.env["JDK_JAVA_OPTIONS"] = name
            argv.insert(0, value)
        return {
            "argv": argv,
            "env": self.env,
            "files": self.files,
            "policy": policy,
            "rules": rules,
            "profile": self.pick(["minimal"] * 5 + ["production", "development"]),
        }

    def jdk_words(self):
        """Here an argument file seldom ends in an odd way: what is left over is a main class."""
        words = []
        for _ in range(self.r.randint(0, 3)):
            words += self.option()
        if self.chance(3):
            words.append(self.pick(["-jar", "-version", "--help", "-m", "#", "", "Main", "-X", "--dry-run", "-fullversion"]))
        return self.into_argfiles(self.with_file(words))

    def spread(self, words):
        """The options of the test at the front, one of them by an argument file."""
        if self.feature < 9:
            return BASE[:] + words
        return ["@" + self.file("base", "\n".join(BASE) + "\n")] + words


def case_of(seed, feature, number):
    return Generator("%s/%d/%d" % (seed, feature, number), feature).case()
