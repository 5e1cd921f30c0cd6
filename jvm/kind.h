/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include "base/err.h"
#include "jvm/version.h"

/* The name of a machine in the folders of 8. */
#if defined(__x86_64__)
#define JDK8_ARCH "amd64"
#elif defined(__i386__)
#define JDK8_ARCH "i386"
#elif defined(__powerpc64__)
#define JDK8_ARCH "ppc64le"
#elif defined(__aarch64__)
#define JDK8_ARCH "aarch64"
#elif defined(__arm__)
#define JDK8_ARCH "arm"
#elif defined(__s390x__)
#define JDK8_ARCH "s390x"
#else
#define JDK8_ARCH "unknown"
#endif

/* What the java that was found is, learned without starting it. */

enum jvm_kind {
	JVM_UNKNOWN, /* not Java at all, or nothing we know: no flag is added */
	JVM_HOTSPOT,
	JVM_NATIVE_IMAGE, /* a program made by GraalVM: section .svm_heap */
	JVM_OTHER,	  /* a JVM that is not HotSpot (OpenJ9) */
	JVM_KIND_COUNT,
};

extern const char *const jvm_kind_names[JVM_KIND_COUNT]; /* "unknown", "hotspot", ... */

struct jdk {
	enum jvm_kind kind;
	char *java;		    /* as it will be exec'ed */
	char *home;		    /* JDK home; for 8 the folder above jre; NULL: unknown */
	char *libjvm;		    /* NULL: not found */
	char *vendor;		    /* NULL: unknown */
	char *version_text;	    /* "17.0.21", NULL: unknown */
	struct jvm_version version; /* feature 0: unknown */
	bool observed; /* a vendor and release the flag table was observed on: it may be trusted */
	/* What was found in libjvm.so; NULL: nothing was looked for yet. */
	char **searched;
	unsigned char *found; /* enum flag_found, per name */
	size_t n_searched;
};

void jdk_done(struct jdk *j);

/* Looks at the resolved path of java, HOME/release, the place of libjvm.so, and for a file that
 * is no launcher its ELF sections. Never fails for an odd installation: kind is then
 * JVM_UNKNOWN. Negative only for -ENOMEM. */
int jdk_identify(const char *java, struct jdk *ret, struct err *err);

/* Whether the table alone cannot say if this JVM knows the flag. */
bool jdk_must_search(const struct jdk *j, const char *flag);

/* Looks for all these names in libjvm.so at once, for jdk_knows_flag: about 1 ms of CPU, next to
 * nothing where the file `cache` of the folder dirfd (-1: nowhere) has the answers. keep: what was
 * found is written there. -ENOMEM. */
int jdk_search_flags(struct jdk *j, const char *const *names, size_t n, int dirfd,
		     const char *cache, bool keep);

/* Whether this JVM knows the flag: from the table where the release was observed, else from its
 * libjvm.so, which is read for a name that was not searched for. 1, 0. */
int jdk_knows_flag(const struct jdk *j, const char *flag);
