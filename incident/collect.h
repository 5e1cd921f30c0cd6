/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Mains of two roles (proc/role.h); they are run by the supervisor, and collect also by
 * jvisorctl finish. */

/* Its exit statuses: all is done; a step failed; nothing could be claimed. */
enum { COLLECT_COMPLETE, COLLECT_PARTIAL, COLLECT_NOTHING };

/* collect: args "claim". Descriptors: ROLE_FD(0) facts record of the life and its end, ROLE_FD(1)
 * the store's folder, ROLE_FD(2) hook set record or not given. Claims (files taken, incident.json
 * and report written, folder made visible), says ROLE_SAYS_INCIDENT, digests, runs the `collected`
 * hooks through the hooks role, applies retention.
 *
 * args "finish": ROLE_FD(1) the store only (ROLE_FD(0) is /dev/null). Files an incident for every
 * run folder that is open and unlocked (its supervisor is gone), and ends every digest that nobody
 * is at.
 *
 * Environment: that of the supervisor's choosing; nothing is read from it. */
int collect_role(int argc, char *argv[]);

/* peek: ROLE_FD(0) an hs_err log. Drops every right, reads the head, says ROLE_SAYS_FACT with the
 * HSERR_* facts. The supervisor asks it at a death that left an hs_err, since it parses nothing
 * hostile itself. */
int peek_role(int argc, char *argv[]);
