#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of flags (jvisorctl check --flags) against the flags that one JDK itself prints, both ways. Speaks TAP.

    flags.py FEATURE JAVA JVISORCTL
"""

import json
import re
import subprocess
import sys

TYPES = {"bool": "switch", "double": "fraction", "ccstr": "text", "ccstrlist": "list"}
ROW = re.compile(r"^ *(\w+) +(\w+) +:?= ?(.*?) *\{([^{}]*)\}(?: *\{[^{}]*\})? *$")
RANGE = re.compile(r"^ *\w+ +(\w+) +\[ *(\S*) +\.\.\. +(\S*) *\]")

# Whoever is named like a managed flag has a row, or a reason here.
FAMILIES = re.compile(r"OutOfMemory|HeapDump|OnError$|^ErrorFile|^ErrorLog|Coredump|Minidump|InCore$|ErrorReport|"
                      r"FatalErrorMessage|MessageBoxOnError|^PerfData|^PerfDisable|AttachMechanism|AttachListener|"
                      r"StackTraceDepth|SelfDestruct|^NativeMemoryTracking$|ErrorFile$")
EXCEPTIONS = {
    "ZStallOnOutOfMemory": "of ZGC in 11 only: whether a thread waits for memory; no end comes of it",
    "JVMCINativeLibraryErrorFile": "of a compiler that is a library of its own, which no build here has",
    "PerfDataMemorySize": "how much room the counters have; nobody needs to change it",
    "PerfDataSamplingInterval": "how often the counters are sampled; nobody needs to change it",
}
# Once an alias, no more printed.
ALIASES = {"CreateMinidumpOnCrash": 9}

feature, java, jvisorctl = int(sys.argv[1]), sys.argv[2], sys.argv[3]
number = 0


def tell(bad, name):
    global number
    number += 1
    print("%s %d - %d: %s" % ("not ok" if bad else "ok", number, feature, name))
    for line in bad:
        print("# " + line)


def printed(option):
    unlock = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+UnlockExperimentalVMOptions"]
    return subprocess.run([java] + unlock + [option, "-version"], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL).stdout.split("\n")


def listed(*release):
    out = subprocess.run([jvisorctl, "check", "--flags", "--json"] + list(release), capture_output=True, check=True)
    return {flag["name"]: flag for flag in json.loads(out.stdout)}


def same_value(one, other):
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


real = {}
for line in printed("-XX:+PrintFlagsFinal"):
    row = ROW.match(line)
    if row:
        real[row.group(2)] = (row.group(1), row.group(3), row.group(4).split())
table = listed(str(feature) if feature > 8 else "1.8.0_504")
every = listed()

tell([] if len(real) > 500 else ["only %d flags" % len(real)], "the JDK prints its flags")
tell([name for name, flag in table.items()
      if name not in real and flag["category"] != "pseudo" and ALIASES.get(name, 99) > feature],
     "every flag of the table that this release has is there")
tell([name for name in every if name in real and name not in table], "and none that it has not")
tell(["%s: %s, the table says %s" % (name, real[name][0], flag["type"]) for name, flag in table.items()
      if name in real and TYPES.get(real[name][0], "number") != flag["type"]], "the types are the same")
tell(["%s: %s, the table says %s" % (name, real[name][1], flag["default"]) for name, flag in table.items()
      if name in real and not same_value(real[name][1], flag["default"])], "so are the defaults")
tell(["%s: %s, the table says %s" % (name, real[name][2], flag["category"]) for name, flag in table.items()
      if name in real and flag["category"] not in [word.replace("lp64_", "") for word in real[name][2]]],
     "so are the categories")
tell([name for name in real if FAMILIES.search(name) and name not in every and name not in EXCEPTIONS],
     "every flag of the families has a row or a reason")
tell([name for name, flag in every.items() if not flag.get("meaning")], "every row says what it means")
if feature > 8:
    ranges = {}
    for line in printed("-XX:+PrintFlagsRanges"):
        row = RANGE.match(line)
        if row and row.group(2) and row.group(3):
            ranges[row.group(1)] = (float(row.group(2)), float(row.group(3)))
    tell([] if len(ranges) > 100 else ["only %d ranges" % len(ranges)], "the JDK prints its ranges")
    tell(["%s: %s, the table says %s" % (name, ranges[name], (flag.get("min"), flag.get("max")))
          for name, flag in table.items() if name in ranges and flag["type"] == "number" and
          ranges[name] != (float(flag.get("min", -1)), float(flag.get("max", -1)))], "the ranges are the same")
