/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* main of jvisorctl. */
int tool_main(int argc, char *argv[]);
