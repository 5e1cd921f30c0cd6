/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Being in a container. No system call tells; the engines leave marks: Kubernetes and podman
 * variables, Docker and podman a file.
 */
#include "proc/container.h"

#include <stdlib.h>
#include <unistd.h>

bool container_told(void)
{
	return getenv("KUBERNETES_SERVICE_HOST") || getenv("container") ||
	       !access("/.dockerenv", F_OK) || !access("/run/.containerenv", F_OK);
}

bool container_ends_with_us(void)
{
	if (getpid() == 1 || getppid() == 0)
		return true;
	return getppid() == 1 && container_told();
}
