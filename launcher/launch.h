/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* main of jvisor and of java: the drop-in. */
int launch_main(int argc, char *argv[]);
